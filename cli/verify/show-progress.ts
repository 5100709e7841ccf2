/** One line on a terminal that says how far a run is; nothing where stderr is a file. */

interface Terminal {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface ProgressLine {
  step(done: number, total: number): void;
  clear(): void;
}

export function showProgress(terminal: Terminal): ProgressLine {
  if (terminal.isTTY !== true) return { step: () => undefined, clear: () => undefined };
  return {
    step: (done, total) => void terminal.write(`\r\u001b[K${done} of ${total} sent`),
    clear: () => void terminal.write('\r\u001b[K'),
  };
}
