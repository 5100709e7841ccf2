import { describe, expect, it } from 'vitest';
import {
  type CSdkEnd,
  type CSdkObservation,
  type CSdkReply,
  type CSdkResult,
  cSdkResult,
} from '../../device/c-sdk-result.ts';
import type { Transport } from '../../emulator/wire/transports.ts';
import { ASSIGNED, ASSIGNING, DISABLED, errorBody, failedWith, OPERATION_ID } from '../contracts/support/replies.ts';

const CONNECTED = 'PROV_DEVICE_REG_STATUS_CONNECTED';
const ASSIGNING_STATUS = 'PROV_DEVICE_REG_STATUS_ASSIGNING';

/** Short names for a line of the tables: a result, a retry, or nothing yet. */
type Expected = string | 'again' | 'waits';

function reported(expected: Expected, statuses: readonly string[]): CSdkResult {
  const isResult = expected !== 'again' && expected !== 'waits';
  const result = isResult ? `PROV_DEVICE_RESULT_${expected}` : null;
  return { result, statuses, keepsPolling: expected === 'again' } as CSdkResult;
}

/** What stands before the register reply on each transport, and the reply itself. */
function observation(transport: Transport, status: number, body: unknown): CSdkObservation {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const isMqtt = transport.startsWith('mqtt');
  const isAmqp = transport.startsWith('amqp');
  const before: CSdkReply[] = isMqtt
    ? [
        { step: 'connack', status: 0, body: '' },
        { step: 'suback', status: 1, body: '' },
      ]
    : [];
  return { transport, replies: [...before, { step: 'register', ...(isAmqp ? {} : { status }), body: text }] };
}

/** Situation, HTTP or topic status, body, and what C reports over MQTT, HTTPS and AMQP. [client-traps, table; §7.1] */
const ROWS: readonly (readonly [string, number, unknown, Expected, Expected, Expected])[] = [
  ['assigned', 200, ASSIGNED, 'OK', 'OK', 'OK'],
  ['disabled', 200, DISABLED, 'DISABLED', 'DISABLED', 'DISABLED'],
  [
    'disabled without registrationState',
    200,
    { operationId: '', status: 'disabled' },
    'DISABLED',
    'DISABLED',
    'DISABLED',
  ],
  ['failed 400208', 200, failedWith(400208), 'HUB_NOT_SPECIFIED', 'HUB_NOT_SPECIFIED', 'HUB_NOT_SPECIFIED'],
  ['failed 400209', 200, failedWith(400209), 'UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED'],
  ['failed 400207', 200, failedWith(400207), 'DEV_AUTH_ERROR', 'DEV_AUTH_ERROR', 'DEV_AUTH_ERROR'],
  [
    'failed 400208 without operationId',
    200,
    { ...failedWith(400208), operationId: undefined },
    'DEV_AUTH_ERROR',
    'DEV_AUTH_ERROR',
    'DEV_AUTH_ERROR',
  ],
  [
    'failed without registrationState',
    200,
    { operationId: OPERATION_ID, status: 'failed' },
    'DEV_AUTH_ERROR',
    'DEV_AUTH_ERROR',
    'DEV_AUTH_ERROR',
  ],
  ['assigned without assignedHub', 200, withoutMember('assignedHub'), 'PARSING', 'PARSING', 'PARSING'],
  ['assigned without deviceId', 200, withoutMember('deviceId'), 'PARSING', 'PARSING', 'PARSING'],
  ['assigning without operationId', 202, { status: 'assigning' }, 'PARSING', 'PARSING', 'PARSING'],
  [
    'unassigned to a non-TPM client',
    202,
    { operationId: OPERATION_ID, status: 'unassigned' },
    'PARSING',
    'PARSING',
    'PARSING',
  ],
  ['blacklisted', 200, { operationId: OPERATION_ID, status: 'blacklisted' }, 'ERROR', 'ERROR', 'ERROR'],
  [
    'status in another case',
    200,
    { ...ASSIGNED, status: 'Assigned' },
    'DEV_AUTH_ERROR',
    'DEV_AUTH_ERROR',
    'DEV_AUTH_ERROR',
  ],
  ['error body 400', 400, errorBody(400004), 'DEV_AUTH_ERROR', 'TRANSPORT', 'DEV_AUTH_ERROR'],
  ['error body 401', 401, errorBody(401002), 'DEV_AUTH_ERROR', 'DEV_AUTH_ERROR', 'DEV_AUTH_ERROR'],
  ['error body 403', 403, errorBody(403001), 'DEV_AUTH_ERROR', 'TRANSPORT', 'DEV_AUTH_ERROR'],
  ['error body 404', 404, errorBody(404201), 'DEV_AUTH_ERROR', 'TRANSPORT', 'DEV_AUTH_ERROR'],
  ['error body 409', 409, errorBody(409203), 'DEV_AUTH_ERROR', 'TRANSPORT', 'DEV_AUTH_ERROR'],
  ['error body 412', 412, errorBody(412000), 'DEV_AUTH_ERROR', 'TRANSPORT', 'DEV_AUTH_ERROR'],
  ['error body 429', 429, errorBody(429001), 'again', 'again', 'DEV_AUTH_ERROR'],
  ['error body 500', 500, errorBody(500000), 'again', 'again', 'DEV_AUTH_ERROR'],
  ['empty body', 200, '', 'TRANSPORT', 'TRANSPORT', 'TRANSPORT'],
  ['body that is no JSON', 200, '<html>', 'TRANSPORT', 'TRANSPORT', 'TRANSPORT'],
  ['401 that is no JSON', 401, 'Unauthorized', 'TRANSPORT', 'TRANSPORT', 'TRANSPORT'],
];

describe.each<[Transport, 3 | 4 | 5]>([
  ['mqtt', 3],
  ['mqtt-ws', 3],
  ['https', 4],
  ['amqp', 5],
  ['amqp-ws', 5],
])('over %s the C SDK', (transport, column) => {
  it.each(ROWS.map((row) => [row[0], row[column], row] as const))('takes %s as %s', (_name, expected, row) => {
    const [, status, body] = row;
    expect(cSdkResult(observation(transport, status, body))).toEqual(reported(expected, [CONNECTED]));
  });

  it('tells ASSIGNING once per assigning reply, then the result', () => {
    const start = observation(transport, 202, ASSIGNING);
    const poll = (body: unknown): CSdkReply => ({ step: 'poll', status: 200, body: JSON.stringify(body) });
    const replies = [...start.replies, poll(ASSIGNING), poll(ASSIGNED)];
    expect(cSdkResult({ transport, replies })).toEqual(reported('OK', [CONNECTED, ASSIGNING_STATUS, ASSIGNING_STATUS]));
  });

  it('goes on polling after an assigning reply', () => {
    expect(cSdkResult(observation(transport, 202, ASSIGNING))).toEqual(
      reported('again', [CONNECTED, ASSIGNING_STATUS]),
    );
  });

  it('reads nothing after the reply that ended it', () => {
    const start = observation(transport, 401, errorBody(401002));
    const replies: CSdkReply[] = [...start.replies, { step: 'poll', status: 200, body: JSON.stringify(ASSIGNED) }];
    expect(cSdkResult({ transport, replies })).toEqual(reported('DEV_AUTH_ERROR', [CONNECTED]));
  });

  it.each<[CSdkEnd, number, Expected]>([
    ['dropped', 0, 'TRANSPORT'],
    ['no-answer', 0, 'waits'],
    ['no-answer', 10, 'TIMEOUT'],
  ])('ends after an assigning reply and "%s" (its time-out being %d s) with %s', (ended, timeoutSeconds, expected) => {
    const seen = { ...observation(transport, 202, ASSIGNING), ended, timeoutSeconds };
    expect(cSdkResult(seen)).toEqual(reported(expected, [CONNECTED, ASSIGNING_STATUS]));
  });

  it('reports TRANSPORT and no status when it cannot connect', () => {
    expect(cSdkResult({ transport, replies: [], ended: 'not-connected' })).toEqual(reported('TRANSPORT', []));
  });
});

describe('MQTT alone', () => {
  it.each([1, 2, 3, 4, 5])('turns CONNACK %d into DEV_AUTH_ERROR before any status', (status) => {
    const replies: CSdkReply[] = [{ step: 'connack', status, body: '' }];
    expect(cSdkResult({ transport: 'mqtt', replies })).toEqual(reported('DEV_AUTH_ERROR', []));
  });

  it('turns SUBACK 0x80 into TRANSPORT after CONNECTED', () => {
    const replies: CSdkReply[] = [
      { step: 'connack', status: 0, body: '' },
      { step: 'suback', status: 0x80, body: '' },
    ];
    expect(cSdkResult({ transport: 'mqtt', replies })).toEqual(reported('TRANSPORT', [CONNECTED]));
  });
});

describe('AMQP alone', () => {
  it.each<[CSdkEnd, readonly string[]]>([
    ['sasl-refused', []],
    ['link-refused', []],
    ['message-refused', [CONNECTED]],
  ])('turns "%s" into TRANSPORT', (ended, statuses) => {
    expect(cSdkResult({ transport: 'amqp', replies: [], ended })).toEqual(reported('TRANSPORT', statuses));
  });
});

describe('HTTPS alone', () => {
  it('reports TRANSPORT when the connection was closed between two requests', () => {
    const start = observation('https', 202, ASSIGNING);
    const poll: CSdkReply = { step: 'poll', status: 200, body: JSON.stringify(ASSIGNED), newConnection: true };
    expect(cSdkResult({ transport: 'https', replies: [...start.replies, poll] })).toEqual(
      reported('TRANSPORT', [CONNECTED, ASSIGNING_STATUS]),
    );
  });

  it.each([226, 227])('parses statuses up to 226 (%d)', (status) => {
    const expected = status === 226 ? 'OK' : 'TRANSPORT';
    expect(cSdkResult(observation('https', status, ASSIGNED))).toEqual(reported(expected, [CONNECTED]));
  });
});

function withoutMember(name: 'assignedHub' | 'deviceId'): unknown {
  return { ...ASSIGNED, registrationState: { ...ASSIGNED.registrationState, [name]: undefined } };
}
