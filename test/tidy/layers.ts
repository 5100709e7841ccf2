/** Who may import whom: the table of docs/architecture.md, and the search for cycles. */
import type { SourceFile } from './source-file.ts';

interface Layer {
  readonly folder: string;
  /** Folders or files of ours, besides the layer itself. */
  readonly mayImport: readonly string[];
}

const CORE = ['emulator/core/', 'emulator/wire/'];
/** Shapes, and the doors of the webhooks. */
const CONTRACTS = ['emulator/wire/', 'webhook/stand-in/index.ts', 'webhook/host/local-host.ts'];

/** The first row that fits a file counts. Folders that put things together (the command, the root, benches) have none. */
const LAYERS: readonly Layer[] = [
  { folder: 'emulator/wire/', mayImport: [] },
  { folder: 'emulator/core/', mayImport: ['emulator/wire/'] },
  { folder: 'emulator/http/', mayImport: CORE },
  { folder: 'emulator/mqtt/', mayImport: CORE },
  { folder: 'emulator/amqp/', mayImport: CORE },
  { folder: 'emulator/hub/', mayImport: CORE },
  { folder: 'emulator/storage/', mayImport: CORE },
  { folder: 'emulator/faults/', mayImport: CORE },
  { folder: 'emulator/allocation-webhook/', mayImport: CORE },
  { folder: 'emulator/set-up/', mayImport: CORE },
  { folder: 'emulator/management/', mayImport: [...CORE, 'emulator/set-up/'] },
  { folder: 'emulator/tls/', mayImport: [] },
  // It shows and changes what an emulator holds, options and set-up document included.
  {
    folder: 'emulator/control/',
    mayImport: [...CORE, 'emulator/set-up/', 'emulator/management/', 'emulator/emulator.ts', 'emulator/config.ts'],
  },
  // A client of an emulator in a container; the demo's group key and options are facts about it.
  {
    folder: 'testcontainers/',
    mayImport: [
      ...CORE,
      'emulator/cli/control-client.ts',
      'emulator/cli/credentials.ts',
      'emulator/cli/exit.ts',
      'emulator/cli/find-emulator.ts',
      'emulator/config.ts',
      'emulator/hub/',
      'emulator/set-up/',
    ],
  },
  // A function app that can be deployed as it is.
  { folder: 'webhook/src/', mayImport: [] },
  { folder: 'webhook/', mayImport: ['webhook/'] },
  // Its one door into the emulator.
  { folder: 'contracts/emulator-door.ts', mayImport: ['emulator/index.ts'] },
  // Emulators that are wrong on purpose, to prove that the cases notice: made of the emulator's parts, through one door.
  { folder: 'contracts/mutants/', mayImport: ['contracts/', ...CONTRACTS, 'emulator/internal-door.ts'] },
  {
    folder: 'contracts/',
    mayImport: CONTRACTS,
  },
];

const OURS = /^(?:emulator|webhook|contracts|bench|test)\//;

/** Imports across folders that the table does not allow. Types count: they tie folders together as well. */
export function layerFaults({ path, imports }: SourceFile): readonly string[] {
  const layer = LAYERS.find(({ folder }) => path.startsWith(folder));
  return imports.flatMap(({ target }) => {
    if (!OURS.test(target)) return [];
    if (target.startsWith('test/') && !path.startsWith('test/')) return [`imports ${target}: tests are for tests`];
    if (layer === undefined) return [];
    const own = layer.folder.endsWith('/') ? layer.folder : 'contracts/';
    const isAllowed = target.startsWith(own) || layer.mayImport.some((allowed) => target.startsWith(allowed));
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
