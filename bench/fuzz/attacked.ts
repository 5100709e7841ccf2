/** The emulator under attack as its attacker holds it: started, weighed, watched and stopped. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Attacked, AttackedOrder, FromEmulator, Memory } from './emulator-process.ts';

export interface AttackedProcess {
  readonly attacked: Attacked;
  weigh(): Promise<Memory>;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** @param onFault hears of its bugs, and of its end when nobody has stopped it */
export function startAttacked(order: AttackedOrder, onFault: (what: string) => void): Promise<AttackedProcess> {
  const path = fileURLToPath(new URL('./emulator-process.js', import.meta.url));
  const child = fork(path, [JSON.stringify(order)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let state: 'running' | 'stopping' | 'ended' = 'running';
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      if (state === 'running') onFault(`the emulator ended (${signal ?? code})\n${complaints}`);
      state = 'ended';
      resolve();
    });
  });
  const next = (kind: FromEmulator['kind']): Promise<FromEmulator> =>
    new Promise((resolve, reject) => {
      const listener = (message: FromEmulator): void => {
        if (message.kind !== kind) return;
        child.off('message', listener);
        resolve(message);
      };
      child.on('message', listener);
      void ended.then(() => reject(new Error(`the emulator ended\n${complaints}`)));
    });
  child.on('message', (message: FromEmulator) => {
    if (message.kind === 'bug') onFault(`a bug: ${message.where}: ${message.text}`);
  });
  return next('ready').then((message) => {
    if (message.kind !== 'ready') throw new Error('unreachable');
    return {
      attacked: message.attacked,
      weigh: async () => {
        const answer = next('memory');
        child.send('weigh');
        const weighed = await answer;
        if (weighed.kind !== 'memory') throw new Error('unreachable');
        return weighed.memory;
      },
      hasEnded: () => state === 'ended',
      stop: async () => {
        state = state === 'ended' ? state : 'stopping';
        if (child.connected) child.disconnect();
        await ended;
      },
    };
  });
}
