/** How a verb of `az` ends when it fails, with the exit codes that `az` has. */

/** Told to the user as `az` tells it; `argument` is wrong usage, `not-found` what a service answers with 404. */
export class AzError extends Error {
  readonly exitCode: number;
  /** What to do about it, in words of our own: a line to copy is not masked. */
  readonly next: string | undefined;

  constructor(kind: keyof typeof AZ_EXIT, message: string, next?: string) {
    super(message);
    this.name = 'AzError';
    this.exitCode = AZ_EXIT[kind];
    this.next = next;
  }
}

/** A client that finds no service ends with 1 as well: `az` has no code of its own for it. */
export const AZ_EXIT = { argument: 2, service: 1, 'not-found': 3 } as const;

export function argumentError(message: string): AzError {
  return new AzError('argument', message);
}
