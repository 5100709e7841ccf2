/** The service SDKs, unmodified: `azure-iot-provisioning-service` and the Registry of `azure-iothub`, each of their calls. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureCa } from '../../emulator/tls/ca.ts';
import { caDirectory } from '../../emulator/tls/data-directory.ts';
import { HOW_TO_INSTALL, installedFixture } from '../sdk-fixtures/install-fixture.ts';
import { inPrivateNamespace } from './support/private-namespace.ts';

interface Step {
  readonly step: string;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly body: string };
}

const DIST = join(import.meta.dirname, '../../dist');
const KEY = Buffer.alloc(64, 7).toString('base64');
const HOSTS = '127.0.0.1 localhost back-end.azure-devices-provisioning.net hub-one.azure-devices.net\n';

let directory: string;
let namespaced: readonly string[] | undefined;

const fixture = installedFixture('service');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'service-sdk-'));
  const hosts = join(directory, 'hosts');
  await writeFile(hosts, HOSTS);
  namespaced = inPrivateNamespace(hosts, [process.execPath, join(fixture ?? '', 'run.js'), '443']);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function stepsOf(command: readonly string[]): Promise<ReadonlyMap<string, Step>> {
  const ca = await ensureCa(caDirectory(process.env, process.platform, homedir()));
  const [program = '', ...args] = command;
  const { stdout } = await promisify(execFile)(program, args, {
    timeout: 60_000,
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: ca.certificatePath,
      EMULATOR_MODULE: pathToFileURL(join(DIST, 'emulator/index.js')).href,
      SAS_MODULE: pathToFileURL(join(DIST, 'contracts/drivers/sas.js')).href,
    },
  });
  const steps = stdout
    .trim()
    .split('\n')
    .map((line): Step => JSON.parse(line));
  return new Map(steps.map((step) => [step.step, step]));
}

/** What each step comes to: its value, or the SDK's error with the code that the service gave. */
const EXPECTED: readonly (readonly [step: string, expected: unknown])[] = [
  [
    'createOrUpdateIndividualEnrollment',
    { registrationId: 'device-1', attestation: { symmetricKey: { primaryKey: KEY } } },
  ],
  ['create again', { error: 'DeviceAlreadyExistsError', code: 409201 }],
  ['update with etag', { provisioningStatus: 'disabled' }],
  ['update with stale etag', { error: 'InvalidEtagError', code: 412001 }],
  ['enable', { provisioningStatus: 'enabled' }],
  ['getIndividualEnrollment', { deviceId: 'named-device', attestation: { type: 'symmetricKey' } }],
  ['get unknown', { error: 'Error', code: 404201 }],
  ['getIndividualEnrollmentAttestationMechanism', { type: 'symmetricKey', symmetricKey: { secondaryKey: KEY } }],
  ['runBulkEnrollmentOperation', { isSuccessful: false, errors: [{ registrationId: 'device-1', errorCode: 409201 }] }],
  ['createIndividualEnrollmentQuery', [['device-1', 'device-2'], ['device-3']]],
  ['createOrUpdateEnrollmentGroup', { enrollmentGroupId: 'group-1', allocationPolicy: 'hashed' }],
  ['getEnrollmentGroup', { attestation: { type: 'symmetricKey' } }],
  ['createEnrollmentGroupQuery', [['group-1']]],
  ['register individual', { status: 'assigned' }],
  ['getIndividualEnrollment once registered', { registrationState: { status: 'assigned', deviceId: 'named-device' } }],
  [
    'getDeviceRegistrationState',
    { registrationId: 'member-1', status: 'assigned', assignedHub: 'hub-one.azure-devices.net' },
  ],
  ['createEnrollmentGroupDeviceRegistrationStateQuery', [['member-1', 'member-2'], ['member-3']]],
  ['delete state with stale etag', { error: 'InvalidEtagError', code: 412001 }],
  ['deleteDeviceRegistrationState', undefined],
  ['get deleted state', { error: 'Error', code: 404202 }],
  ['Registry.get', { deviceId: 'named-device', authentication: { type: 'sas', symmetricKey: { primaryKey: KEY } } }],
  ['Registry.list', ['named-device', 'member-1', 'member-2', 'member-3']],
  ['Registry.getTwin', { tags: { colour: 'red' }, properties: { desired: { speed: 3, $version: 1 } } }],
  ['Registry.createQuery', [['named-device', 'member-1', 'member-2'], ['member-3']]],
  ['Registry.getRegistryStatistics', { totalDeviceCount: 4 }],
  ['Registry.delete', 204],
  ['Registry.get deleted', { error: 'DeviceNotFoundError', code: 'DeviceNotFound' }],
  ['Registry.removeDevices', { isSuccessful: false, errors: [{ deviceId: 'nobody', errorCode: 'DeviceNotFound' }] }],
  ['Registry.create', { error: 'Error', code: 'NotImplemented' }],
  ['delete with stale etag', { error: 'InvalidEtagError', code: 412001 }],
  ['deleteIndividualEnrollment', undefined],
  ['get deleted', { error: 'Error', code: 404201 }],
  ['deleteEnrollmentGroup', undefined],
  ['get deleted group', { error: 'Error', code: 404204 }],
  ['hub connection string', { error: 'ArgumentError', code: 'ArgumentInvalid' }],
];

function outcomeOf({ value, error }: Step): unknown {
  if (error === undefined) return value;
  const body = JSON.parse(error.body) as { readonly errorCode?: number; readonly Message?: string };
  return { error: error.name, code: body.errorCode ?? /^ErrorCode:(\w+);/.exec(body.Message ?? '')?.[1] };
}

if (fixture === undefined) console.warn(HOW_TO_INSTALL);

describe.skipIf(fixture === undefined).concurrent('the service SDKs for Node', () => {
  it('find all they need on port 443, by the names that the services have in Azure', async (context) => {
    if (namespaced === undefined) {
      const why = 'PORT 443 WAS NOT TRIED: this machine allows no private network namespace (unshare -n -m)';
      console.warn(why);
      context.skip(why);
      return;
    }
    expectAll(await stepsOf(namespaced));
  });

  it('find all they need on any port, through an agent of their REST client', async () => {
    expectAll(await stepsOf([process.execPath, join(fixture ?? '', 'run.js'), 'agent']));
  });
});

function expectAll(steps: ReadonlyMap<string, Step>): void {
  for (const [name, expected] of EXPECTED) {
    const step = steps.get(name);
    expect(step, name).toBeDefined();
    const outcome = step === undefined ? undefined : outcomeOf(step);
    if (typeof expected === 'object' && !Array.isArray(expected))
      expect(outcome, name).toMatchObject(expected as object);
    else expect(outcome, name).toEqual(expected);
  }
}
