/**
 * Uses each call of the service SDKs, unmodified, against an emulator of its own, and prints one JSON line per step.
 * `node run.js 443`: the emulator on the SDKs' own port; names resolve to it by the hosts file of a private namespace.
 * `node run.js agent`: any port, reached by an agent of the SDK's internal REST client. [dps-service-behaviour §4.7]
 */

import { readFileSync } from 'node:fs';
import https from 'node:https';
import serviceSdk from 'azure-iot-provisioning-service';
import hubSdk from 'azure-iothub';

const { deriveDeviceKey, startEmulator } = await import(process.env.EMULATOR_MODULE);
const { makeDeviceSas } = await import(process.env.SAS_MODULE);
const mode = process.argv[2];

const SCOPE = '0ne00000001';
const HUB = 'hub-one.azure-devices.net';
const KEY = Buffer.alloc(64, 7).toString('base64');

const emulator = await startEmulator({
  httpsPort: mode === '443' ? 443 : 0,
  clock: 'skip',
  setUp: { dps: [{ name: 'back-end', idScope: SCOPE, linkedHubs: [HUB] }] },
});
const { port } = emulator.endpoints.https;
const connections = await emulator.connectionStrings();
const ca = readFileSync(process.env.NODE_EXTRA_CA_CERTS);

/** Keeps the real name in `Host`, SNI and `sr`, and only dials elsewhere. */
function agentTo(servername) {
  return new https.Agent({ host: '127.0.0.1', port, ca, servername });
}

const dps = serviceSdk.ProvisioningServiceClient.fromConnectionString(connections.dps[0].connectionString);
const misled = serviceSdk.ProvisioningServiceClient.fromConnectionString(connections.hubs[0].connectionString);
const registry = hubSdk.Registry.fromConnectionString(connections.hubs[0].connectionString);
if (mode === 'agent') {
  dps._restApiClient.setOptions({ http: { agent: agentTo(connections.dps[0].host) } });
  misled._restApiClient.setOptions({ http: { agent: agentTo(HUB) } });
  registry._restApiClient.setOptions({ http: { agent: agentTo(HUB) } });
}

async function step(name, work) {
  const line = { step: name };
  try {
    line.value = await work();
  } catch (error) {
    line.error = { name: error.name, body: error.responseBody ?? error.message };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return line.value;
}

const bodyOf = async (promise) => (await promise).responseBody;
const withCallback = (call) =>
  new Promise((resolve, reject) => call((error, body) => (error ? reject(error) : resolve(body))));

async function pagesOf(query) {
  const pages = [];
  while (query.hasMoreResults && pages.length < 10) {
    const { result } = await new Promise((resolve, reject) =>
      query.next((error, body, response) => (error ? reject(error) : resolve({ result: body, response }))),
    );
    pages.push(result);
  }
  return pages;
}

function register(registrationId, key) {
  const token = makeDeviceSas({ idScope: SCOPE, registrationId, key }, Date.now());
  const send = (method, path, body = '') =>
    new Promise((resolve, reject) => {
      const request = https.request(
        {
          host: '127.0.0.1',
          port,
          servername: 'localhost',
          ca,
          method,
          path: `/${SCOPE}/registrations/${registrationId}/${path}?api-version=2021-06-01`,
          headers: { authorization: token, 'content-type': 'application/json', 'content-length': body.length },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve(JSON.parse(text)));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  return send('PUT', 'register', '{}').then(({ operationId }) => send('GET', `operations/${operationId}`));
}

const individual = {
  registrationId: 'device-1',
  deviceId: 'named-device',
  attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } },
  initialTwin: { tags: { colour: 'red' }, properties: { desired: { speed: 3 } } },
  capabilities: { iotEdge: false },
};
const group = { enrollmentGroupId: 'group-1', attestation: { type: 'symmetricKey' }, allocationPolicy: 'hashed' };

// Individual enrollments
const created = await step('createOrUpdateIndividualEnrollment', () =>
  bodyOf(dps.createOrUpdateIndividualEnrollment(individual)),
);
await step('create again', () => bodyOf(dps.createOrUpdateIndividualEnrollment(individual)));
const updated = await step('update with etag', () =>
  bodyOf(dps.createOrUpdateIndividualEnrollment({ ...individual, provisioningStatus: 'disabled', etag: created.etag })),
);
await step('update with stale etag', () =>
  bodyOf(dps.createOrUpdateIndividualEnrollment({ ...individual, etag: created.etag })),
);
await step('enable', () => bodyOf(dps.createOrUpdateIndividualEnrollment({ ...individual, etag: updated.etag })));
await step('getIndividualEnrollment', () => bodyOf(dps.getIndividualEnrollment('device-1')));
await step('get unknown', () => bodyOf(dps.getIndividualEnrollment('nobody')));
await step('getIndividualEnrollmentAttestationMechanism', () =>
  bodyOf(dps.getIndividualEnrollmentAttestationMechanism('device-1')),
);
await step('runBulkEnrollmentOperation', () =>
  withCallback((done) =>
    dps.runBulkEnrollmentOperation(
      {
        mode: 'create',
        enrollments: ['device-2', 'device-3', 'device-1'].map((registrationId) => ({
          registrationId,
          attestation: { type: 'symmetricKey' },
        })),
      },
      done,
    ),
  ),
);
await step('createIndividualEnrollmentQuery', async () =>
  (await pagesOf(dps.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 2))).map((page) =>
    page.map(({ registrationId }) => registrationId),
  ),
);

// Groups
const createdGroup = await step('createOrUpdateEnrollmentGroup', () =>
  bodyOf(dps.createOrUpdateEnrollmentGroup(group)),
);
await step('getEnrollmentGroup', () => bodyOf(dps.getEnrollmentGroup('group-1')));
const mechanism = await step('getEnrollmentGroupAttestationMechanism', () =>
  bodyOf(dps.getEnrollmentGroupAttestationMechanism('group-1')),
);
await step('createEnrollmentGroupQuery', async () =>
  (await pagesOf(dps.createEnrollmentGroupQuery({ query: 'SELECT *' }))).map((page) =>
    page.map(({ enrollmentGroupId }) => enrollmentGroupId),
  ),
);

// What the package's own samples send, and no documentation speaks of.
await step('queries of the samples', async () => [
  (await pagesOf(dps.createIndividualEnrollmentQuery({ query: '*' }, 10)))
    .flat()
    .map(({ registrationId }) => registrationId),
  (await pagesOf(dps.createEnrollmentGroupQuery({ query: '*' }, 10)))
    .flat()
    .map(({ enrollmentGroupId }) => enrollmentGroupId),
]);
await step('record of the sample', () =>
  bodyOf(
    dps.createOrUpdateIndividualEnrollment({
      registrationId: 'device-9',
      deviceID: 'sample-device',
      attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } },
      allocationPolicy: 'custom',
      customAllocationDefinition: { webhookUrl: 'https://contoso.example/api/allocate', apiVersion: '2019-03-31' },
    }),
  ),
);

// Registrations
await step('register individual', () => register('device-1', KEY));
for (const id of ['member-1', 'member-2', 'member-3']) {
  await step(`register ${id}`, () => register(id, deriveDeviceKey(mechanism.symmetricKey.primaryKey, id)));
}
await step('getIndividualEnrollment once registered', () => bodyOf(dps.getIndividualEnrollment('device-1')));
const state = await step('getDeviceRegistrationState', () => bodyOf(dps.getDeviceRegistrationState('member-1')));
await step('createEnrollmentGroupDeviceRegistrationStateQuery', async () =>
  (await pagesOf(dps.createEnrollmentGroupDeviceRegistrationStateQuery({ query: 'SELECT *' }, 'group-1', 2))).map(
    (page) => page.map(({ registrationId }) => registrationId),
  ),
);
await step('delete state with stale etag', () => dps.deleteDeviceRegistrationState('member-1', '"stale"'));
await step('deleteDeviceRegistrationState', () => dps.deleteDeviceRegistrationState(state));
await step('get deleted state', () => bodyOf(dps.getDeviceRegistrationState('member-1')));

// The hub
await step('Registry.get', () => bodyOf(registry.get('named-device')));
await step('Registry.list', async () => (await bodyOf(registry.list())).map(({ deviceId }) => deviceId));
await step('Registry.getTwin', async () =>
  JSON.parse(JSON.stringify((await registry.getTwin('named-device')).responseBody)),
);
await step('Registry.createQuery', async () =>
  (await pagesOf(registry.createQuery('SELECT * FROM devices', 3))).map((page) => page.map(({ deviceId }) => deviceId)),
);
await step('Registry.getRegistryStatistics', () => bodyOf(registry.getRegistryStatistics()));
await step('Registry.delete', async () => (await registry.delete('named-device')).httpResponse.statusCode);
await step('Registry.get deleted', () => bodyOf(registry.get('named-device')));
await step('Registry.removeDevices', () =>
  bodyOf(registry.removeDevices([{ deviceId: 'member-1' }, { deviceId: 'nobody' }], true)),
);
await step('Registry.create', () => bodyOf(registry.create({ deviceId: 'new' })));

// Deleting
await step('delete with stale etag', () => dps.deleteIndividualEnrollment('device-1', created.etag));
await step('deleteIndividualEnrollment', () => dps.deleteIndividualEnrollment('device-1'));
await step('get deleted', () => bodyOf(dps.getIndividualEnrollment('device-1')));
await step('deleteEnrollmentGroup', () => dps.deleteEnrollmentGroup(createdGroup));
await step('get deleted group', () => bodyOf(dps.getEnrollmentGroup('group-1')));
await step('hub connection string', () => bodyOf(misled.getEnrollmentGroup('group-1')));

await emulator.stop();
