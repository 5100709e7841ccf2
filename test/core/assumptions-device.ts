/** What provokes each assumption that is not about the webhook, and what comes of each of its values. */
import { request } from 'node:https';
import { onTestFinished } from 'vitest';
import { registerDevice } from '../../device/wire-device.ts';
import { hashedHub } from '../../emulator/core/dps/allocation/hashed.ts';
import type { Reply } from '../../emulator/core/dps/device-call.ts';
import { type Emulator, startEmulator } from '../../emulator/index.ts';
import { makeDeviceSas } from '../../emulator/wire/device-sas.ts';
import type { GivenEnrollmentGroup } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { setUpForDevices } from '../flows/support/emulators.ts';
import { serviceClient } from '../http/support/service-client.ts';
import { connectDevice, type MqttDevice } from '../mqtt/support/mqtt-device.ts';
import { connectPacket, registerTopic, userName } from '../mqtt/support/packets.ts';
import { openRaw } from '../mqtt/support/raw-client.ts';
import type { Assume } from './assumptions-webhook.ts';
import {
  customGroup,
  type Device,
  GROUP,
  GROUP_KEY,
  HUB_A,
  HUB_B,
  operationIdOf,
  poll,
  provision,
  register,
  SCOPE,
  setUpOf,
  startHarness,
  webhook,
} from './service-harness.ts';

const DISABLED = { provisioningStatus: 'disabled' } as const;
const KEY = Buffer.alloc(32, 1).toString('base64');
const INDIVIDUAL = {
  enrollments: [
    { registrationId: 'device-1', attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY } } },
  ],
} as const;

/** The status of a reply and what kind of body it has. */
function seen({ status, body, errorCode }: Reply): string {
  return `${status} ${errorCode ?? ('status' in body ? body.status : '')}`;
}

const registering =
  (device: Device, group: Partial<GivenEnrollmentGroup> = {}) =>
  async (assume: Assume): Promise<string> =>
    seen(await register(await startHarness({ setUp: setUpOf(group), assume }), device));

/** The first device id that `hashed` does not send to the first hub of the list. */
function idHashedToSecond(): string {
  for (let index = 0; ; index += 1) {
    if (hashedHub(`d${index}`, [{ name: HUB_A }, { name: HUB_B }]) === HUB_B) return `d${index}`;
  }
}

/** A good token whose signature has a "+", not percent-encoded: half of all have one. */
function tokenWithPlus(): string {
  const key = deriveDeviceKey(GROUP_KEY, 'device-1');
  for (let ttlSeconds = 3600; ; ttlSeconds += 1) {
    const token = makeDeviceSas({ idScope: SCOPE, registrationId: 'device-1', key, ttlSeconds }, Date.now());
    const raw = decodeURIComponent(token);
    if (raw.includes('+')) return raw;
  }
}

async function emulatorWith(assume: Assume, setUp = setUpOf({})): Promise<Emulator> {
  const emulator = await startEmulator({ setUp, clock: 'manual', assume });
  onTestFinished(() => emulator.stop());
  return emulator;
}

/** Why the first connection that ends has ended. */
function disconnection({ journal }: Emulator): Promise<string | undefined> {
  return new Promise((resolve) => {
    journal.subscribe((_subject, { event }) => {
      if (event.kind === 'disconnected') resolve(event.why);
    });
  });
}

async function afterPing({ raw }: MqttDevice): Promise<string> {
  raw.send({ cmd: 'pingreq' });
  const next = await raw.next();
  return next === 'closed' ? next : next.cmd;
}

/** A register over HTTPS whose body comes without a Content-Type: no driver of ours would send one. */
async function putWithoutContentType(assume: Assume): Promise<number | undefined> {
  const { endpoints, ca } = await emulatorWith(assume);
  const key = deriveDeviceKey(GROUP_KEY, 'device-1');
  const options = {
    host: endpoints.https.host,
    port: endpoints.https.port,
    ca: ca.certificatePem,
    method: 'PUT',
    path: `/${SCOPE}/registrations/device-1/register?api-version=2019-03-31`,
    headers: { Authorization: makeDeviceSas({ idScope: SCOPE, registrationId: 'device-1', key }, Date.now()) },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const put = request(options, (response) => resolve(response.resume().statusCode));
    put.on('error', reject).end('{"registrationId":"device-1"}');
  });
}

/** A register that the webhook leaves hanging, and a second one. */
async function registeredTwice(assume: Assume) {
  const standIn = await webhook([{ kind: 'hang' }]);
  const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)), assume });
  const first = operationIdOf(await register(harness));
  const second = operationIdOf(await register(harness));
  return { harness, first, second };
}

/** Assigned to A by the first answer of the webhook; the second register meets the second answer. */
async function registeredAgain(assume: Assume, group: Partial<GivenEnrollmentGroup>, second: object) {
  const standIn = await webhook((_request, index) => ({
    kind: 'json',
    status: index === 0 || 'iotHubHostName' in second ? 200 : 400,
    body: index === 0 ? { iotHubHostName: HUB_A, initialTwin: { tags: { version: 1 } } } : second,
  }));
  const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url, group)), assume });
  await provision(harness);
  await provision(harness);
  return { harness, standIn };
}

export const deviceRows = {
  'unknown-scope': {
    provoke: registering({ idScope: '0ne9' }),
    outcomes: { 404201: '404 404201', 401002: '401 401002' },
  },
  'unknown-register-member': {
    provoke: registering({ body: '{"registrationId":"device-1","modelId":"dtmi:com:example:Thermostat;1"}' }),
    outcomes: { 400012: '400 400012', ignore: '202 assigning' },
  },
  'member-case': {
    provoke: async (assume: Assume) => {
      const emulator = await emulatorWith(assume);
      const client = await serviceClient(emulator);
      const body = { RegistrationID: 'new', attestation: { type: 'symmetricKey' } };
      const { status } = await client.ask('PUT', '/enrollments/new', { body });
      return [await registering({ body: '{"RegistrationId":"device-1"}' })(assume), status];
    },
    outcomes: { insensitive: ['202 assigning', 200], exact: ['400 400012', 400] },
  },
  'device-payload-type': {
    provoke: registering({ payload: 'text' }),
    outcomes: { accept: '202 assigning', 400012: '400 400012' },
  },
  'sas-raw-plus': {
    provoke: (assume: Assume) => registering({ credential: { kind: 'sas', token: tokenWithPlus() } })(assume),
    outcomes: { plus: '202 assigning', space: '401 401000' },
  },
  'early-api-version': {
    provoke: registering({ apiVersion: '2019-01-15' }),
    outcomes: { accept: '202 assigning', refuse: '400 400001' },
  },
  'static-several-hubs': {
    provoke: async (assume: Assume) => {
      const harness = await startHarness({ setUp: setUpOf({ allocationPolicy: 'static' }), assume });
      const { registrationState } = await provision(harness, { id: idHashedToSecond() });
      return registrationState?.errorCode ?? registrationState?.assignedHub;
    },
    outcomes: { fail: 400208, first: HUB_A, hashed: HUB_B },
  },
  'group-in-registration': {
    provoke: async (assume: Assume) => {
      const harness = await startHarness({ setUp: setUpOf({}), assume });
      return (await provision(harness)).registrationState?.symmetricKey;
    },
    outcomes: { shown: { enrollmentGroupId: GROUP }, hidden: undefined },
  },
  'registration-id-edges': {
    provoke: async (assume: Assume) => {
      const client = await serviceClient(await emulatorWith(assume));
      const body = { registrationId: '_new', attestation: { type: 'symmetricKey' } };
      const { status } = await client.ask('PUT', '/enrollments/_new', { body });
      return [await registering({ id: '_device' })(assume), await registering({ id: 'device-' })(assume), status];
    },
    outcomes: {
      end: ['202 assigning', '202 assigning', 200],
      both: ['400 400004', '400 400004', 400],
    },
  },
  'unsupported-api-version': {
    provoke: registering({ apiVersion: '2019-03-30' }),
    outcomes: { refuse: '400 400001', accept: '202 assigning' },
  },
  'body-id-differs': {
    provoke: registering({ body: '{"registrationId":"device-2"}' }),
    outcomes: { 400004: '400 400004', 401002: '401 401002', ignore: '202 assigning' },
  },
  'body-without-content-type': { provoke: putWithoutContentType, outcomes: { accept: 202, refuse: 415 } },
  'disabled-answer': {
    provoke: registering({}, DISABLED),
    outcomes: { register: '200 disabled', poll: '202 assigning' },
  },
  'disabled-poll': {
    provoke: async (assume: Assume) => {
      const harness = await startHarness({ setUp: setUpOf({}), assume });
      const operationId = operationIdOf(await register(harness));
      await harness.clock.untilSleeping(0);
      await harness.seed(setUpOf(DISABLED));
      return seen(await poll(harness, operationId));
    },
    outcomes: { disabled: '200 disabled', stored: '200 assigned' },
  },
  'concurrent-register': {
    provoke: async (assume: Assume) => {
      const { first, second } = await registeredTwice(assume);
      return first === second ? 'one operation' : 'two operations';
    },
    outcomes: { supersede: 'two operations', join: 'one operation' },
  },
  'superseded-operation': {
    provoke: async (assume: Assume) => {
      const { harness, first } = await registeredTwice(assume);
      return seen(await poll(harness, first));
    },
    outcomes: { registration: '202 assigning', 404203: '404 404203' },
  },
  'credential-refusal': {
    provoke: async (assume: Assume) => {
      const { endpoints, ca } = await emulatorWith(assume);
      const device = { ...endpoints.mqtt, ca: ca.certificatePem, transport: 'mqtt', idScope: SCOPE } as const;
      const { replies } = await registerDevice({ ...device, registrationId: 'device-1', key: KEY });
      return replies.map(({ step, status }) => `${step} ${status}`).join(', ');
    },
    outcomes: { reply: 'connack 0, suback 1, register 401', connack: 'connack 5' },
  },
  'connection-after-401': {
    provoke: async (assume: Assume) => {
      const emulator = await emulatorWith(assume, setUpForDevices());
      const why = disconnection(emulator);
      const connect = { password: Buffer.from('nonsense'), keepalive: 1 };
      const { ask } = await connectDevice(emulator, { registrationId: 'device-1' }, { connect });
      await ask(registerTopic('1'));
      return why;
    },
    outcomes: {
      close: 'a request was answered with 401, and then the connection is closed',
      stay: 'keep alive timeout',
    },
  },
  'user-name-question-mark': {
    provoke: async (assume: Assume) => {
      const raw = await openRaw(await emulatorWith(assume, setUpForDevices()));
      const device = { registrationId: 'device-1' };
      raw.send(connectPacket(device, { username: userName(device, '?api-version=2021-06-01') }));
      const answer = await raw.next();
      return answer === 'closed' || answer.cmd !== 'connack' ? answer : answer.returnCode;
    },
    outcomes: { accept: 0, refuse: 4 },
  },
  'same-client-id': {
    provoke: async (assume: Assume) => {
      const emulator = await emulatorWith(assume, setUpForDevices());
      const older = await connectDevice(emulator, { registrationId: 'device-1' });
      await connectDevice(emulator, { registrationId: 'device-1' });
      return afterPing(older);
    },
    outcomes: { 'take-over': 'closed', both: 'pingresp' },
  },
  'unauthorized-code': {
    provoke: registering({ key: KEY }),
    outcomes: { 401002: '401 401002', 401000: '401 401000' },
  },
  'resource-case': {
    provoke: async (assume: Assume) => {
      const harness = await startHarness({ setUp: setUpOf(undefined, INDIVIDUAL), assume });
      return seen(await register(harness, { key: KEY, sas: { registrationId: 'DEVICE-1' } }));
    },
    outcomes: { insensitive: '202 assigning', exact: '401 401002' },
  },
  'far-expiry': {
    provoke: registering({ sas: { expiresAtSeconds: 1_764_000_000_000 } }),
    outcomes: { refuse: '401 401002', accept: '202 assigning' },
  },
  'group-key-case': {
    provoke: registering({ id: 'DEVICE-1', key: deriveDeviceKey(GROUP_KEY, 'device-1') }),
    outcomes: { 'as-sent-then-lower': '202 assigning', 'as-sent': '401 401002' },
  },
  'geo-latency': {
    provoke: async (assume: Assume) => {
      const setUp = setUpOf({ allocationPolicy: 'geoLatency', iotHubs: [HUB_A, HUB_B] });
      const harness = await startHarness({ setUp, assume });
      return (await provision(harness, { id: idHashedToSecond() })).registrationState?.assignedHub;
    },
    outcomes: { hashed: HUB_B, first: HUB_A },
  },
  'unknown-enrollment-member': {
    provoke: async (assume: Assume) => {
      const client = await serviceClient(await emulatorWith(assume));
      const body = { registrationId: 'new', attestation: { type: 'symmetricKey' }, alocationPolicy: 'hashed' };
      const { status, text } = await client.ask('PUT', '/enrollments/new', { body });
      return { status, repeats: text.includes('alocationPolicy":"hashed') };
    },
    outcomes: { 400004: { status: 400, repeats: false }, ignore: { status: 200, repeats: false } },
  },
  'no-linked-hub': {
    provoke: async (assume: Assume) => {
      const harness = await startHarness({ setUp: setUpOf({}, { linkedHubs: [] }), assume });
      return (await provision(harness)).registrationState?.errorCode;
    },
    outcomes: { 400208: 400208, 400207: 400207 },
  },
  'same-hub-reset': {
    provoke: async (assume: Assume) => {
      const group = { reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false } };
      const again = { iotHubHostName: HUB_A, initialTwin: { tags: { version: 2 } } };
      const { harness } = await registeredAgain(assume, group, again);
      return (await harness.hubs.twin(HUB_A, 'device-1'))?.tags;
    },
    outcomes: { keep: { version: 1 }, reset: { version: 2 } },
  },
  'failed-keeps-assignment': {
    provoke: async (assume: Assume) => {
      const { harness, standIn } = await registeredAgain(assume, { enrollmentGroupId: GROUP }, {});
      await provision(harness);
      const asked = standIn.requests.map(({ bodyText }) => bodyText.includes('currentIotHubHostName'));
      return { asked, stillThere: (await harness.hubs.device(HUB_A, 'device-1')) !== undefined };
    },
    outcomes: {
      keep: { asked: [false, true, true], stillThere: true },
      forget: { asked: [false, true, false], stillThere: true },
    },
  },
} as const;
