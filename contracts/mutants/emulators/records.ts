/** Emulators that treat enrollments, registrations and hubs wrongly. */
import type { Ports } from '../../../emulator/internal-door.ts';
import { type EmulatorMutant, identified, replacingPorts } from '../mutant.ts';

type Enrollments = Ports['enrollments'];
type Group = Awaited<ReturnType<Enrollments['groups']>>[number];
type Individual = NonNullable<Awaited<ReturnType<Enrollments['individual']>>>;

/** A key that nobody has. */
const NOBODYS_KEY = Buffer.alloc(32, 7).toString('base64');

export const RECORD_MUTANTS = identified<EmulatorMutant>({
  'forgets-disabled-individual': {
    wrong: 'lets a device in through its group although its individual enrollment is disabled',
    reason: 'A disabled record that counts as absent; blocking a stolen device is what it is for.',
    killedBy: 'row-4-disabled-individual',
    at: 'expect.status',
    replace: withIndividuals((record) => (record.provisioningStatus === 'disabled' ? undefined : record)),
  },
  'forgets-disabled-group': {
    wrong: 'lets the devices of a disabled group in',
    reason: 'The check was written for individuals; the group has the same switch.',
    killedBy: 'attest-group-disabled',
    at: 'expect.status',
    replace: withGroups((record) => ({ ...record, provisioningStatus: 'enabled' })),
  },
  'asks-groups-first': {
    wrong: 'does not look at individual enrollments where there are groups',
    reason: 'The order of the search decides who vouches, and with it hub, twin and webhook.',
    killedBy: 'attest-individual-refuses-group-key',
    at: 'expect.lastReply.status',
    replace: replacingPorts(({ enrollments }) => ({
      enrollments: {
        ...enrollments,
        individual: async (scope, id) =>
          (await enrollments.groups(scope)).length > 0 ? undefined : enrollments.individual(scope, id),
      },
    })),
  },
  'refuses-secondary-key-of-group': {
    wrong: "refuses a key that is derived from the group's secondary key",
    reason: 'Rolling keys needs both; a test with the primary alone never shows it.',
    killedBy: 'attest-group-secondary-key',
    at: 'expect.status',
    replace: withGroups((record) => withoutSecondaryKey(record)),
  },
  'refuses-secondary-key-of-individual': {
    wrong: 'refuses the secondary key of an individual enrollment',
    reason: 'The same slip in the other branch.',
    killedBy: 'attest-individual-keys',
    at: 'expect.devices.secondary.status',
    replace: withIndividuals((record) => withoutSecondaryKey(record)),
  },
  'never-does-not-hold': {
    wrong: 'moves a device whose enrollment says never',
    reason: 'updateHubAssignment false is read as if it were not there.',
    killedBy: 'reprovision-never-hub-left-enrollment',
    at: 'expect.hub',
    replace: withGroups((record) => ({
      ...record,
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
    })),
  },
  'resets-where-migrate-is-asked': {
    wrong: "does not take a device's twin along when it moves",
    reason: 'The two members of the policy are independent; the second is easily left out.',
    killedBy: 'reprovision-migrate',
    at: 'expect.substatus',
    replace: withGroups((record) => ({
      ...record,
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
    })),
  },
  'never-moves-by-default': {
    wrong: 'leaves a device where it is when its enrollment stores no policy',
    reason: 'An absent record read as all false; the default of newer api-versions is to migrate.',
    killedBy: 'reprovision-default-migrates',
    at: 'expect.hub',
    replace: withGroups((record) => ({
      reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false },
      ...record,
    })),
  },
  'accepts-expired-token': {
    wrong: 'accepts a token that has expired',
    reason: 'The signature is right, so everything seems right.',
    killedBy: 'attest-expired-token',
    at: 'expect.lastReply.status',
    replace: replacingPorts(() => ({ credentialNow: () => 0 })),
  },
  'ids-with-case': {
    wrong: 'takes a registration id in another case for another device',
    reason: 'Maps compare exactly; the service does not.',
    killedBy: 'attest-id-case',
    at: 'expect.devices.lower.deviceId',
    replace: withRegistrations((registrations) => ({
      ...registrations,
      get: async (scope, id) => {
        const found = await registrations.get(scope, id);
        if (found === undefined || found.registrationId === id) return found;
        const { assignment: _assignment, ...unassigned } = found;
        return { ...unassigned, registrationId: id };
      },
    })),
  },
  'twin-at-every-registration': {
    wrong: 'writes the initial twin at every registration',
    reason: 'Initial means the first time; desired properties that a back end has set since would be lost.',
    killedBy: 'twin-kept-on-same-hub',
    at: 'expect.twin.desired',
    replace: provisioning((request) => ({ ...request, data: 'initial' })),
  },
  'enrollment-twin-wins': {
    wrong: "keeps nothing of the webhook's twin",
    reason: 'The twin of the enrollment is at hand when the device is written; the answer has to take its place.',
    killedBy: 'twin-of-webhook',
    at: 'expect.twin',
    replace: provisioning((request) => ({ ...request, twin: undefined })),
  },
  'stays-at-old-hub-too': {
    wrong: 'leaves the device at the hub that it has moved away from',
    reason: 'Creating is the visible half of a move; the old hub goes on paying for the other.',
    killedBy: 'reprovision-reset',
    at: 'expect.hubDevices.alpha-hub.azure-devices.net',
    replace: provisioning((request) => ({ ...request, previous: undefined })),
  },
  'forgets-iot-edge': {
    wrong: "creates every device without the enrollment's capabilities",
    reason: 'An Edge device that is none connects, and then may do nothing.',
    killedBy: 'allocate-hub-device',
    at: 'expect.hubDevice.capabilities.iotEdge',
    replace: provisioning((request) => ({ ...request, iotEdge: false })),
  },
  'forgets-hub-on-failure': {
    wrong: 'forgets where a device is when a registration fails',
    reason: 'The failed record replaces the good one; the next request then asks as for a new device.',
    killedBy: 'reprovision-failure-keeps-hub',
    at: 'expect.webhookRequests[2].body.deviceRuntimeContext.currentIotHubHostName',
    replace: replacingPorts(({ transaction }) => ({
      transaction: (key, work) =>
        transaction(key, (tx) => {
          const put: typeof tx.registrations.put = ({ assignment, ...rest }) =>
            tx.registrations.put({ ...rest, ...(rest.status !== 'failed' && assignment && { assignment }) });
          return work({ ...tx, registrations: { ...tx.registrations, put } });
        }),
    })),
  },
  'writes-over-a-stale-link': {
    wrong: 'writes at a hub although the link holds a key that the hub does not have',
    reason: 'In one process nobody needs a key to write: the commonest failure of production is easily left out.',
    killedBy: 'allocate-stale-link',
    at: 'expect.status',
    replace: provisioning(({ link: _link, ...request }) => request),
  },
  'asks-the-webhook-again': {
    wrong: 'allocates anew whenever the hub refuses',
    reason: 'The retry is put around the whole allocation instead of the write.',
    killedBy: 'allocate-stale-link-webhook',
    at: 'expect.webhookCalls',
    replace: replacingPorts(({ hubs, allocateCustom }) => {
      let again: (() => Promise<unknown>) | undefined;
      return {
        allocateCustom: (question, run) => {
          again = () => allocateCustom(question, { ...run, state: undefined, save: async () => undefined });
          return allocateCustom(question, run);
        },
        hubs: {
          ...hubs,
          provision: async (request, tx) => {
            const done = await hubs.provision(request, tx);
            if (done.kind === 'refused') await again?.();
            return done;
          },
        },
      };
    }),
  },
  'keeps-operations-for-ever': {
    wrong: 'answers polls for an operation long after its end',
    reason: 'Nothing fails visibly when nothing is ever forgotten.',
    killedBy: 'poll-expired-operation',
    at: 'expect.devices.tooLate.lastReply.status',
    replace: replacingPorts(({ settings }) => ({
      settings: { ...settings, operationLifetimeSeconds: Number.MAX_SAFE_INTEGER },
    })),
  },
});

function withGroups(by: (record: Group) => Group): EmulatorMutant['replace'] {
  return replacingPorts(({ enrollments }) => ({
    enrollments: { ...enrollments, groups: async (scope) => (await enrollments.groups(scope)).map(by) },
  }));
}

function withIndividuals(by: (record: Individual) => Individual | undefined): EmulatorMutant['replace'] {
  return replacingPorts(({ enrollments }) => ({
    enrollments: {
      ...enrollments,
      individual: async (scope, id) => {
        const record = await enrollments.individual(scope, id);
        return record && by(record);
      },
    },
  }));
}

/** As they are read, and as a transaction sees them. */
function withRegistrations(by: <T extends Ports['registrations']>(registrations: T) => T): EmulatorMutant['replace'] {
  return replacingPorts((ports) => ({
    registrations: by(ports.registrations),
    transaction: (key, work) => ports.transaction(key, (tx) => work({ ...tx, registrations: by(tx.registrations) })),
  }));
}

function withoutSecondaryKey<T extends Group | Individual>(record: T): T {
  const { attestation } = record;
  if (attestation.type !== 'symmetricKey') return record;
  const symmetricKey = { ...attestation.symmetricKey, secondaryKey: NOBODYS_KEY };
  return { ...record, attestation: { ...attestation, symmetricKey } };
}

type Provision = Ports['hubs']['provision'];

function provisioning(by: (request: Parameters<Provision>[0]) => Parameters<Provision>[0]): EmulatorMutant['replace'] {
  return replacingPorts(({ hubs }) => ({
    hubs: { ...hubs, provision: (request, tx) => hubs.provision(by(request), tx) },
  }));
}
