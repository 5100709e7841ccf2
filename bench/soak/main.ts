/** `npm run soak -- --seconds 600`: good and hostile clients side by side; exit code 1 when one good registration fails. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../flags.ts';
import { startAttacked } from '../fuzz/attacked.ts';
import type { Memory } from '../fuzz/emulator-process.ts';
import { startWildWebhook } from '../fuzz/wild-webhook.ts';
import { ASSIGNED_HUB } from '../set-up.ts';
import { beGood } from './good.ts';
import { beHostile } from './hostile.ts';

const HELP = `Good devices register while hostile clients do what they can; every good registration has to succeed.

Options:
  --seconds N   how long (default: 600)
  --seed N      draws what the hostile ones send (default: a fresh one, printed)
  --json        one JSON document

Example: npm run soak -- --seconds 60
`;

const WEIGHED_MS = 5000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await soak(wholeNumber('seconds', values.seconds), wholeNumber('seed', values.seed ?? `${randomInt(1_000_000)}`));

async function soak(seconds: number, seed: number): Promise<void> {
  const wild = await startWildWebhook();
  const good = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.end(JSON.stringify({ iotHubHostName: ASSIGNED_HUB })));
  });
  await new Promise<void>((resolve) => good.listen(0, '127.0.0.1', resolve));
  const goodUrl = `http://127.0.0.1:${(good.address() as AddressInfo).port}/api/good?code=soak`;
  const faults: string[] = [];
  const emulator = await startAttacked({ clock: 'system', wildUrl: wild.url, goodUrl }, (what) => faults.push(what));
  const memory: Memory[] = [await emulator.weigh()];
  const stopping = new AbortController();
  const end = setTimeout(() => stopping.abort(), seconds * 1000);
  const startedMs = performance.now();
  const watch = setInterval(() => {
    process.stderr.write(`\r${((performance.now() - startedMs) / 1000).toFixed(0)} of ${seconds} s `);
    if (emulator.hasEnded()) stopping.abort();
    else void emulator.weigh().then((weighed) => memory.push(weighed));
  }, WEIGHED_MS);
  const [goodCounts, hostile] = await Promise.all([
    beGood(emulator.attacked, stopping.signal),
    beHostile(emulator.attacked, seed, stopping.signal),
  ]);
  clearTimeout(end);
  clearInterval(watch);
  process.stderr.write('\n');
  await emulator.stop();
  for (const server of [wild.server, good]) {
    server.closeAllConnections();
    server.close();
  }
  const report = { seed, seconds, good: goodCounts, hostile, faults, memory };
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : render(report)}\n`);
  process.exitCode = faults.length + goodCounts.failures.length > 0 || goodCounts.mqtt * goodCounts.https === 0 ? 1 : 0;
}

interface SoakReport {
  readonly seed: number;
  readonly seconds: number;
  readonly good: Awaited<ReturnType<typeof beGood>>;
  readonly hostile: Awaited<ReturnType<typeof beHostile>>;
  readonly faults: readonly string[];
  readonly memory: readonly Memory[];
}

function render({ seed, seconds, good, hostile, faults, memory }: SoakReport): string {
  const size = (of: Memory | undefined): string =>
    of === undefined
      ? '?'
      : `${((of.heapUsed + of.external) / 1e6).toFixed(1)} MB, resident ${(of.rss / 1e6).toFixed(0)} MB`;
  const counted = Object.entries(hostile).map(([what, count]) => `${what} ${count}`);
  return [
    `seed ${seed}, ${seconds} s`,
    `good      ${good.mqtt} registrations over MQTT, ${good.https} over HTTPS, ${good.failures.length} failed`,
    `hostile   ${counted.join(', ')}`,
    `memory    ${size(memory[0])} before`,
    `          ${size(memory[Math.floor(memory.length / 2)])} in the middle`,
    `          ${size(memory.at(-1))} at the end`,
    ...[...good.failures, ...faults].map((what) => `FOUND     ${what}`),
  ].join('\n');
}
