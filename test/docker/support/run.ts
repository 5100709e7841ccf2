/** Runs a program to its end: what it printed and how it ended, or an Error with both. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string | undefined;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Real time after which it is killed. Default: one minute. */
  readonly timeoutMs?: number | undefined;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whatever the exit code is; one that was killed, or could not be started, has none and is an Error. */
export function runToEnd(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd, env, timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      if (exitCode !== null) resolve({ exitCode, stdout, stderr });
      else reject(new Error(`${shown(program, args)} was killed (${signal})\n${tail(stdout + stderr)}`));
    });
  });
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

function shown(program: string, args: readonly string[]): string {
  return [program, ...args].join(' ').slice(0, 200);
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
