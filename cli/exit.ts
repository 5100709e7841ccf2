/** How a command ends: the exit codes that docs/cli.md promises, and the error that carries one. */

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
