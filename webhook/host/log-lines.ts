/**
 * The lines of the local host's log, in the form that the tutorial shows, with function keys masked. The masker of `emulator/wire/` is
 * out of reach: the project is built and deployed on its own.
 */

export type LogLevel = 'Trace' | 'Debug' | 'Information' | 'Warning' | 'Error' | 'Critical';
export type WriteLog = (level: LogLevel, message: string) => void;

/** A shorter key is masked only where it stands in a query: replacing every "k" would make the log unreadable. */
const KEY_LENGTH_MASKED_ANYWHERE_MIN = 8;

export function createLogWriter(functionKey: string, write: (line: string) => void): WriteLog {
  return (level, message) => {
    // The tutorial's log prints the instant in UTC and without the Z.
    const instant = new Date().toISOString().slice(0, -1);
    write(`${instant} [${level}] ${maskFunctionKeys(message, functionKey)}`);
  };
}

/** What tells of itself that a secret follows; a test holds it to the masker of `emulator/wire/`. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/("(?:primaryKey|secondaryKey|sharedAccessKey|authorization|password)"\s*:\s*")(?:[^"\\]|\\.)*"/gi, '$1****"'],
  [/(\b(?:sig|SharedAccessKey)=)[^&;\s"']+/gi, '$1****'],
  [/(\bx-functions-key["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi, '$1****'],
  [/(\/\/[^/\s:@]+:)[^/\s@]+@/g, '$1****@'],
];

/** Replaces every query that holds a `code` by `?****`, as DPS does in the body it sends, and the key itself anywhere. */
export function maskFunctionKeys(text: string, functionKey: string): string {
  // No "?" inside a query: each character is then looked at once, however hostile the text.
  const queries = text.replace(/\?[^\s"'?]*/g, (query) => (/code=/i.test(query) ? '?****' : query));
  // The key first: a pattern may take a part of it and leave the rest.
  const withoutKey = functionKey.length < KEY_LENGTH_MASKED_ANYWHERE_MIN ? queries : hideKey(queries, functionKey);
  return SECRET_TEXT.reduce((told, [pattern, replacement]) => told.replace(pattern, replacement), withoutKey);
}

function hideKey(text: string, functionKey: string): string {
  const spellings = [functionKey, encodeURIComponent(functionKey), Buffer.from(functionKey).toString('base64')];
  const patterns = spellings.map((one) => one.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return text.replace(new RegExp(patterns.join('|'), 'gi'), '****');
}

export function executingLine(functionName: string, invocationId: string): string {
  return `Executing 'Functions.${functionName}' (Reason='This function was programmatically called via the host APIs.', Id=${invocationId})`;
}

export function executedLine(
  functionName: string,
  run: { readonly outcome: 'Succeeded' | 'Failed'; readonly invocationId: string; readonly durationMs: number },
): string {
  const { outcome, invocationId, durationMs } = run;
  return `Executed 'Functions.${functionName}' (${outcome}, Id=${invocationId}, Duration=${Math.round(durationMs)}ms)`;
}
