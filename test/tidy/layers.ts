/** Who may import whom: the table of docs/architecture.md, and the search for cycles. */
import type { SourceFile } from './source-file.ts';

interface Layer {
  readonly folder: string;
  /** Folders or files of ours, besides the layer itself. */
  readonly mayImport: readonly string[];
}

const WIRE = ['emulator/wire/'];
const CORE = ['emulator/core/', ...WIRE];
const WEBHOOK_DOORS = ['webhook/stand-in/index.ts', 'webhook/host/local-host.ts'];
const HARNESS = ['contracts/', ...WIRE, 'device/', 'client/', ...WEBHOOK_DOORS, 'emulator/service-door.ts'];

/** The first row that fits a file counts; a file without a row is a fault of its own. */
const LAYERS: readonly Layer[] = [
  { folder: 'emulator/wire/', mayImport: [] },
  { folder: 'emulator/core/', mayImport: WIRE },
  { folder: 'emulator/http/', mayImport: CORE },
  { folder: 'emulator/mqtt/', mayImport: CORE },
  { folder: 'emulator/amqp/', mayImport: CORE },
  { folder: 'emulator/storage/', mayImport: CORE },
  { folder: 'emulator/allocation-webhook/', mayImport: CORE },
  { folder: 'emulator/tls/', mayImport: CORE },
  // It shows and changes what an emulator holds, options included.
  {
    folder: 'emulator/control/',
    mayImport: [...CORE, 'emulator/engine.ts', 'emulator/emulator.ts', 'emulator/config.ts', 'emulator/version.ts'],
  },
  // The core put together; whoever has no socket has this.
  { folder: 'emulator/engine.ts', mayImport: [...CORE, 'emulator/allocation-webhook/', 'emulator/config.ts'] },
  { folder: 'emulator/option-row.ts', mayImport: CORE },
  { folder: 'emulator/config.ts', mayImport: [...CORE, 'emulator/listeners.ts', 'emulator/option-row.ts'] },
  // Each row loads the door of its adapter when it is asked to speak.
  { folder: 'emulator/listeners.ts', mayImport: [...WIRE, 'emulator/http/', 'emulator/mqtt/', 'emulator/amqp/'] },
  { folder: 'emulator/listen.ts', mayImport: [...WIRE, 'emulator/listeners.ts'] },
  { folder: 'emulator/notices.ts', mayImport: [...WIRE, 'emulator/config.ts', 'emulator/listen.ts'] },
  { folder: 'emulator/real-time.ts', mayImport: CORE },
  { folder: 'emulator/trust.ts', mayImport: [...WIRE, 'emulator/config.ts', 'emulator/tls/'] },
  { folder: 'emulator/version.ts', mayImport: [] },
  { folder: 'emulator/own-places.ts', mayImport: [] },
  // What an emulator is to its user: types.
  {
    folder: 'emulator/emulator.ts',
    mayImport: [...WIRE, 'emulator/config.ts', 'emulator/engine.ts', 'emulator/listen.ts', 'emulator/listeners.ts'],
  },
  { folder: 'emulator/compose.ts', mayImport: ['emulator/', 'webhook/host/local-host.ts'] },
  // The doors: what they let out.
  { folder: 'emulator/index.ts', mayImport: ['emulator/'] },
  { folder: 'emulator/service-door.ts', mayImport: ['emulator/'] },
  { folder: 'emulator/internal-door.ts', mayImport: ['emulator/'] },
  // A function app that can be deployed as it is.
  { folder: 'webhook/src/', mayImport: [] },
  { folder: 'webhook/', mayImport: WIRE },
  { folder: 'device/', mayImport: WIRE },
  { folder: 'client/', mayImport: WIRE },
  { folder: 'testcontainers/', mayImport: [...WIRE, 'client/', 'emulator/index.ts', 'emulator/listeners.ts'] },
  // The places that start an emulator in this process.
  { folder: 'contracts/target/in-process.ts', mayImport: [...HARNESS, 'emulator/index.ts'] },
  { folder: 'contracts/testing/dps.ts', mayImport: [...HARNESS, 'emulator/index.ts'] },
  // Emulators that are wrong on purpose, to prove that the cases notice: made of the emulator's parts, through one door.
  {
    folder: 'contracts/mutants/',
    mayImport: [...HARNESS, 'emulator/internal-door.ts'],
  },
  { folder: 'contracts/', mayImport: HARNESS },
  {
    folder: 'cli/',
    mayImport: [
      ...WIRE,
      ...WEBHOOK_DOORS,
      'emulator/index.ts',
      'emulator/service-door.ts',
      'emulator/version.ts',
      'contracts/index.ts',
      'contracts/verify/index.ts',
      'contracts/mutants/index.ts',
      'device/',
      'client/',
    ],
  },
  { folder: 'bench/', mayImport: ['emulator/', 'contracts/', 'device/', 'client/', 'cli/', 'webhook/'] },
  {
    folder: 'test/',
    mayImport: ['emulator/', 'contracts/', 'device/', 'client/', 'cli/', 'webhook/', 'testcontainers/', 'bench/'],
  },
];

const OURS = /^(?:emulator|device|client|cli|webhook|contracts|testcontainers|bench|test)\//;

/** Imports across folders that the table does not allow. Types count: they tie folders together as well. */
export function layerFaults({ path, imports }: SourceFile): readonly string[] {
  const layer = LAYERS.find(({ folder }) => path.startsWith(folder));
  if (layer === undefined) return [`${path} has no row in the table`];
  return imports.flatMap(({ target }) => {
    if (!OURS.test(target)) return [];
    if (target.startsWith('test/') && !path.startsWith('test/')) return [`imports ${target}: tests are for tests`];
    const isOwn = layer.folder.endsWith('/') && target.startsWith(layer.folder);
    const isAllowed = isOwn || layer.mayImport.some((allowed) => target.startsWith(allowed));
    const allowed = layer.mayImport.join(', ') || 'nothing of ours';
    return isAllowed ? [] : [`imports ${target}: ${layer.folder} may import ${allowed}`];
  });
}

/** Cycles among files, each as the way round. Imports of types count: they tie files together as well. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  return cyclesIn(new Map(files.map(({ path, imports }) => [path, imports.map(({ target }) => target)])));
}

/** A folder, a folder inside it, and so on: a circle between two parts may show at one of these depths only. */
const DEPTHS = [1, 2, 3, 4];

/**
 * Cycles among folders, at every depth; types count here too. A folder and those inside it are one room to each other. The
 * files in `emulator/` itself stand for themselves: they put its folders together, and are its doors.
 */
export function folderCycles(files: readonly SourceFile[]): readonly string[] {
  const cycles = DEPTHS.flatMap((depth) => {
    const targets = new Map<string, Set<string>>();
    for (const { path, imports } of files) {
      const from = roomOf(path, depth);
      const found = targets.get(from) ?? new Set();
      targets.set(from, found);
      for (const { target } of imports) {
        const to = roomOf(target, depth);
        if (OURS.test(target) && !isInside(from, to) && !isInside(to, from)) found.add(to);
      }
    }
    return cyclesIn(new Map([...targets].map(([room, found]) => [room, [...found]])));
  });
  return [...new Set(cycles)];
}

function roomOf(path: string, depth: number): string {
  const folders = path.split('/').slice(0, -1);
  if (path.startsWith('emulator/') && folders.length === 1) return path;
  return folders.slice(0, path.startsWith('emulator/') ? Math.max(depth, 2) : depth).join('/');
}

function isInside(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(`${other}/`);
}

function cyclesIn(targets: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (one: string): void => {
    const at = way.indexOf(one);
    if (at >= 0) cycles.push([...way.slice(at), one].join(' -> '));
    if (at >= 0 || done.has(one)) return;
    way.push(one);
    for (const target of targets.get(one) ?? []) visit(target);
    way.pop();
    done.add(one);
  };
  for (const one of targets.keys()) visit(one);
  return cycles;
}
