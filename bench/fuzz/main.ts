/** `npm run fuzz -- --seed N --requests 200000`: hostile input to every API; exit code 1 for a 5xx, a crash, a bug or growing memory. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../flags.ts';
import { ratioOfQuarters, renderFuzz } from './report.ts';
import { fuzz } from './run.ts';

/** Fewer requests do not fill the journal: memory has not warmed up. */
const MEMORY_FROM = 20_000;

const HELP = `Sends hostile input to the device, service, hub and control API and over MQTT, and watches the emulator.

Options:
  --seed N       which inputs are drawn (default: a fresh one, printed)
  --requests N   how many are sent (default: 20000)
  --from N       the first one's number: with --requests 1 a finding is sent again, alone
  --json         one JSON document

Example: npm run fuzz -- --seed 7 --requests 200000
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    requests: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await run();

async function run(): Promise<void> {
  const seed = wholeNumber('seed', values.seed ?? `${randomInt(1_000_000)}`);
  const requests = wholeNumber('requests', values.requests);
  const from = wholeNumber('from', values.from);
  const startedMs = performance.now();
  process.stderr.write(`seed ${seed}\n`);
  const result = await fuzz({
    seed,
    requests,
    from,
    progress: (sent) => process.stderr.write(`\r${sent} of ${requests} sent `),
  });
  process.stderr.write('\n');
  const report = { seed, requests, seconds: (performance.now() - startedMs) / 1000, ...result };
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : renderFuzz(report)}\n`);
  const isFlat = requests < MEMORY_FROM || ratioOfQuarters(result.memory) <= 1.05;
  process.exitCode = result.findings.length > 0 || result.sent < requests || !isFlat ? 1 : 0;
}
