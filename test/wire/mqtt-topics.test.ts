import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequestTopic, parseUserName, responseTopic } from '../../emulator/wire/mqtt-topics.ts';

describe('user names [dps-device-protocol §1.2]', () => {
  it.each([
    [
      '0ne1/registrations/my:Reg-01/api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1',
      '2019-03-31',
    ],
    ['0ne1/registrations/my:Reg-01/api-version=2021-06-01&ClientVersion=1.15.0', '2021-06-01'],
    ['0ne1/registrations/my:Reg-01/api-version=2019-03-31', '2019-03-31'],
    ['0ne1/registrations/my:Reg-01/ClientVersion=x/y&api-version=2019-03-31', '2019-03-31'],
    ['0ne1/registrations/my:Reg-01/?api-version=2019-03-31', '2019-03-31'],
    ['0ne1/registrations/my:Reg-01/api-version=2019-03-31&api-version=2021-10-01', '2019-03-31'],
  ])('reads %s', (userName, apiVersion) => {
    expect(parseUserName(userName)).toEqual({
      idScope: '0ne1',
      registrationId: 'my:Reg-01',
      apiVersion,
      hasQuestionMark: userName.includes('/?'),
    });
  });

  it.each([
    '',
    '/',
    '0ne1',
    '0ne1/registrations',
    '0ne1/registrations/d',
    '0ne1/registrations/d/',
    '0ne1/registrations/d/ClientVersion=1',
    '0ne1/registrations/d/api-version=',
    '0ne1/Registrations/d/api-version=1',
    '/registrations/d/api-version=1',
    '0ne1/registrations//api-version=1',
    'hub.azure-devices.net/d/?api-version=2021-04-12',
  ])('refuses %j', (userName) => {
    expect(parseUserName(userName)).toBeUndefined();
  });

  it('reads back whatever is put together by the rule, and never throws', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9.:_-]{1,20}$/);
    fc.assert(
      fc.property(
        part,
        part,
        part,
        fc.stringMatching(/^[A-Za-z0-9%&=./-]{0,40}$/),
        (idScope, registrationId, apiVersion, rest) => {
          const userName = `${idScope}/registrations/${registrationId}/api-version=${apiVersion}&${rest}`;
          expect(parseUserName(userName)).toEqual({ idScope, registrationId, apiVersion, hasQuestionMark: false });
        },
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseUserName(text)));
  });
});

describe('request topics [dps-device-protocol §1.3]', () => {
  const REGISTER = '$dps/registrations/PUT/iotdps-register/';
  const POLL = '$dps/registrations/GET/iotdps-get-operationstatus/';

  it.each([
    [`${REGISTER}?$rid=1`, { operation: 'register', requestId: '1' }],
    [`${REGISTER}?rid=1`, { operation: 'register', requestId: '' }],
    [REGISTER, { operation: 'register', requestId: '' }],
    [`${REGISTER}?$rid=a%20b&more=x`, { operation: 'register', requestId: 'a%20b' }],
    [`${POLL}?$rid=2&operationId=5.a.b`, { operation: 'poll', requestId: '2', operationId: '5.a.b' }],
    [`${POLL}?operationId=5.a.b&$rid=2`, { operation: 'poll', requestId: '2', operationId: '5.a.b' }],
    [`${POLL}?$rid=2`, { operation: 'poll', requestId: '2', operationId: undefined }],
  ])('reads %s', (topic, expected) => {
    expect(parseRequestTopic(topic)).toEqual(expected);
  });

  it.each([
    '',
    '$dps/registrations/res/200/?$rid=1',
    '$dps/registrations/PUT/iotdps-register?$rid=1',
    '$dps/registrations/put/iotdps-register/?$rid=1',
    '$dps/registrations/PUT/iotdps-register/more/?$rid=1',
    '$dps/registrations/GET/iotdps-register/?$rid=1',
    '$dps/#',
    'devices/d/messages/events/',
  ])('refuses %j', (topic) => {
    expect(parseRequestTopic(topic)).toBeUndefined();
  });

  it('read back whatever is put together by the rule, and never throw', () => {
    const value = fc.stringMatching(/^[ -%'-~äü]{1,40}$/);
    fc.assert(
      fc.property(value, value, (requestId, operationId) => {
        expect(parseRequestTopic(`${POLL}?$rid=${requestId}&operationId=${operationId}`)).toEqual({
          operation: 'poll',
          requestId,
          operationId,
        });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseRequestTopic(text)));
    fc.assert(fc.property(fc.string(), (text) => void parseRequestTopic(`${REGISTER}?${text}`)));
  });
});

describe('response topics [dps-device-protocol §1.4]', () => {
  it.each([
    [202, '7', 3, '$dps/registrations/res/202/?$rid=7&retry-after=3'],
    [202, '7', 0, '$dps/registrations/res/202/?$rid=7&retry-after=0'],
    [200, '', undefined, '$dps/registrations/res/200/?$rid='],
    [401, 'a%20b', undefined, '$dps/registrations/res/401/?$rid=a%20b'],
  ])('%s with $rid %j and retry-after %s', (status, requestId, retryAfterSeconds, topic) => {
    expect(responseTopic(status, requestId, retryAfterSeconds)).toBe(topic);
  });
});
