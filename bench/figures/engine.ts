/** The engine by itself: a journal of 10,000 registrations, a device among 1,001 groups, and 100,000 enrollments that are seeded. */
import { createHash, createHmac } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Engine } from '../../emulator/engine.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { compare, type Figure } from '../compare.ts';
import { provision, startBenchEngine } from '../engine.ts';
import type { Plan } from '../plan.ts';
import { benchSetUp, deviceOf } from '../set-up.ts';

export async function journalHeap({ journal: plan }: Plan): Promise<Figure> {
  const collectGarbage = forcedCollection();
  /** MB that are on the heap for as long as what is made is held. */
  const heapOf = async (make: () => Promise<unknown>): Promise<number> => {
    const before = await collectGarbage();
    const held = [await make()];
    const bytes = (await collectGarbage()) - before;
    held.length = 0;
    return bytes / 1e6;
  };
  const registered = async (): Promise<Engine> => {
    const engine = await startBenchEngine(benchSetUp('http://127.0.0.1:1/'), plan.registrations);
    for (let n = 0; n < plan.registrations; n += 1) await provision(engine, deviceOf('group-hashed', n));
    return engine;
  };
  // In a function of its own: a frame that is suspended would hold the engine.
  const written = async (): Promise<string> => JSON.stringify((await registered()).state.journal.timelines());
  const entries = await written();
  return compare(
    {
      id: 'journal-heap',
      product: `heap after ${plan.registrations} registrations: store, journal and what is remembered of devices`,
      yardstick: 'their journal alone as bare objects in a Map',
      unit: 'MB',
    },
    {
      ...plan,
      product: () => heapOf(registered),
      yardstick: () =>
        heapOf(async () => {
          const timelines = JSON.parse(entries) as readonly { readonly registrationId: string }[];
          return new Map(timelines.map((timeline) => [timeline.registrationId, timeline]));
        }),
    },
  );
}

const GROUPS = 1001;
const GROUPS_SCOPE = '0ne0000000D';

export async function manyGroups({ groups: plan }: Plan): Promise<Figure> {
  const keys = Array.from({ length: GROUPS }, (_, n) => createHash('sha512').update(`group ${n}`).digest('base64'));
  const engine = await startBenchEngine(groupsSetUp(keys));
  const lastKey = keys.at(-1) ?? '';
  let devices = 0;
  const nextDevice = () => {
    devices += 1;
    const registrationId = `among-${devices}`;
    return { idScope: GROUPS_SCOPE, registrationId, key: deriveDeviceKey(lastKey, registrationId) };
  };
  const known = nextDevice();
  await provision(engine, known);
  const figure = await compare(
    {
      id: 'groups-1001',
      product: `a device of the last of ${GROUPS} groups registers for the first time and polls`,
      yardstick: `its key derived from each of ${GROUPS} groups and tried, with node:crypto`,
      unit: 'ms',
      aim: { of: 'ratio', rule: 'at most', value: 1.5 },
    },
    {
      ...plan,
      product: () => timed(() => provision(engine, nextDevice())),
      yardstick: () => timed(async () => tryEach(keys, `among-${devices}`)),
    },
  );
  const knownMs = await timed(async () => {
    for (let n = 0; n < 50; n += 1) await provision(engine, known);
  });
  await engine.stop();
  return { ...figure, note: `a device that has been here before: ${(knownMs / 50).toFixed(2)} ms` };
}

/** Primary and secondary key of each group: derived, and one signature made with it. */
function tryEach(keys: readonly string[], registrationId: string): void {
  for (const key of keys) {
    for (const one of [key, `${key.slice(0, -4)}AA==`]) {
      const derived = createHmac('sha256', Buffer.from(one, 'base64')).update(registrationId).digest();
      createHmac('sha256', derived).update(`${GROUPS_SCOPE}/registrations/${registrationId}\n1800000000`).digest();
    }
  }
}

function groupsSetUp(keys: readonly string[]): SetUp {
  const enrollmentGroups = keys.map((primaryKey, n) => ({
    enrollmentGroupId: `group-${n}`,
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey } } as const,
  }));
  return {
    dps: [
      { name: 'bench-groups', idScope: GROUPS_SCOPE, linkedHubs: ['bench-hub.azure-devices.net'], enrollmentGroups },
    ],
  };
}

export async function seeding({ seeding: plan }: Plan): Promise<Figure> {
  const document = JSON.stringify(enrollmentsSetUp(plan.enrollments));
  return compare(
    {
      id: 'seeding',
      product: `${plan.enrollments} enrollments seeded: read, checked and stored`,
      yardstick: 'JSON.parse of the same document, and a Map filled',
      unit: 'ms',
      aim: { of: 'ratio', rule: 'at most', value: 5 },
    },
    {
      ...plan,
      product: async () => {
        const engine = await startBenchEngine({});
        const ms = await timed(() => engine.state.seed(JSON.parse(document)));
        await engine.stop();
        return ms;
      },
      yardstick: () =>
        timed(async () => {
          const { dps = [] } = JSON.parse(document) as SetUp;
          const held = new Map(
            dps.flatMap(({ enrollments = [] }) => enrollments.map((one) => [one.registrationId, one])),
          );
          if (held.size !== plan.enrollments) throw new Error('the yardstick has lost some');
        }),
    },
  );
}

function enrollmentsSetUp(count: number): SetUp {
  const hub = 'bench-hub.azure-devices.net';
  const enrollments = Array.from({ length: count }, (_, n) => {
    const primaryKey = createHash('sha512').update(`seeded ${n}`).digest('base64');
    return {
      registrationId: `seeded-${n}`,
      attestation: { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey: primaryKey } } as const,
      allocationPolicy: 'static' as const,
      iotHubs: [hub],
    };
  });
  return { dps: [{ name: 'bench-seeding', idScope: '0ne0000000E', linkedHubs: [hub], enrollments }] };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** Gives back how many bytes are left on the heap. */
function forcedCollection(): () => Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return async () => {
    for (let passes = 0; passes < 3; passes += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    return process.memoryUsage().heapUsed;
  };
}
