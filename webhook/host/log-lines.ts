/** The lines of the local host's log, in the form that the tutorial shows, with function keys masked. */
import { createMasker, MASK, type Masker } from '../../emulator/wire/mask.ts';

export type LogLevel = 'Trace' | 'Debug' | 'Information' | 'Warning' | 'Error' | 'Critical';
export type WriteLog = (level: LogLevel, message: string) => void;

export function createLogWriter(functionKey: string, write: (line: string) => void): WriteLog {
  const masker = createMasker([functionKey]);
  return (level, message) => {
    // The tutorial's log prints the instant in UTC and without the Z.
    const instant = new Date().toISOString().slice(0, -1);
    write(`${instant} [${level}] ${maskFunctionKeys(message, masker)}`);
  };
}

/** Replaces every query that holds a `code` by `?****`, as DPS does in the body it sends, and the key itself anywhere, unless it is very short. */
export function maskFunctionKeys(text: string, masker: Masker): string {
  // No "?" inside a query: each character is then looked at once, however hostile the text.
  const masked = text.replace(/\?[^\s"'?]*/g, (query) => (/code=/i.test(query) ? `?${MASK}` : query));
  return masker.text(masked);
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
