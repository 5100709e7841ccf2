/** Turns whatever a command threw into lines on stderr and an exit code; only a bug of ours shows its stack. */
import { CommanderError } from 'commander';
import { ClientError } from '../client/client-error.ts';
import { maskLikelyKeys, maskText } from '../emulator/wire/mask.ts';
import { CliError, EXIT, exitCodeOf } from './exit.ts';
import { printError } from './terminal.ts';

/** Errors of the emulator's own checks, known by name so that nothing heavy is loaded to recognise them. */
const USAGE_ERRORS = new Set(['OptionError', 'SetUpError']);

/** What JavaScript throws when a program is wrong. */
const BUGS: readonly ErrorConstructor[] = [TypeError, RangeError, ReferenceError];

/** @returns the exit code */
export function reportError(error: unknown): number {
  // commander has printed its own message, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) return say(error.message, error.exitCode);
  if (error instanceof ClientError) return say(error.message, exitCodeOf(error));
  if (!(error instanceof Error)) return say(String(error), EXIT.failed);
  if (USAGE_ERRORS.has(error.name)) return say(error.message, EXIT.usage);
  const isBug = error.name === 'AssertionError' || BUGS.some((kind) => error instanceof kind);
  return isBug
    ? say(`this is a bug; please report it\n${error.stack}`, EXIT.failed, maskText)
    : say(error.message, EXIT.failed);
}

/** A word that was meant for another option may be a key. */
function say(message: string, exitCode: number, masked = maskLikelyKeys): number {
  for (const line of masked(message).split('\n')) printError(line);
  return exitCode;
}
