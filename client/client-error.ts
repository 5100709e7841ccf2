/** Why a client could not do what it was asked. What that means for an exit code, a command says in one place (cli/exit.ts). */

/**
 * `bad-address`: what should name an emulator does not. `no-emulator`: none runs, or the one that was named cannot be reached.
 * `unreachable`: a service API does not answer. `not-found`, `refused`: it answered so. `foreign`: who answered is no emulator.
 * `no-credential`: the set-up has no key for a device. `unusable`: it is there, and cannot be used from here.
 */
export type ClientErrorKind =
  | 'bad-address'
  | 'no-emulator'
  | 'unreachable'
  | 'not-found'
  | 'refused'
  | 'foreign'
  | 'no-credential'
  | 'unusable';

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly kind: ClientErrorKind;
  /** The control API's own name for it: `wrong-clock-mode`, `ResourceNotFound`. */
  readonly code: string | undefined;

  constructor(kind: ClientErrorKind, message: string, code?: string) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}
