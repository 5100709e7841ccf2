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

/** Replaces every query that holds a `code` by `?****`, as DPS does in the body it sends, and the key itself anywhere. */
export function maskFunctionKeys(text: string, functionKey: string): string {
  // No "?" inside a query: each character is then looked at once, however hostile the text.
  const masked = text.replace(/\?[^\s"'?]*/g, (query) => (/code=/i.test(query) ? '?****' : query));
  if (functionKey.length < KEY_LENGTH_MASKED_ANYWHERE_MIN) return masked;
  return masked.replaceAll(functionKey, '****').replaceAll(encodeURIComponent(functionKey), '****');
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
