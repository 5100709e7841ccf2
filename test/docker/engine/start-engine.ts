/** Starts an engine of the test's own: in a folder of its own, deaf to the network, gone when it is stopped. */
import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Engine, serverVersion } from './engine.ts';

const KEEPER = join(import.meta.dirname, 'engine-keeper.mjs');
const START_LIMIT_MS = 60_000;
/** Longer than the keeper gives the engine. */
const STOP_LIMIT_MS = 50_000;

export async function startEngine(): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-docker-'));
  const host = `unix://${join(directory, 'docker.sock')}`;
  // In a group of its own, so that Ctrl-C reaches the tests alone and the keeper can clean up after them.
  const keeper = spawn(process.execPath, [KEEPER, directory], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  // One that has ended already reads nothing any more.
  keeper.stdin.on('error', () => undefined);
  let complaint = '';
  keeper.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  let isGone = false;
  const gone = new Promise<void>((resolve) => keeper.once('close', () => resolve())).then(() => {
    isGone = true;
  });
  const stop = async (): Promise<void> => {
    keeper.stdin.end();
    await Promise.race([gone, delay(STOP_LIMIT_MS, undefined, { ref: false })]);
    if (!isGone) throw new Error(`the engine in ${directory} has not ended within ${STOP_LIMIT_MS / 1000} s`);
  };
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const version = await serverVersion({ DOCKER_HOST: host });
    if (version !== undefined) return { host, isOurs: true, version, stop };
    if (isGone) throw new Error(`dockerd did not start: ${complaint.trim()}`);
    if (performance.now() > deadlineMs) {
      await stop();
      throw new Error(`dockerd does not answer after ${START_LIMIT_MS / 1000} s`);
    }
    await Promise.race([gone, delay(100)]);
  }
}
