/** Emulators that answer devices wrongly: in the rendering, or by letting in whom they should refuse. */
import type { DeviceCall, Parts, Replace, Reply } from '../../../emulator/internal-door.ts';
import { makeDeviceSas } from '../../../emulator/wire/device-sas.ts';
import { isSignedWith, parseSasToken } from '../../../emulator/wire/sas-token.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { isJsonObject, type JsonObject } from '../../../emulator/wire/twin.ts';
import { type EmulatorMutant, identified, replacing } from '../mutant.ts';

export const RENDERING_MUTANTS = identified<EmulatorMutant>({
  'assigned-with-202': {
    wrong: 'answers the poll of an assigned device with 202',
    reason: 'SDKs that look at the status alone would poll for ever.',
    killedBy: 'poll-answers-assigned',
    at: 'expect.replies[1].status',
    replace: answering((reply) =>
      'status' in reply.body && reply.body.status === 'assigned' ? { ...reply, status: 202 } : reply,
    ),
  },
  'no-retry-after': {
    wrong: 'does not tell a device how long to wait',
    reason: 'SDKs then fall back on a wait of their own, and the pace of a fleet is theirs.',
    killedBy: 'poll-answers-assigning',
    at: 'expect.lastReply.retryAfterSeconds',
    replace: answering(({ retryAfterSeconds: _seconds, ...reply }) => reply),
  },
  'bare-etag': {
    wrong: 'shows the etag as it is stored',
    reason: 'The device reads the base64 of the quoted text; the service API reads the text itself.',
    killedBy: 'poll-answers-assigned',
    at: 'expect.replies[1].body.registrationState.etag',
    replace: answeringState((state) =>
      typeof state.etag === 'string' ? { ...state, etag: Buffer.from(state.etag, 'base64').toString('utf8') } : state,
    ),
  },
  'always-initial-assignment': {
    wrong: 'tells every device that it is its initial assignment',
    reason: 'The substatus is right at the first registration, which is the one that everybody tries.',
    killedBy: 'reprovision-reset',
    at: 'expect.substatus',
    replace: answeringState((state) =>
      state.substatus === undefined ? state : { ...state, substatus: 'initialAssignment' },
    ),
  },
  'no-group-in-state': {
    wrong: 'does not name the enrollment group in registrationState',
    reason: 'symmetricKey.enrollmentGroupId is the only thing that tells a device which group it came through.',
    killedBy: 'poll-answers-assigned',
    at: 'expect.replies[1].body.registrationState',
    replace: answeringState(({ symmetricKey: _group, ...state }) => state),
  },
  'hub-in-failed-state': {
    wrong: 'shows a hub in a registration that failed',
    reason: 'One rendering for every state; a device that only looks for assignedHub would connect.',
    killedBy: 'row-2-empty-hub',
    at: 'expect.hub',
    replace: answeringState((state) => (state.status === 'failed' ? { ...state, assignedHub: '' } : state)),
  },
  'two-members-too-many': {
    wrong: 'answers the register with registrationState as well',
    reason: 'The first answer has two members; parsers of small devices are cut to that.',
    killedBy: 'poll-answers-assigned',
    at: 'expect.replies[0].body',
    replace: answering((reply, { registrationId }) =>
      rewritten(reply, (body) =>
        body.status === 'assigning' && body.registrationState === undefined
          ? { ...body, registrationState: { registrationId, status: 'assigning' } }
          : body,
      ),
    ),
  },
  'one-api-version': {
    wrong: 'treats every device as one that speaks the newest api-version',
    reason: 'The query parameter is checked and then forgotten; older devices then read a substatus they do not know.',
    killedBy: 'reprovision-substatus-by-api-version',
    at: 'expect.substatus',
    replace: replacing('dps', (dps) => ({
      ...dps,
      call: (call) => dps.call({ ...call, apiVersion: '2021-06-01' }),
    })),
  },
  'no-tracking-id': {
    wrong: 'refuses without trackingId',
    reason: 'Support asks for it first.',
    killedBy: 'attest-unknown-device',
    at: 'expect.replies[0].body',
    replace: answering((reply) => rewritten(reply, ({ trackingId: _id, ...body }) => body)),
  },
  'accepts-other-resource': {
    wrong: 'accepts a token that was made for another registration',
    reason: 'The signature is right; what was signed is not looked at.',
    killedBy: 'attest-wrong-resource',
    at: 'expect.lastReply.status',
    replace: admitting(({ keys }) => keys),
  },
  'accepts-group-key': {
    wrong: "accepts a token that is signed with the group's own key",
    reason: 'Whoever tries keys until one fits tries this one too; then one device can be every device.',
    killedBy: 'attest-group-key-not-derived',
    at: 'expect.lastReply.status',
    replace: admitting(({ groupKeys }) => groupKeys),
  },
});

type Answer = (reply: Reply, call: DeviceCall) => Reply;

function answering(by: Answer): EmulatorMutant['replace'] {
  return replacing('dps', (dps) => ({ ...dps, call: async (call) => by(await dps.call(call), call) }));
}

/** Changes registrationState, where there is one. */
function answeringState(by: (state: JsonObject) => JsonObject): EmulatorMutant['replace'] {
  return answering((reply) =>
    rewritten(reply, ({ registrationState: state, ...body }) =>
      isJsonObject(state) ? { ...body, registrationState: by(state) } : body,
    ),
  );
}

function rewritten(reply: Reply, by: (body: JsonObject) => JsonObject): Reply {
  const body = by(reply.body as unknown as JsonObject);
  return { ...reply, body: body as unknown as Reply['body'], text: JSON.stringify(body) };
}

interface KnownKeys {
  /** That belong to the device. */
  readonly keys: readonly string[];
  readonly groupKeys: readonly string[];
}

/** Lets in whoever signed with one of these keys: the token is made good before the core sees it. */
function admitting(choose: (known: KnownKeys) => readonly string[]): EmulatorMutant['replace'] {
  return () => {
    let ports: Parts['ports'] | undefined;
    const replace: Replace = (name, part) => {
      if (name === 'ports') ports = part as Parts['ports'];
      if (name !== 'dps' || ports === undefined) return part;
      const { enrollments } = ports;
      const dps = part as Parts['dps'];
      const call = async (asked: DeviceCall): Promise<Reply> => {
        const groups = await enrollments.groups(asked.idScope);
        const groupKeys = groups.flatMap(({ attestation }) =>
          attestation.type === 'symmetricKey' ? Object.values(attestation.symmetricKey) : [],
        );
        const keys = groupKeys.map((key) => deriveDeviceKey(key, asked.registrationId));
        return dps.call(madeGood(asked, choose({ keys, groupKeys }), keys[0] ?? ''));
      };
      return { ...dps, call } as typeof part;
    };
    return replace;
  };
}

function madeGood(call: DeviceCall, keys: readonly string[], right: string): DeviceCall {
  const { credential, idScope, registrationId } = call;
  const parsed = credential.kind === 'sas' ? parseSasToken(credential.token) : undefined;
  if (parsed?.kind !== 'parsed' || !keys.some((key) => isSignedWith(parsed.token, key))) return call;
  const { expiryMs } = parsed.token;
  const token = makeDeviceSas({ idScope, registrationId, key: right, expiresAtSeconds: expiryMs / 1000 }, 0);
  return { ...call, credential: { kind: 'sas', token } };
}
