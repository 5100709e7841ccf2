/** How a command ends: the exit codes that docs/cli.md promises, and the error that carries one. */
import type { ClientError } from '../client/client-error.ts';

export const EXIT = { ok: 0, failed: 1, usage: 2, noEmulator: 3 } as const;

/** Something the user can put right: printed as a sentence, never with a stack. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(kind: keyof typeof EXIT, message: string) {
    super(message);
    this.name = 'CliError';
    this.exitCode = EXIT[kind];
  }
}

/** What a client of the emulator could not do, as an exit code. */
export function exitCodeOf({ kind }: ClientError): number {
  if (kind === 'no-emulator') return EXIT.noEmulator;
  return kind === 'bad-address' ? EXIT.usage : EXIT.failed;
}
