/** Starts a server of the bench as a process of its own, and times it from spawn to its first line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  readonly pid: number;
  /** What it said first; every server of the bench says it when it is ready. */
  readonly firstLine: string;
  /** Real milliseconds from spawn to that line. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** The module as the build has it, relative to this one: `./emulator-process.js`. */
  readonly module: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export function startServerProcess({ module, args, env }: ServerCommand): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(module, import.meta.url));
  const startedMs = performance.now();
  const child = spawn(process.execPath, [path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    createInterface({ input: child.stdout }).once('line', (firstLine) => {
      resolve({ pid: child.pid ?? 0, firstLine, readyMs: performance.now() - startedMs, stop });
    });
    ended.then(() => reject(new Error(`${module} ended before it was ready\n${complaints}`)), reject);
  });
}
