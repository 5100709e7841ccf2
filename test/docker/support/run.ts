/** Runs a program to its end: what it printed and how it ended, or an Error with both. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string | undefined;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Real time after which it is ended, with all that it has started. Default: one minute. */
  readonly timeoutMs?: number | undefined;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Between the polite end and the other one. */
const KILL_AFTER_MS = 2000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) signalGroup(child, 'SIGTERM');
});

/** Whatever the exit code is; one that took too long, was killed or could not be started has none and is an Error. */
export function runToEnd(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd, env, timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what a script has started goes with it.
      detached: true,
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const fail = (how: string): void => reject(new Error(`${shown(program, args)} ${how}\n${tail(stdout + stderr)}`));
    const late = `took longer than ${timeoutMs / 1000} s and was ended`;
    const limit = limitOf(child, timeoutMs, () => fail(late));
    child.on('error', (error) => {
      limit.clear();
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      limit.clear();
      if (limit.isExceeded()) fail(late);
      else if (exitCode === null) fail(`was killed (${signal})`);
      else resolve({ exitCode, stdout, stderr });
    });
  });
}

/** @param onKilled called when even the polite end took too long: what has left the group may hold the pipes open */
function limitOf(child: ChildProcess, timeoutMs: number, onKilled: () => void) {
  let isExceeded = false;
  let timer = setTimeout(() => {
    isExceeded = true;
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => {
      signalGroup(child, 'SIGKILL');
      onKilled();
    }, KILL_AFTER_MS);
  }, timeoutMs);
  const clear = (): void => {
    clearTimeout(timer);
    running.delete(child);
  };
  return { isExceeded: () => isExceeded, clear };
}

/** @returns stdout; any exit code but 0 is an Error */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await runToEnd(program, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${shown(program, args)} ended with ${exitCode}\n${tail(stdout + stderr)}`);
}

/** Whether the program is there and ends well. */
export async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await runToEnd(program, args)).exitCode === 0;
  } catch {
    return false;
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended in between.
  }
}

function shown(program: string, args: readonly string[]): string {
  return [program, ...args].join(' ').slice(0, 200);
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
