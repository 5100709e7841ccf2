/** What goes on beside the good devices of a soak: broken requests and packets, impostors, silent and half-open connections. */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import type { Attacked } from '../fuzz/emulator-process.ts';
import { deviceInputs } from '../fuzz/http-inputs.ts';
import { bytesInputs, type Input } from '../fuzz/inputs.ts';
import { createSender } from '../fuzz/send.ts';
import { deviceOf } from '../set-up.ts';

export type HostileCounts = Readonly<Record<'bent' | 'impostors' | 'silent' | 'dripping', number>>;

/** Sends until the signal; counts what it did. @param seed draws the bent requests */
export async function beHostile(attacked: Attacked, seed: number, signal: AbortSignal): Promise<HostileCounts> {
  const secureContext = createSecureContext({ ca: attacked.caPem });
  const counts = { bent: 0, impostors: 0, silent: 0, dripping: 0 };
  const repeat = async (what: keyof HostileCounts, once: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; !signal.aborted; n += 1) {
      await once(n);
      counts[what] += 1;
    }
  };
  const sender = createSender(attacked, LANES);
  let inputs: readonly Input[] = [];
  let block = 0;
  const bent = async (): Promise<void> => {
    if (inputs.length === 0) {
      const arbitrary = fc.oneof(deviceInputs(attacked) as fc.Arbitrary<Input>, bytesInputs(attacked));
      inputs = fc.sample(arbitrary, { seed: (seed + block) | 0, numRuns: 200 });
      block += 1;
    }
    const [input, ...rest] = inputs;
    inputs = rest;
    if (input !== undefined) await sender.send(input);
  };
  await Promise.all([
    ...lanes(LANES, () => repeat('bent', bent)),
    ...lanes(LANES, () => repeat('impostors', (n) => pretend(attacked, secureContext, n))),
    ...lanes(SILENT, () => repeat('silent', (n) => beSilent(attacked, secureContext, n, signal))),
    ...lanes(LANES, () => repeat('dripping', () => drip(attacked, secureContext, signal))),
  ]);
  sender.close();
  return counts;
}

const LANES = 4;
const SILENT = 100;
const HELD_MS = 20_000;

function lanes(count: number, lane: () => Promise<void>): readonly Promise<void>[] {
  return Array.from({ length: count }, lane);
}

/** A good device's id with a key that is not its own. */
function pretend({ mqttPort: port }: Attacked, secureContext: SecureContext, n: number): Promise<void> {
  const { idScope, registrationId } = deviceOf('group-hashed', n % 20);
  return new Promise((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', port, secureContext });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => resolve());
    socket.resume();
    socket.once('secureConnect', () => {
      const username = `${idScope}/registrations/${registrationId}/api-version=2019-03-31`;
      const fixed = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 } as const;
      const password = Buffer.from(`SharedAccessSignature sr=${idScope}&sig=${'A'.repeat(43)}%3D&se=4102444800`);
      socket.end(generate({ ...fixed, clientId: registrationId, username, password }));
    });
  });
}

/** Every other one does not even shake hands. */
async function beSilent(
  { mqttPort, httpsPort }: Attacked,
  secureContext: SecureContext,
  n: number,
  signal: AbortSignal,
): Promise<void> {
  const port = n % 3 === 0 ? httpsPort : mqttPort;
  const socket =
    n % 2 === 0
      ? connectTcp({ host: '127.0.0.1', port })
      : connectTls({ host: '127.0.0.1', servername: 'localhost', port, secureContext });
  socket.resume();
  await held(socket, signal);
}

/** An endless PUBLISH, a byte at a time. */
async function drip({ mqttPort: port }: Attacked, secureContext: SecureContext, signal: AbortSignal): Promise<void> {
  const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', port, secureContext });
  socket.resume();
  socket.once('secureConnect', () => socket.write(Buffer.from([0x30, 0xff, 0xff, 0x7f])));
  const timer = setInterval(() => socket.writable && socket.write('x'), 5);
  await held(socket, signal);
  clearInterval(timer);
}

/** Until it is closed from there, for a while, or to the end of the soak. */
function held(socket: ReturnType<typeof connectTcp>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const drop = (): void => {
      socket.destroy();
    };
    const timer = setTimeout(drop, HELD_MS);
    signal.addEventListener('abort', drop, { once: true });
    socket.on('error', drop);
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', drop);
      resolve();
    });
  });
}
