/** The real service as a target: its own REST and its device endpoints, nothing that only an emulator has. */
import { listenerOf } from '../../emulator/service-door.ts';
import type { ContractCase } from '../case/case.ts';
import type { AzureFile } from './azure-file.ts';
import { type AzureService, connectAzure, ID_LENGTH_MAX, type Made } from './azure-service.ts';
import { caseMark, hubsOf, idsOf, inWordsOfCase, type Renamed, renameCase, scopesOf } from './names.ts';
import { RunError, refuseLeftovers } from './run-error.ts';
import { setUpOf } from './set-up-of.ts';
import type { Ability, Assignment, OpenCaseOptions, Target, TargetCase, WebhookPlace } from './target.ts';

export interface AzureOptions {
  readonly file: AzureFile;
  /** Every id that is made begins with it. */
  readonly prefix: string;
  /** Where webhooks are served, when the file says how the service reaches them. */
  readonly webhookListen?: Omit<WebhookPlace, 'publicUrl'> | undefined;
}

export function azureTarget({ file, prefix, webhookListen }: AzureOptions): Target {
  const service = connectAzure(file);
  const isReached = file.webhook !== undefined && webhookListen !== undefined;
  const can: readonly Ability[] = isReached ? ['scripted-webhook'] : [];
  return {
    name: `azure: ${file.service.host}`,
    can: new Set(can),
    // The webhook has one public address.
    jobsMax: 1,
    webhookPlace: isReached ? { ...webhookListen, publicUrl: file.webhook } : undefined,
    whyNot: (contract) => whyNot(contract, file, prefix),
    creates: (contract, transport) => {
      const own = renameCase(contract, namesOf(contract, file, prefix, caseMark(prefix, contract.id, transport)));
      const { enrollments = [], enrollmentGroups = [] } = own.given;
      const devices = new Set(Object.values(own.devices).map(({ registrationId }) => registrationId));
      return [
        ...enrollments.map(({ registrationId }) => `enrollment ${registrationId}`),
        ...enrollmentGroups.map(({ enrollmentGroupId }) => `enrollment group ${enrollmentGroupId}`),
        ...[...devices].map((id) => `registration and device ${id}`),
      ];
    },
    isRepeatable: false,
    begin: async () => refuseLeftovers(file.service.host, await service.under(prefix)),
    open: (options) => openCase(service, file, prefix, options),
    close: async () => {
      const left = await service.remaining();
      if (left.length > 0) throw new RunError(`${file.service.host}: the run has left ${left.join(', ')}`);
    },
  };
}

function whyNot(contract: ContractCase, file: AzureFile, prefix: string): string | undefined {
  const hubs = hubsOf(contract);
  if (hubs.length > file.hubs.length) return `needs ${hubs.length} hubs, and the file names ${file.hubs.length}`;
  const names = namesOf(contract, file, prefix, caseMark(prefix, contract.id, 'mqtt'));
  const isTooLong = idsOf(contract).some((id) => {
    return id.length <= ID_LENGTH_MAX && (names.get(id) ?? id).length > ID_LENGTH_MAX;
  });
  if (isTooLong) return 'has an id that leaves no room for a prefix';
  const { enrollments = [], enrollmentGroups = [] } = contract.given;
  const isUnsaid = [...enrollments, ...enrollmentGroups].some(({ allocationPolicy }) => allocationPolicy === undefined);
  const leavesHubsOpen = isUnsaid && hubs.length < file.hubs.length;
  return leavesHubsOpen ? 'leaves policy and hubs to the service, which has more of them than the case' : undefined;
}

/** Ids keep what they are in the case at the end; of the hubs, those of the file take the places. */
function namesOf(contract: ContractCase, { idScope, hubs }: AzureFile, prefix: string, mark: string): Renamed {
  const ids = idsOf(contract).map((id) => [id, `${prefix}-${mark}-${id}`] as const);
  const at = hubsOf(contract).map((hub, index) => [hub, hubs[index]?.host ?? hub] as const);
  const [scope = ''] = scopesOf(contract);
  return new Map([[scope, idScope], ...at, ...ids]);
}

async function openCase(
  service: AzureService,
  file: AzureFile,
  prefix: string,
  { contract, transport, webhookUrl }: OpenCaseOptions,
): Promise<TargetCase> {
  const names = namesOf(contract, file, prefix, caseMark(prefix, contract.id, transport));
  const own = renameCase(contract, names);
  const hubs = hubsOf(own);
  // Those that an enrollment names none of would be all that are linked, and a case may have fewer.
  const needsNames = hubs.length < file.hubs.length;
  const made = service.begin({ hubs, needsNames, devices: devicesOf(own) });
  try {
    const [instance] = setUpOf(own.given, webhookUrl).dps ?? [];
    await made.put(instance ?? {});
  } catch (error) {
    await made.remove();
    throw error;
  }
  return caseOf(own, names, file, made);
}

function devicesOf({ given: { enrollments = [] }, devices }: ContractCase): readonly string[] {
  const named = enrollments.flatMap(({ deviceId }) => deviceId ?? []);
  return [...new Set([...Object.values(devices).map(({ registrationId }) => registrationId), ...named])];
}

function caseOf(own: ContractCase, names: Renamed, { idScope, ca, mqtt, https }: AzureFile, made: Made): TargetCase {
  return {
    contract: own,
    idScope,
    // A program of somebody else's is not run here: nothing would tell what it was answered.
    ca: ca === undefined ? undefined : { certificatePem: ca, certificatePath: '' },
    endpoint: (transport) => ({ mqtt, https })[listenerOf(transport)],
    setUp: async () => ({ dps: [{ name: 'azure', idScope, ...made.records() }] }),
    changeEnrollments: (changed) => made.put(changed),
    assignment: async (scope, registrationId) => {
      return scope === idScope ? made.assignment(registrationId) : undefined;
    },
    hubDevices: (hub) => made.devicesAt(hub),
    atHub: (at: Assignment) => made.atHub(at),
    entries: async () => undefined,
    journal: {
      subscribe: () => () => undefined,
      catchUp: async () => undefined,
      untilWebhookCalls: () => Promise.reject(new Error('only a scripted webhook tells of its calls here')),
    },
    clock: {
      now: () => Date.now(),
      advance: () => Promise.reject(new Error('the clock of the real service cannot be moved')),
      running: async () => [],
      polling: { kind: 'as-told' },
    },
    onWaiting: () => () => undefined,
    trace: async () => null,
    bugs: [],
    inWordsOfCase: (value) => inWordsOfCase(value, names),
    close: () => made.remove(),
  };
}
