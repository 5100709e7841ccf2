/** Runs somebody's command in this terminal and hands signals on to it; its end is told as a shell tells it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { io, STOP_SIGNALS } from '../io.ts';
import { printError } from '../terminal.ts';

/** Exit codes of a POSIX shell. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const KILLED = 128;

export interface SignalPost {
  /** The first one that came while there was no command yet. */
  early(): NodeJS.Signals | undefined;
  /** From now on signals go to the command. */
  deliverTo(child: ChildProcess): void;
}

/** From here on signals no longer end this process. */
export function catchSignals(): SignalPost {
  let child: ChildProcess | undefined;
  let early: NodeJS.Signals | undefined;
  for (const signal of STOP_SIGNALS) {
    io().on(signal, () => {
      if (child === undefined) early ??= signal;
      // Ctrl+C: the terminal has sent it to the command as well, and twice means "at once" to many.
      else if (signal !== 'SIGINT' || io().stdin.isTTY !== true) child.kill(signal);
    });
  }
  return {
    early: () => early,
    deliverTo: (started) => {
      child = started;
    },
  };
}

/** @returns the exit code; never rejects */
export function runCommand(
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
  signals: SignalPost,
): Promise<number> {
  const waiting = signals.early();
  if (waiting !== undefined) return Promise.resolve(codeOfSignal(waiting));
  return new Promise((resolve) => {
    const env = { ...io().env, ...variables };
    const child = spawn(program, args, { stdio: 'inherit', env });
    // Should this process come to an end in any other way, the command does not stay behind.
    const leaveNothing = (): void => void child.kill();
    io().once('exit', leaveNothing);
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const isAbsent = error.code === 'ENOENT' || (error.code === 'EACCES' && !isFound(program, env.PATH));
      printError(`${program}: ${isAbsent ? 'command not found' : `cannot be run (${error.code ?? error.message})`}`);
      resolve(isAbsent ? NOT_FOUND : NOT_EXECUTABLE);
    });
    child.once('exit', (code, signal) => {
      io().off('exit', leaveNothing);
      resolve(code ?? codeOfSignal(signal));
    });
    signals.deliverTo(child);
  });
}

/**
 * The system answers EACCES also when a folder of `PATH` may not be searched, or holds a folder of that name, and the
 * command is nowhere: a shell calls that not found.
 */
function isFound(program: string, path = ''): boolean {
  return program.includes('/') || path.split(delimiter).some((folder) => isFile(join(folder, program)));
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function codeOfSignal(signal: NodeJS.Signals | null): number {
  return KILLED + (signal === null ? 0 : constants.signals[signal]);
}
