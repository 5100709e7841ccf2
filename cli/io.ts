/** What a command has of the world: this process's own streams, environment and signals, unless a caller gives others. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Who runs a command: `process` is one. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly env: NodeJS.ProcessEnv;
  /** Given by the command when it is not 0. */
  exitCode?: number | string | null | undefined;
  /** Signals, and `exit`, at which files of a command are removed. */
  on(event: string, listener: () => void): unknown;
  once(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  /** Ends at once, whatever still runs. */
  exit(code: number): void;
}

export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };

// Not entered by the program itself: following every promise costs an emulator time.
const given = new AsyncLocalStorage<Io>();

export function io(): Io {
  return given.getStore() ?? process;
}

let running = 0;

/** Several at once keep apart: what `work` starts sees its own `io`, timers and listeners included, until it ends. */
export async function runWith<T>(own: Io, work: () => Promise<T>): Promise<T> {
  running += 1;
  try {
    return await given.run(own, work);
  } finally {
    running -= 1;
    // Else every promise of this process is followed for ever, which costs a tenth of its time.
    if (running === 0) given.disable();
  }
}
