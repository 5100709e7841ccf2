/** A target that runs already: each case gets a service and hubs of its own there, made and removed over its control API. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientError } from '../../client/client-error.ts';
import type { ControlClient } from '../../client/control-client.ts';
import { whereaboutsOf } from '../../client/whereabouts.ts';
import { listenerOf } from '../../emulator/service-door.ts';
import type { Address } from '../../emulator/wire/address.ts';
import type { ClockState } from '../../emulator/wire/control-api.ts';
import { jsonCopy } from '../../emulator/wire/json.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { ContractCase } from '../case/case.ts';
import { type CaseJournal, followJournal } from './journal-of-case.ts';
import { caseMark, hubsOf, inWordsOfCase, type Renamed, renameCase, scopesOf } from './names.ts';
import { RunError, refuseLeftovers } from './run-error.ts';
import { setUpOf } from './set-up-of.ts';
import type { Ability, OpenCaseOptions, Target, TargetCase, WebhookPlace } from './target.ts';

export interface RunningOptions {
  readonly client: ControlClient;
  /** Everything that is made begins with it. */
  readonly prefix: string;
  /** Where devices connect, when that is not what the emulator says of itself: ports that a container maps. */
  readonly mqtt?: Address | undefined;
  readonly https?: Address | undefined;
  readonly webhookPlace?: WebhookPlace | undefined;
}

/** Assumptions and options are given at the start of an emulator. */
const CAN: readonly Ability[] = [
  'clock',
  'journal',
  'scripted-webhook',
  'bundled-webhook',
  'local-webhook',
  'instance',
];

interface Connected {
  readonly client: ControlClient;
  readonly prefix: string;
  readonly ca: TargetCase['ca'];
  readonly endpoint: TargetCase['endpoint'];
}

export function runningTarget({ client, prefix, webhookPlace, ...addresses }: RunningOptions): Target {
  let folder: string | undefined;
  let connected: Connected | undefined;
  let before: ClockState | undefined;

  const begin = async (): Promise<void> => {
    const { endpoints } = await whereaboutsOf(client);
    await refuseForeignWork(client, prefix);
    const { certificatePem } = await client.ca();
    folder = await mkdtemp(join(tmpdir(), 'dps-contracts-'));
    const certificatePath = join(folder, 'ca.pem');
    await writeFile(certificatePath, certificatePem);
    before = await client.clock();
    if (before.mode !== 'manual') await client.setClockMode('manual', undefined);
    const { mqtt = endpoints.mqtt, https = endpoints.https } = addresses;
    const endpoint = (transport: DeviceTransport): Address => ({ mqtt, https })[listenerOf(transport)];
    connected = { client, prefix, ca: { certificatePath, certificatePem }, endpoint };
  };

  return {
    name: client.url,
    can: new Set(CAN),
    // The clock is one for all of them.
    jobsMax: 1,
    webhookPlace,
    isRepeatable: false,
    begin,
    open: async (options) => {
      if (connected === undefined) throw new Error('a case before the target has begun');
      return openCase(connected, options);
    },
    close: async () => {
      if (before !== undefined && before.mode !== 'manual') {
        await client.setClockMode(before.mode, before.mode === 'scaled' ? before.factor : undefined);
      }
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      if (connected === undefined) return;
      const left = await leftovers(client, prefix);
      if (left.length === 0) return;
      throw new RunError(`${client.url} is not as it was: the run has left ${left.join(', ')}`);
    },
  };
}

/** Moving the clock would move what others are waiting for. */
async function refuseForeignWork(client: ControlClient, prefix: string): Promise<void> {
  refuseLeftovers(client.url, await leftovers(client, prefix));
  const [sleeper] = (await client.clock()).pending;
  if (sleeper === undefined) return;
  const what = `${sleeper.who} waits on the clock of ${client.url} (${sleeper.why})`;
  throw new RunError(`${what}, and the cases would move it: wait for it, or dps-emulator reset`);
}

async function leftovers(client: ControlClient, prefix: string): Promise<readonly string[]> {
  const names = [...(await client.provisioningServices.list()), ...(await client.hubs())].map(({ name }) => name);
  return names.filter((name) => name.startsWith(`${prefix}-`));
}

async function openCase(
  connected: Connected,
  { contract, transport, webhookUrl }: OpenCaseOptions,
): Promise<TargetCase> {
  const { client, prefix } = connected;
  const mark = caseMark(prefix, contract.id, transport);
  const names = namesOf(contract, prefix, mark);
  const own = renameCase(contract, names);
  const service = `${prefix}-${mark}`;
  const hubs = hubsOf(own);
  const scopes = scopesOf(own);
  const [idScope = ''] = scopes;
  const journal = followJournal(client, scopes);
  const remove = async (): Promise<void> => {
    await journal.untilDisconnected();
    journal.stop();
    const services = (await client.provisioningServices.list()).map(({ name }) => name);
    if (services.includes(service)) await client.provisioningServices.delete(service);
    for (const { name } of await client.hubs()) if (hubs.includes(name)) await client.iotHubs.delete(name);
    for (const scope of scopes) await client.forgetTimelines(scope);
  };
  try {
    const [instance] = setUpOf(own.given, webhookUrl).dps ?? [];
    if (instance !== undefined) await client.seed({ dps: [{ ...instance, name: service }] });
    const clock = await client.clock();
    return caseOf({ ...connected, own, names, idScope, journal, remove, nowMs: clock.nowMs });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** An ID scope is 0ne and eight digits; hubs keep the name that they have in the case at the end of their own. */
function namesOf(contract: ContractCase, prefix: string, mark: string): Renamed {
  const scopes = scopesOf(contract).map((scope, index) => {
    return [scope, `0ne${(Number.parseInt(mark, 16) + index).toString(16).toUpperCase().padStart(8, '0')}`] as const;
  });
  const hubs = hubsOf(contract).map((hub) => [hub, `${prefix}-${mark.slice(0, 4)}-${hub}`] as const);
  return new Map([...scopes, ...hubs]);
}

interface Opened extends Connected {
  readonly own: ContractCase;
  readonly names: Renamed;
  readonly idScope: string;
  readonly journal: CaseJournal;
  readonly remove: () => Promise<void>;
  readonly nowMs: number;
}

function caseOf({ client, own, names, idScope, journal, remove, ca, endpoint, ...begun }: Opened): TargetCase {
  let { nowMs } = begun;
  const setUp = async () => {
    const { dps = [] } = await client.setUp();
    return { dps: dps.filter((one) => one.idScope === idScope) };
  };
  return {
    contract: own,
    idScope,
    ca,
    endpoint,
    setUp,
    changeEnrollments: async (changed) => {
      const [instance] = (await setUp()).dps;
      if (instance === undefined) throw new Error(`the target has no instance with the ID scope ${idScope}`);
      const { enrollments: _individuals, enrollmentGroups: _groups, ...rest } = instance;
      await client.seed({ dps: [{ ...rest, ...changed }] });
    },
    assignment: async (scope, registrationId) => {
      const found = await orNone(client.registration(scope, registrationId));
      const { assignedHub: hub, deviceId } = found ?? {};
      return hub === undefined || deviceId === undefined ? undefined : { hub, deviceId };
    },
    hubDevices: async (hub) => {
      return (await orNone(client.hubDevices(hub)))?.map(({ deviceId }) => deviceId);
    },
    atHub: async ({ hub, deviceId }) => {
      const device = await orNone(client.hubDevice(hub, deviceId));
      if (device === undefined) return { device: undefined, twin: undefined };
      const { tags, properties } = await client.twin(hub, deviceId);
      return { device: jsonCopy(device), twin: { tags, desired: properties.desired } };
    },
    entries: journal.entries,
    journal,
    clock: {
      now: () => nowMs,
      advance: async (ms) => {
        nowMs = (await client.advanceClock(ms)).toMs;
      },
      running: async () => (await client.clock()).openHolds,
      polling: {
        kind: 'when-settled',
        untilSettled: async () => {
          nowMs = (await client.settleClock()).nowMs;
        },
      },
    },
    onWaiting: journal.onWaiting,
    trace: async () => null,
    bugs: [],
    inWordsOfCase: (value) => inWordsOfCase(value, names),
    close: remove,
  };
}

/** What is not there is an observation too. */
async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ClientError && error.kind === 'not-found') return undefined;
    throw error;
  });
}
