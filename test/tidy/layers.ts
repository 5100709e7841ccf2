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
  { folder: 'emulator/config.ts', mayImport: [...CORE, 'emulator/listeners.ts'] },
  // Each row loads the door of its adapter when it is asked to speak.
  { folder: 'emulator/listeners.ts', mayImport: [...WIRE, 'emulator/http/', 'emulator/mqtt/', 'emulator/amqp/'] },
  { folder: 'emulator/listen.ts', mayImport: ['emulator/listeners.ts'] },
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
      'contracts/',
      'device/',
      'client/',
    ],
  },
  { folder: 'emulator/', mayImport: ['emulator/', 'webhook/host/local-host.ts'] },
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
  return imports.flatMap(({ target }) => {
    if (!OURS.test(target)) return [];
    if (target.startsWith('test/') && !path.startsWith('test/')) return [`imports ${target}: tests are for tests`];
    if (layer === undefined) return [`imports ${target}: ${path} has no row in the table`];
    const isOwn = layer.folder.endsWith('/') && target.startsWith(layer.folder);
    const isAllowed = isOwn || layer.mayImport.some((allowed) => target.startsWith(allowed));
    const allowed = layer.mayImport.join(', ') || 'nothing of ours';
    return isAllowed ? [] : [`imports ${target}: ${layer.folder} may import ${allowed}`];
  });
}

/** Cycles among imports that are there when the program runs, each as the way round. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  const targets = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ isTypeOnly }) => !isTypeOnly).map(({ target }) => target),
    ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    const at = way.indexOf(path);
    if (at >= 0) cycles.push([...way.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    way.push(path);
    for (const target of targets.get(path) ?? []) visit(target);
    way.pop();
    done.add(path);
  };
  for (const path of targets.keys()) visit(path);
  return cycles;
}
