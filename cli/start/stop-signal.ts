/** Turns Ctrl+C and its kin into one orderly stop; whoever insists gets an end at once. */
import { EXIT } from '../exit.ts';
import { io, STOP_SIGNALS } from '../io.ts';

/** npm passes Ctrl+C on although the terminal has sent it to the whole group: that is one Ctrl+C, not two. */
const SAME_KEYPRESS_MS = 150;

/** Resolves at the first signal. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const onSignal = (): void => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        resolve();
      } else if (performance.now() - firstMs > SAME_KEYPRESS_MS) {
        io().exit(EXIT.failed);
      }
    };
    for (const signal of STOP_SIGNALS) io().on(signal, onSignal);
  });
}
