/** The bench's side of the client process: gives it orders and takes its counts. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadResult } from '../client/load.ts';

export interface LoadClient {
  load(order: LoadOrder): Promise<LoadResult>;
  stop(): Promise<void>;
}

type Message = { readonly result: LoadResult } | { readonly error: string };

export function startLoadClient(env: NodeJS.ProcessEnv): LoadClient {
  // The bench runs from the build, so its processes are JavaScript.
  const child = fork(fileURLToPath(new URL('../client/client-process.js', import.meta.url)), [], { env });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    load: (order) =>
      new Promise((resolve, reject) => {
        const onEnd = (): void => reject(new Error('the client process ended'));
        child.once('exit', onEnd);
        child.once('message', (message: Message) => {
          child.off('exit', onEnd);
          if ('error' in message) reject(new Error(message.error));
          else resolve(message.result);
        });
        child.send(order);
      }),
    stop: () => {
      child.disconnect();
      return ended;
    },
  };
}
