/** Waits for the image's own health check; a container that ends instead says why at once. */
import type { WaitStrategy } from 'testcontainers';

type WaitedFor = Parameters<WaitStrategy['waitUntilReady']>[0];

const DEFAULT_LIMIT_MS = 60_000;
/** Between two looks. Real time. */
const LOOK_EVERY_MS = 50;

export function untilHealthy(limitMs?: number): WaitStrategy {
  let limit = limitMs;
  const strategy: WaitStrategy = {
    withStartupTimeout: (startupTimeoutMs) => {
      limit = startupTimeoutMs;
      return strategy;
    },
    isStartupTimeoutSet: () => limit !== undefined,
    getStartupTimeout: () => limit ?? DEFAULT_LIMIT_MS,
    waitUntilReady: (container) => waitUntilHealthy(container, limit ?? DEFAULT_LIMIT_MS),
  };
  return strategy;
}

async function waitUntilHealthy(container: WaitedFor, limitMs: number): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const { State: state } = await container.inspect();
    if (state.Health?.Status === 'healthy') return;
    if (!state.Running) {
      throw new Error(`The emulator ended with ${state.ExitCode}: ${await lastWords(container)}`);
    }
    if (performance.now() > deadlineMs) {
      throw new Error(`The emulator was not healthy within ${limitMs} ms: ${await lastWords(container)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** What it printed on stderr: its complaints, a line each. */
async function lastWords(container: WaitedFor): Promise<string> {
  const frames = await container.logs({ stdout: false, stderr: true, tail: 20 });
  return withoutFrameHeaders(frames).trim() || 'it printed no error';
}

/** The engine sends both streams as one: eight bytes of header, the length in the last four, before each piece. */
function withoutFrameHeaders(frames: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length; at += 8 + frames.readUInt32BE(at + 4)) {
    pieces.push(frames.subarray(at + 8, at + 8 + frames.readUInt32BE(at + 4)));
  }
  return Buffer.concat(pieces).toString('utf8');
}
