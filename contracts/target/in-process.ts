/** A target in this process: each case gets an emulator of its own, on a manual clock and with a seed. */

import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/index.ts';
import { listenerOf } from '../../emulator/service-door.ts';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import { jsonCopy } from '../../emulator/wire/json.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';

import { setUpOf } from './set-up-of.ts';
import { ABILITIES, type Ability, IN_PROCESS, type OpenCaseOptions, type Target, type TargetCase } from './target.ts';

/** Starts what is to be judged: our emulator, or one with a part replaced. */
export type StartTarget = (options: EmulatorOptions) => Promise<Emulator>;

export function inProcessTarget(start: StartTarget = startEmulator): Target {
  return {
    name: IN_PROCESS,
    can: new Set(Object.keys(ABILITIES) as Ability[]),
    isRepeatable: true,
    begin: async () => undefined,
    open: (options) => openCase(start, options),
    close: async () => undefined,
  };
}

async function openCase(
  start: StartTarget,
  { contract, seed, webhookUrl, webhookCa }: OpenCaseOptions,
): Promise<TargetCase> {
  const { given } = contract;
  const bugs: string[] = [];
  const emulator = await start({
    setUp: setUpOf(given, webhookUrl),
    setUpSource: 'given',
    clock: 'manual',
    seed,
    retryAfterSeconds: 0,
    ...given.options,
    ...(webhookCa !== undefined && { webhookCa }),
    ...(given.assume && { assume: given.assume as NonNullable<EmulatorOptions['assume']> }),
    onBug: (error, where) => bugs.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
  });
  try {
    const idScope = (await emulator.exportSetUp()).dps?.[0]?.idScope ?? '';
    return caseOf(emulator, contract, idScope, bugs);
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

function caseOf(
  emulator: Emulator,
  contract: OpenCaseOptions['contract'],
  idScope: string,
  bugs: readonly string[],
): TargetCase {
  const { clock, hubs } = emulator;
  return {
    contract,
    idScope,
    ca: emulator.ca,
    endpoint: (transport) => emulator.endpoints[listenerOf(transport)],
    setUp: () => emulator.exportSetUp(),
    changeEnrollments: async (changed) => {
      const instance = (await emulator.exportSetUp()).dps?.find((one) => one.idScope === idScope);
      if (instance === undefined) throw new Error(`the target has no instance with the ID scope ${idScope}`);
      const { enrollments: _individuals, enrollmentGroups: _groups, ...rest } = instance;
      await emulator.seed({ dps: [{ ...rest, ...changed }] }, 'change-enrollment');
    },
    assignment: async (scope, registrationId) => (await emulator.registration(scope, registrationId))?.assignment,
    hubDevices: async (hub) => (await hubs.devices(hub))?.map(({ deviceId }) => deviceId),
    atHub: async ({ hub, deviceId }) => {
      const device = await hubs.device(hub, deviceId);
      const twin = await hubs.twin(hub, deviceId);
      return {
        device: device && jsonCopy(device),
        twin: twin && { tags: twin.tags, desired: twin.properties.desired },
      };
    },
    entries: async (scope, registrationId) => emulator.journal.timeline(scope, registrationId)?.entries ?? [],
    journal: {
      subscribe: (listener) => emulator.journal.subscribe((subject, entry) => listener(subjectName(subject), entry)),
      catchUp: async () => undefined,
      untilWebhookCalls: (count, signal) => untilJournaled(count, emulator, signal),
    },
    clock: {
      now: () => clock.now(),
      advance: async (ms) => void (await clock.advance(ms)),
      running: async () => clock.openHolds(),
      polling: { kind: 'when-settled', untilSettled: () => clock.untilSleeping(0) },
    },
    onWaiting: waitingFor(emulator),
    trace: async () => emulator.trace() as unknown as JsonValue,
    bugs,
    inWordsOfCase: (value) => value,
    close: () => emulator.stop(),
  };
}

/** A poll that is answered `assigning` while nothing runs and something sleeps: the device can only wait. */
function waitingFor({ journal, clock }: Emulator): TargetCase['onWaiting'] {
  return (registrationId, listener) =>
    journal.subscribe((subject, { event }) => {
      const isPoll = event.kind === 'replied' && event.operation === 'poll' && event.status === 202;
      if (!isPoll || subjectName(subject).toLowerCase() !== registrationId.toLowerCase()) return;
      if (clock.pending().length > 0 && clock.openHolds().length === 0) listener();
    });
}

function untilJournaled(count: number, { journal }: Emulator, signal: AbortSignal): Promise<void> {
  let seen = journal
    .timelines()
    .reduce((sum, { entries }) => sum + entries.filter(({ event }) => event.kind === 'webhook-attempt').length, 0);
  if (seen >= count) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = journal.subscribe((_subject, { event }) => {
      if (event.kind !== 'webhook-attempt') return;
      seen += 1;
      if (seen < count) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}
