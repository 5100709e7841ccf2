/** Waits on the command of the image's own health check; a container that ends instead says why at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { getContainerRuntimeClient, type WaitStrategy } from 'testcontainers';

type WaitedFor = Parameters<WaitStrategy['waitUntilReady']>[0];

const DEFAULT_LIMIT_MS = 60_000;
const END_LIMIT_MS = 1000;

/** Asked once and left to wait: looked at by the engine, it would be true seconds later and run as long as the test. */
const HEALTH_COMMAND = ['dps-emulator', 'ready', '--wait'] as const;

export function untilHealthy(): WaitStrategy {
  let limitMs: number | undefined;
  const limit = (): number => limitMs ?? DEFAULT_LIMIT_MS;
  const strategy: WaitStrategy = {
    withStartupTimeout: (startupTimeoutMs) => {
      limitMs = startupTimeoutMs;
      return strategy;
    },
    isStartupTimeoutSet: () => limitMs !== undefined,
    getStartupTimeout: limit,
    waitUntilReady: (container) => waitUntilHealthy(container, limit()),
  };
  return strategy;
}

async function waitUntilHealthy(container: WaitedFor, limitMs: number): Promise<void> {
  const { container: engine } = await getContainerRuntimeClient();
  const command = [...HEALTH_COMMAND, String(limitMs / 1000)];
  // In a container that has ended already, no command can be run.
  const answer = await engine
    .exec(container, command)
    .catch((error: Error) => ({ exitCode: -1, output: error.message }));
  if (answer.exitCode === 0) return;
  // A container that ends takes the command with it a moment before it counts as ended.
  await Promise.race([container.wait(), delay(END_LIMIT_MS)]);
  const { State: state } = await engine.inspect(container);
  const how = state.Running ? `is not ready (limit: ${limitMs} ms)` : `ended with ${state.ExitCode}`;
  throw new Error(`The emulator ${how}: ${(await lastWords(container)) || answer.output.trim()}`);
}

/** What it printed on stderr: its complaints, a line each. */
async function lastWords(container: WaitedFor): Promise<string> {
  return withoutFrameHeaders(await container.logs({ stdout: false, stderr: true, tail: 20 })).trim();
}

/** The engine sends both streams as one: eight bytes of header, the length in the last four, before each piece. */
function withoutFrameHeaders(frames: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length; at += 8 + frames.readUInt32BE(at + 4)) {
    pieces.push(frames.subarray(at + 8, at + 8 + frames.readUInt32BE(at + 4)));
  }
  return Buffer.concat(pieces).toString('utf8');
}
