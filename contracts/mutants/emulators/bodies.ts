/** Emulators that read the body of a register more kindly than the service, or say more about it. */
import type { DeviceCall, Reply } from '../../../emulator/internal-door.ts';
import { parsedJson } from '../../../emulator/wire/json.ts';
import { isJsonObject, type JsonObject } from '../../../emulator/wire/twin.ts';
import { type EmulatorMutant, identified, replacing, replacingPorts } from '../mutant.ts';

export const BODY_MUTANTS = identified<EmulatorMutant>({
  'passes-over-unknown-members': {
    wrong: 'passes over a member of the body that the service does not know',
    reason:
      'A model id beside the payload is the commonest mistake of Plug and Play devices; it would show in the cloud.',
    killedBy: 'body-with-model-beside-payload',
    at: 'expect.lastReply',
    replace: readingBody(({ modelId: _modelId, ...body }) => body),
  },
  'converts-types': {
    wrong: 'takes a number for the text that it prints as',
    reason: 'Many JSON readers convert by themselves.',
    killedBy: 'body-of-another-type',
    at: 'expect.lastReply',
    replace: readingBody((body) => ({ ...body, registrationId: String(body.registrationId) })),
  },
  'minds-the-case': {
    wrong: 'loses a payload whose name is spelt in another case',
    reason: 'Names of JSON members are case-sensitive everywhere else.',
    killedBy: 'body-in-another-case',
    at: 'expect.webhookRequests',
    replace: readingBody(({ Payload: _payload, ...body }) => body),
  },
  'explains-to-the-device': {
    wrong: 'tells the device which rule its request breaks',
    reason: 'It reads well here, and a device that shows it has nothing to show in the cloud.',
    killedBy: 'body-with-the-id-of-another',
    at: 'expect.lastReply.body.message',
    replace: rewriting((body) =>
      body.message === 'BadRequest' ? { ...body, message: 'registrationId in the body differs.' } : body,
    ),
  },
  'tracks-what-it-could-not-read': {
    wrong: 'gives a body that it cannot deserialize a tracking id',
    reason: 'Every other refusal has one.',
    killedBy: 'body-of-broken-json',
    at: 'expect.replies[0].body.trackingId',
    replace: rewriting((body, { requestId }) =>
      body.errorCode === 400012 ? { ...body, trackingId: requestId } : body,
    ),
  },
  'prints-seven-digits': {
    wrong: 'prints instants with seven digits always',
    reason: 'The documentation shows seven, since nine of ten instants have them.',
    killedBy: 'attest-unknown-device',
    at: 'expect.replies[0].body.timestampUtc',
    replace: rewriting((body) =>
      typeof body.timestampUtc === 'string' ? { ...body, timestampUtc: '2026-01-01T00:00:00.0000000Z' } : body,
    ),
  },
  'stores-nulls': {
    wrong: 'stores a twin with a null in it',
    reason: 'JSON has null, and a twin is JSON; the hub refuses it all the same.',
    killedBy: 'twin-null-in-a-list',
    at: 'expect.status',
    replace: replacingPorts(({ hubs }) => ({
      hubs: { ...hubs, provision: (request, tx) => hubs.provision({ ...request, nulls: 'keep' }, tx) },
    })),
  },
});

/** Changes what a register says, where it is a JSON object. */
function readingBody(by: (body: JsonObject) => JsonObject): EmulatorMutant['replace'] {
  const changed = (call: DeviceCall): DeviceCall => {
    const { request } = call;
    const body = request.operation === 'register' ? parsedJson(request.body) : undefined;
    if (request.operation !== 'register' || !isJsonObject(body)) return call;
    return { ...call, request: { ...request, body: JSON.stringify(by(body)) } };
  };
  return replacing('dps', (dps) => ({ ...dps, call: (call) => dps.call(changed(call)) }));
}

function rewriting(by: (body: JsonObject, reply: Reply) => JsonObject): EmulatorMutant['replace'] {
  return replacing('dps', (dps) => ({
    ...dps,
    call: async (call) => {
      const reply = await dps.call(call);
      const body = by(reply.body as unknown as JsonObject, reply);
      return { ...reply, body: body as unknown as Reply['body'], text: JSON.stringify(body) };
    },
  }));
}
