/**
 * The order in which a request is checked, written down with its answers: each row has the faults of one request, the
 * one that answers first. The same on every transport. (docs/fidelity.md, "Order of checks")
 */
import { describe, expect, it } from 'vitest';
import { httpsClient } from '../http/support/https-client.ts';
import { ask, type DeviceRequest, goodRequest, TRANSPORTS } from './support/ask.ts';
import {
  BLOCKED,
  deviceKey,
  type Emulator,
  emulatorForFile,
  GROUP_KEY,
  OTHER_SCOPE,
  SCOPE,
  setUpForDevices,
  tokenFor,
} from './support/emulators.ts';

/** The scope two has its only group disabled. */
const SET_UP = setUpForDevices();
const { dps: [one, two] = [] } = SET_UP;
const WITH_DISABLED_GROUP = {
  dps: [
    one,
    { ...two, enrollmentGroups: two?.enrollmentGroups?.map((g) => ({ ...g, provisioningStatus: 'disabled' })) },
  ],
} as typeof SET_UP;

const running = emulatorForFile({ setUp: WITH_DISABLED_GROUP });

/** What a fault does to a good request. */
const FAULTS = {
  'too large': { body: `{"registrationId":"other","payload":"${'x'.repeat(96 * 1024)}"}` },
  'unknown scope': { idScope: '0neFFFFFFFF' },
  'unknown api-version': { apiVersion: '2001-01-01' },
  'bad id': { registrationId: 'not an id' },
  'not JSON': { body: '{"registrationId":"other"' },
  'not an object': { body: '["other"]' },
  'nested too deep': { body: `{"registrationId":7,"payload":${'['.repeat(100)}${']'.repeat(100)}}` },
  'id that is no text': { body: '{"registrationId":7}' },
  'a member that nobody knows': { body: '{"registrationId":"other","modelId":"m"}' },
  'another id': { body: '{"registrationId":"other"}' },
  'disabled individual': { registrationId: BLOCKED },
  'disabled group': { idScope: OTHER_SCOPE },
  'no token': { token: undefined },
  'unreadable token': { token: 'SharedAccessSignature sr=x&sig=y&se=z' },
  'wrong key, resource, policy and time': { token: spoiltToken({ key: deviceKey('other') }) },
  'group key itself': { token: spoiltToken({ key: GROUP_KEY }) },
  'wrong resource, policy and time': { token: spoiltToken({}) },
  'wrong policy and time': { token: spoiltToken({ registrationId: 'dev-1' }) },
  expired: { token: tokenFor({ registrationId: 'dev-1' }, { ttlSeconds: -60 }) },
  'unknown operation': { operationId: '4.0011223344556677.none' },
} as const satisfies Record<string, Partial<DeviceRequest>>;

type Fault = keyof typeof FAULTS;

/** A token that is expired, of another policy and, unless told otherwise, for another registration. */
function spoiltToken(options: { readonly key?: string; readonly registrationId?: string }): string {
  const key = options.key ?? deviceKey('dev-1');
  const registrationId = options.registrationId ?? 'other';
  const token = tokenFor({ registrationId }, { key, ttlSeconds: -60 });
  return token.replace('skn=registration', 'skn=iothubowner');
}

interface Answered {
  readonly status: number;
  readonly errorCode?: number;
  /** What the device reads. */
  readonly message?: RegExp;
  /** What the user of the emulator reads, where the device is told less. */
  readonly reason?: string;
  readonly deviceStatus?: string;
}

type Row = readonly [answering: Fault, others: readonly Fault[], answer: Answered];

const bad = (message: RegExp, reason?: string): Answered => ({
  status: 400,
  errorCode: 400004,
  message,
  ...(reason !== undefined && { reason }),
});
const NOT_DESERIALIZED = { status: 400, errorCode: 400012, reason: 'DeserializationFailed' } as const;
const BAD_ID = bad(/^Invalid RegistrationId$/, 'RegistrationIdInvalid');
const refused = (errorCode: number, reason: string): Answered => ({ status: 401, errorCode, reason });
const DISABLED = { status: 200, deviceStatus: 'disabled' } as const;

const REGISTER: readonly Row[] = [
  ['too large', ['unknown scope', 'unknown api-version', 'bad id', 'no token'], bad(/^BadRequest$/)],
  ['unknown scope', ['unknown api-version', 'bad id', 'not JSON', 'no token'], { status: 404, errorCode: 404201 }],
  ['unknown api-version', ['bad id', 'not JSON', 'no token'], { status: 400, errorCode: 400001 }],
  ['bad id', ['not JSON', 'no token'], BAD_ID],
  ['not JSON', ['disabled individual', 'no token'], NOT_DESERIALIZED],
  ['not an object', ['disabled individual', 'no token'], NOT_DESERIALIZED],
  ['nested too deep', ['disabled individual', 'no token'], NOT_DESERIALIZED],
  ['id that is no text', ['disabled individual', 'unreadable token'], NOT_DESERIALIZED],
  ['a member that nobody knows', ['disabled individual', 'no token'], NOT_DESERIALIZED],
  ['another id', ['disabled individual', 'no token'], bad(/^BadRequest$/, 'RequestInvalid')],
  ['disabled individual', ['no token'], DISABLED],
  ['disabled individual', ['unreadable token'], DISABLED],
  ['disabled individual', ['wrong key, resource, policy and time'], DISABLED],
  ['no token', ['disabled group'], refused(401000, 'no-credential')],
  ['unreadable token', ['disabled group'], refused(401000, 'malformed-token')],
  ['wrong key, resource, policy and time', ['disabled group'], refused(401002, 'wrong-key')],
  ['group key itself', ['disabled group'], refused(401002, 'group-key-used-directly')],
  ['wrong resource, policy and time', ['disabled group'], refused(401002, 'wrong-resource')],
  ['wrong policy and time', [], refused(401002, 'wrong-key-name')],
  ['expired', [], refused(401002, 'expired')],
  ['disabled group', [], DISABLED],
];

const POLL: readonly Row[] = [
  [
    'unknown scope',
    ['unknown api-version', 'bad id', 'no token', 'unknown operation'],
    { status: 404, errorCode: 404201 },
  ],
  ['unknown api-version', ['bad id', 'no token', 'unknown operation'], { status: 400, errorCode: 400001 }],
  ['bad id', ['no token', 'unknown operation'], BAD_ID],
  ['no token', ['disabled group', 'unknown operation'], refused(401000, 'no-credential')],
  ['unreadable token', ['unknown operation'], refused(401000, 'malformed-token')],
  ['wrong key, resource, policy and time', ['unknown operation'], refused(401002, 'wrong-key')],
  ['wrong resource, policy and time', ['unknown operation'], refused(401002, 'wrong-resource')],
  ['wrong policy and time', ['unknown operation'], refused(401002, 'wrong-key-name')],
  ['expired', ['unknown operation'], refused(401002, 'expired')],
  ['unknown operation', ['disabled individual', 'no token'], { status: 404, errorCode: 404203 }],
  ['unknown operation', ['disabled group'], { status: 404, errorCode: 404203 }],
];

function requestWith(operation: 'register' | 'poll', faults: readonly Fault[]): DeviceRequest {
  const patches = faults.map((fault): Partial<DeviceRequest> => FAULTS[fault]);
  const good = goodRequest(operation, SCOPE, 'dev-1', 'x');
  const spoilt = Object.assign({}, good, ...patches);
  const isTokenSpoilt = patches.some((patch) => Object.hasOwn(patch, 'token'));
  // A good token is one for the scope and the id that the other faults leave.
  return isTokenSpoilt ? spoilt : { ...spoilt, token: tokenFor(spoilt) };
}

function lastReason(emulator: Emulator, { idScope, registrationId }: DeviceRequest): string | undefined {
  const events = emulator.journal.timeline(idScope, registrationId)?.entries.map(({ event }) => event) ?? [];
  return events.findLast((event) => event.kind === 'refused')?.reason;
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  describe.each([
    ['register', REGISTER],
    ['poll', POLL],
  ] as const)('a %s', (operation, rows) => {
    it.each(rows)('with the fault "%s" answers that before %j', async (first, others, expected) => {
      const emulator = running();
      const request = requestWith(operation, [first, ...others].toReversed());
      const { status, retryAfter, body } = await ask(emulator, transport, request);
      const { errorCode, message, reason, deviceStatus } = expected;
      expect({ status, errorCode: body.errorCode, retryAfter }).toEqual({ status: expected.status, errorCode });
      if (message !== undefined) expect(body.message).toMatch(message);
      if (reason !== undefined) expect(lastReason(emulator, request)).toBe(reason);
      if (deviceStatus !== undefined) expect(body.status).toBe(deviceStatus);
    });
  });

  it('a register without a fault is 202, and the poll after it 200', async () => {
    const emulator = running();
    const registered = await ask(emulator, transport, goodRequest('register', SCOPE, 'dev-1'));
    expect(registered).toMatchObject({ status: 202, retryAfter: '0' });
    const poll = goodRequest('poll', SCOPE, 'dev-1', String(registered.body.operationId));
    expect(await ask(emulator, transport, poll)).toMatchObject({ status: 200, body: { status: 'assigned' } });
  });

  it('a poll of a known operation is "disabled" once its enrollment is, whatever its token', async () => {
    const emulator = running();
    const blocked = await ask(emulator, transport, goodRequest('register', SCOPE, BLOCKED));
    const poll = goodRequest('poll', SCOPE, BLOCKED, String(blocked.body.operationId));
    for (const token of [poll.token, undefined]) {
      expect(await ask(emulator, transport, { ...poll, token })).toMatchObject({
        status: 200,
        body: { status: 'disabled' },
      });
    }
  });
});

describe('before these, over https', () => {
  const text = { 'Content-Type': 'text/plain' };
  const large = 'x'.repeat(97 * 1024);
  const unknownScope = '/0neFFFFFFFF/registrations/dev-1/register?api-version=2021-06-01';

  it.each([
    ['a body over 96 KB, before an unknown address and the media type', '/nowhere', 'PUT', large, text, 400004],
    ['an unknown address, before the media type', '/nowhere', 'PUT', '{', text, 404001],
    ['a method that the address does not have, before the media type', unknownScope, 'POST', '{', text, 405001],
    ['a missing id, before the media type', '/0neFFFFFFFF/registrations//register', 'PUT', '{', text, 405001],
    ['the media type, before the ID scope', unknownScope, 'PUT', '{', text, 415001],
    ['the ID scope, before the body', unknownScope, 'PUT', '{', {}, 404201],
  ])('answers %s', async (_fact, path, method, body, headers, errorCode) => {
    const client = httpsClient(running());
    const answer = await client.ask({ method, path, body, headers });
    client.close();
    expect(answer.body.errorCode).toBe(errorCode);
  });
});
