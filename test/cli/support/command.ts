/** Runs the built program as a user does: a process of its own, a home of its own, free ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const MAIN = join(import.meta.dirname, '../../../dist/cli/main.js');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Home {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A home of one test's own. The CA is shared, since every test would otherwise make one. */
export async function temporaryHome(): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-cli-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const ca = join(process.env.DPS_EMULATOR_HOME ?? directory, 'cli-ca');
  return { directory, env: { DPS_EMULATOR_HOME: directory, DPS_EMULATOR_CA: ca } };
}

/** What every start takes in tests, lest two of them meet. */
export const FREE_PORTS = ['--mqtt-port=0', '--https-port=0', '--control-port=0', '--webhook-port=0'];
export const FAST = ['--retry-after=0', '--reply-delay=0'];

export async function run(home: Home, args: readonly string[], input = ''): Promise<Ran> {
  return collected(launch(home, args), input);
}

/** What a process prints until it ends. */
export async function collected(child: ChildProcess, input = ''): Promise<Ran> {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A program that prints JSON lines and goes on. Killed with the test. */
export interface Running extends Output {
  readonly child: ChildProcess;
}

/** What has come of such a program. */
export interface Output {
  /** What has come so far. */
  readonly documents: readonly Document[];
  /** Resolves with the first document, from now or before, that fits. */
  until(fits: (document: Document) => boolean): Promise<Document>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

export type Document = Readonly<Record<string, unknown>>;

export function runOn(home: Home, args: readonly string[]): Running {
  const child = launch(home, args);
  const stderr = collect(child.stderr);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  if (child.stdout === null) throw new Error('no stdout');
  return { child, ...readDocuments({ stdout: child.stdout, stderr, ended, name: args[0] ?? '' }) };
}

export interface Printing extends Pick<Output, 'stderr' | 'ended'> {
  readonly stdout: NodeJS.ReadableStream;
  readonly name: string;
}

export function readDocuments({ stdout, stderr, ended, name }: Printing): Output {
  const documents: Document[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: stdout }).on('line', (line) => {
    documents.push(JSON.parse(line) as Document);
    for (const look of waiting) look();
  });
  const until = (fits: (document: Document) => boolean): Promise<Document> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = documents.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      ended.then((code) => reject(new Error(`${name} ended with ${code}: ${stderr()}`)), reject);
    });
  return { documents, until, ended, stderr };
}

export interface Started extends Running {
  readonly ready: Ready;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Ready {
  readonly pid: number;
  readonly control: string;
  readonly endpoints: { readonly mqtt: { readonly port: number }; readonly https: { readonly port: number } };
  readonly idScopes: readonly string[];
  readonly caPath: string;
  readonly notices: readonly string[];
}

/** `start --json` with free ports, once it is ready. */
export async function start(home: Home, args: readonly string[] = []): Promise<Started> {
  const running = runOn(home, ['start', '--json', ...FREE_PORTS, ...FAST, ...args]);
  const ready = (await running.until(({ kind }) => kind === 'ready')) as unknown as Ready;
  return {
    ...running,
    ready,
    stop: (signal = 'SIGTERM') => {
      running.child.kill(signal);
      return running.ended;
    },
  };
}

/** Whether a line of `start --json` or `log --follow --json` is an event of this kind. */
export function isEvent(document: Document, kind: string): boolean {
  return (document.event as { readonly kind?: string } | undefined)?.kind === kind;
}

/** Only what the program needs of this environment: a `DPS_EMULATOR_URL` or `NO_COLOR` of the developer's stays out. */
function launch(home: Home, args: readonly string[]): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [MAIN, ...args], { env: { PATH, ...home.env }, stdio: 'pipe' });
}

export function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
