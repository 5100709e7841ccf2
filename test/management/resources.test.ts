/** The management plane over the control API: what can be made, changed and deleted while devices register. */
import { describe, expect, it } from 'vitest';
import type {
  IotHubResource,
  PolicyResource,
  ProvisioningServiceResource,
  ResourceGroupResource,
} from '../../emulator/wire/resource.ts';
import { call } from '../control/support/call.ts';
import { ASSIGN, BUSY, DEVICE, HUB, lentContosoForTests, register, SCOPE } from '../control/support/contoso.ts';

const start = lentContosoForTests();
const SERVICE = 'contoso-provisioning-service-1098';
const HUB_NAME = 'contoso-toasters-hub-1098';

function client(control: string) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const { status, json } = await call(control, path, { method, body });
    return { status, json };
  };
  const made = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, json } = await ask(method, path, body);
    expect({ status, json }).toMatchObject({ status: 200 });
    return json as T;
  };
  return { ask, made };
}

async function startWithGroup() {
  const contoso = await start();
  const { ask, made } = client(contoso.control);
  await made('PUT', '/resource-groups/mine', { location: 'West US' });
  const hub = await made<IotHubResource>('PUT', '/iot-hubs/my-hub', { resourceGroup: 'mine' });
  const service = await made<ProvisioningServiceResource>('PUT', '/provisioning-services/my-dps', {
    resourceGroup: 'mine',
  });
  const { value } = await made<{ value: readonly PolicyResource[] }>('GET', '/iot-hubs/my-hub/policies');
  const key = value.find(({ keyName }) => keyName === 'iothubowner')?.primaryKey ?? '';
  const connectionString = `HostName=${hub.properties.hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=${key}`;
  return { ...contoso, ask, made, hub, service, connectionString, policies: value };
}

describe('resource groups', () => {
  it('hold what a set-up left unplaced, under a name of their own', async () => {
    const { control } = await start();
    const { made } = client(control);
    const { value } = await made<{ value: readonly ResourceGroupResource[] }>('GET', '/resource-groups');
    expect(value.map(({ name, location }) => ({ name, location }))).toEqual([
      { name: 'dps-emulator', location: 'westus' },
    ]);
    expect(await made('GET', `/iot-hubs/${HUB_NAME}`)).toMatchObject({ resourcegroup: 'dps-emulator' });
  });

  it('are deleted with what they hold, and with nothing else', async () => {
    const { ask, made, emulator } = await startWithGroup();
    await made('DELETE', '/resource-groups/MINE');
    expect(await ask('GET', '/resource-groups/mine')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/provisioning-services/my-dps')).toMatchObject({ status: 404 });
    expect(await emulator.hubs.names()).not.toContain('my-hub.azure-devices.net');
    expect(await emulator.idScopes()).toEqual([SCOPE]);
    expect(await emulator.hubs.names()).toContain(HUB);
  });

  it('are made again with the same spelling, new region and new tags', async () => {
    const { made } = await startWithGroup();
    const again = await made('PUT', '/resource-groups/MINE', { location: 'eastus', tags: { stage: 'test' } });
    expect(again).toMatchObject({ name: 'mine', location: 'eastus', tags: { stage: 'test' } });
  });
});

describe('provisioning services', () => {
  it('are born with an ID scope, the owner policy and no links', async () => {
    const { service, made } = await startWithGroup();
    expect(service).toMatchObject({
      name: 'my-dps',
      location: 'westus',
      resourcegroup: 'mine',
      properties: {
        allocationPolicy: 'Hashed',
        iotHubs: [],
        idScope: expect.stringMatching(/^0ne00[0-9A-F]{6}$/),
        serviceOperationsHostName: 'my-dps.azure-devices-provisioning.net',
      },
    });
    const { value } = await made<{ value: readonly PolicyResource[] }>('GET', '/provisioning-services/my-dps/policies');
    expect(value).toMatchObject([{ keyName: 'provisioningserviceowner', rights: expect.stringContaining(', ') }]);
  });

  it('never get an ID scope twice', async () => {
    const { made, service } = await startWithGroup();
    await made('DELETE', '/provisioning-services/my-dps');
    const again = await made<ProvisioningServiceResource>('PUT', '/provisioning-services/my-dps', {
      resourceGroup: 'mine',
    });
    expect(again.properties.idScope).not.toBe(service.properties.idScope);
  });

  it('link a hub by its connection string, mask its key, and keep the link when the masked one comes back', async () => {
    const { made, connectionString, hub } = await startWithGroup();
    const linked = await made<ProvisioningServiceResource>('PUT', '/provisioning-services/my-dps', {
      properties: { iotHubs: [{ connectionString, allocationWeight: 3 }] },
    });
    const [link] = linked.properties.iotHubs;
    expect(link).toEqual({
      name: hub.properties.hostName,
      location: 'westus',
      allocationWeight: 3,
      applyAllocationPolicy: null,
      connectionString: `HostName=${hub.properties.hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=****`,
    });
    const kept = await made<ProvisioningServiceResource>('PUT', '/provisioning-services/my-dps', {
      properties: { iotHubs: [{ ...link, applyAllocationPolicy: false }] },
    });
    expect(kept.properties.iotHubs).toEqual([{ ...link, applyAllocationPolicy: false }]);
  });

  it('leave everything that a request does not mention as it is', async () => {
    const { made } = await startWithGroup();
    const before = await made<ProvisioningServiceResource>('GET', `/provisioning-services/${SERVICE}`);
    const after = await made<ProvisioningServiceResource>('PUT', `/provisioning-services/${SERVICE}`, {
      properties: { allocationPolicy: 'Static' },
    });
    expect({ ...after, etag: before.etag }).toEqual({
      ...before,
      properties: { ...before.properties, allocationPolicy: 'Static' },
    });
    expect(after.etag).not.toBe(before.etag);
  });

  it('take one of two writers with the same etag', async () => {
    const { ask, service } = await startWithGroup();
    const write = (allocationPolicy: string) =>
      ask('PUT', '/provisioning-services/my-dps', { etag: service.etag, properties: { allocationPolicy } });
    const answers = await Promise.all([write('Static'), write('GeoLatency')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 412]);
    expect(answers[1]?.json).toMatchObject({ error: { code: 'PreconditionFailed' } });
  });

  it('take their enrollments and registrations with them, and end what is being allocated', async () => {
    const { control, emulator } = await start([ASSIGN, BUSY]);
    const { made } = client(control);
    await register(emulator, DEVICE);
    await register(emulator, 'waits-for-a-retry');
    expect(await emulator.registrations()).toHaveLength(2);
    await made('DELETE', `/provisioning-services/${SERVICE}`);
    expect(await emulator.registrations()).toEqual([]);
    expect((await emulator.exportSetUp()).dps).toEqual([]);
    expect(emulator.clock.pending()).toEqual([]);
    expect(await register(emulator, DEVICE)).toBe(404);
    expect((await emulator.hubs.device(HUB, DEVICE))?.deviceId).toBe(DEVICE);
  });

  it('come back with a reset', async () => {
    const { made, control, emulator } = await startWithGroup();
    await made('DELETE', `/provisioning-services/${SERVICE}`);
    await call(control, '/reset', { method: 'POST' });
    expect(await emulator.idScopes()).toEqual([SCOPE]);
    expect(await emulator.resources.groups.list()).toHaveLength(1);
  });
});

describe('hubs', () => {
  it('are deleted with their devices; a device that is sent there afterwards fails with 401001', async () => {
    const { control, emulator } = await start();
    const { made } = client(control);
    await register(emulator, DEVICE);
    await made('DELETE', `/iot-hubs/${HUB}`);
    expect(await emulator.hubs.device(HUB, DEVICE)).toBeUndefined();
    await register(emulator, 'another-contoso-tstrsd-007');
    expect(await emulator.registration(SCOPE, 'another-contoso-tstrsd-007')).toMatchObject({
      status: 'failed',
      errorCode: 401001,
    });
  });

  it('survive an export and a start from it: group, region and tags included', async () => {
    const { made, emulator, connectionString } = await startWithGroup();
    await made('PUT', '/iot-hubs/my-hub', { tags: { stage: 'test' } });
    await made('PUT', '/provisioning-services/my-dps', { properties: { iotHubs: [{ connectionString }] } });
    const exported = await emulator.exportSetUp();
    const second = await start([ASSIGN], { setUp: exported });
    expect(await second.emulator.exportSetUp()).toEqual(exported);
    expect(await second.emulator.resources.iotHubs.get('my-hub', 'mine')).toMatchObject({ tags: { stage: 'test' } });
  });
});

const LINK = (connectionString: string) => ({ properties: { iotHubs: [{ connectionString }] } });
const HOST = 'HostName=my-hub.azure-devices.net';

/** Method, path, body, status, code, and what the message names. */
const BAD: readonly (readonly [string, string, unknown, number, string, RegExp])[] = [
  ['PUT', '/resource-groups/a', {}, 400, 'InvalidRequest', /location is required/],
  ['PUT', '/resource-groups/a', { location: 'w', tag: {} }, 400, 'InvalidRequest', /tag is not a known member/],
  ['PUT', '/resource-groups/a.', { location: 'w' }, 400, 'InvalidRequest', /name must be 1 to 90/],
  ['PUT', '/resource-groups/%2e%2e%2fx', { location: 'w' }, 400, 'InvalidRequest', /name must be 1 to 90/],
  ['PUT', '/resource-groups/a', { location: 'w', tags: { a: 1 } }, 400, 'InvalidRequest', /tags\.a must be a string/],
  ['DELETE', '/resource-groups/nope', undefined, 404, 'ResourceGroupNotFound', /'nope' could not be found/],
  ['GET', '/iot-hubs?resourceGroup=nope', undefined, 404, 'ResourceGroupNotFound', /'nope'/],
  ['GET', '/iot-hubs?group=mine', undefined, 400, 'invalid', /group is not known/],
  ['PUT', '/iot-hubs/a', { resourceGroup: 'mine' }, 400, 'InvalidRequest', /name must be 3 to 50/],
  ['PUT', '/iot-hubs/..%2f..%2fx', { resourceGroup: 'mine' }, 400, 'InvalidRequest', /name must be 3 to 50/],
  ['PUT', '/iot-hubs/new-hub', {}, 400, 'InvalidRequest', /resourceGroup is required/],
  ['PUT', '/iot-hubs/new-hub', { resourceGroup: 'nope' }, 404, 'ResourceGroupNotFound', /'nope'/],
  ['PUT', '/iot-hubs/my-hub', { resourceGroup: 'dps-emulator' }, 409, 'NameNotAvailable', /belongs to .*'mine'/],
  ['PUT', '/iot-hubs/my-hub', { etag: 'other' }, 412, 'PreconditionFailed', /read it again/],
  ['GET', '/iot-hubs/my-hub?resourceGroup=dps-emulator', undefined, 404, 'ResourceNotFound', /It is in .*'mine'/],
  ['DELETE', '/iot-hubs/nope', undefined, 404, 'ResourceNotFound', /IotHubs\/nope'/],
  ['PUT', '/provisioning-services/x', { resourceGroup: 'mine' }, 400, 'InvalidRequest', /name must be 3 to 64/],
  ['PUT', '/provisioning-services/my-dps', { sku: { name: 'F1' } }, 400, 'SkuNotSupported', /S1.*IH400059/],
  [
    'PUT',
    '/provisioning-services/my-dps',
    { properties: { idScope: 'x' } },
    400,
    'InvalidRequest',
    /properties\.idScope/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    { properties: { allocationPolicy: 'Custom' } },
    400,
    'InvalidRequest',
    /allocationPolicy must be one of/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    LINK('HostName=a'),
    400,
    'InvalidRequest',
    /connectionString must be HostName=/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    LINK('HostName=nope.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0'),
    400,
    'IotHubNotFound',
    /404002/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    LINK(`${HOST};SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0`),
    400,
    'InvalidRequest',
    /has a key that is none of the policy "iothubowner"/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    LINK(`${HOST};SharedAccessKeyName=iothubowner;SharedAccessKey=****`),
    400,
    'InvalidRequest',
    /has a key that is none/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    LINK(`${HOST};SharedAccessKeyName=nobody;SharedAccessKey=c2VjcmV0`),
    400,
    'InvalidRequest',
    /names a policy that .* does not have \(is "nobody"\)/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    { properties: { authorizationPolicies: [{ keyName: 'a', rights: 'EnrollmentRead, Everything' }] } },
    400,
    'InvalidRequest',
    /rights must be some of .*\(is "Everything"\)/,
  ],
  [
    'PUT',
    '/provisioning-services/my-dps',
    { properties: { authorizationPolicies: [{ keyName: 'a', rights: 'EnrollmentRead', primaryKey: 'a secret!' }] } },
    400,
    'InvalidRequest',
    /primaryKey must be base64 \(is \*\*\*\*\)/,
  ],
  ['PATCH', '/iot-hubs/my-hub', {}, 405, 'method-not-allowed', /GET, HEAD, PUT, DELETE/],
  ['PUT', '/iot-hubs/my-hub', '{"tags":', 400, 'not-json', /./],
];

describe('bad requests', () => {
  it('are each refused with a code and a message, and nothing has changed', async () => {
    const { ask, emulator } = await startWithGroup();
    const before = JSON.stringify([await emulator.exportSetUp(), await emulator.resources.groups.list()]);
    for (const [method, path, body, status, code, message] of BAD) {
      const answer = await ask(method, path, body);
      expect({ path, body, ...answer }).toMatchObject({
        status,
        json: { error: { code, message: expect.stringMatching(message) } },
      });
      expect(JSON.stringify(answer.json)).not.toContain('c2VjcmV0');
    }
    expect(JSON.stringify([await emulator.exportSetUp(), await emulator.resources.groups.list()])).toBe(before);
  });

  it('a policy without the rights that a link needs is refused', async () => {
    const { ask, policies } = await startWithGroup();
    const reader = policies.find(({ keyName }) => keyName === 'registryReadWrite');
    const answer = await ask(
      'PUT',
      '/provisioning-services/my-dps',
      LINK(`${HOST};SharedAccessKeyName=registryReadWrite;SharedAccessKey=${reader?.primaryKey}`),
    );
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringContaining('needs a policy with ServiceConnect') } },
    });
  });

  it('a hub is linked once', async () => {
    const { ask, connectionString } = await startWithGroup();
    const twice = { properties: { iotHubs: [{ connectionString }, { connectionString }] } };
    expect(await ask('PUT', '/provisioning-services/my-dps', twice)).toMatchObject({
      status: 400,
      json: { error: { code: 'DuplicateHub' } },
    });
  });
});
