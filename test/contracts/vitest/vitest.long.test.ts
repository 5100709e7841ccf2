/** `dps-emulator/vitest` in a project of somebody's own (fixture/), run by the real vitest in either pool. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const FIXTURE = join(import.meta.dirname, 'fixture');
const VITEST = join(import.meta.dirname, '../../../node_modules/vitest/vitest.mjs');

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: 'passed' | 'failed';
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Ran {
  readonly code: number;
  readonly output: string;
  /** Of the tests of a file, by title: what they failed with, or nothing. */
  readonly failures: (file: string) => Promise<Readonly<Record<string, string | undefined>>>;
}

/** Nothing of the vitest that runs this very test gets into the other one. */
async function runFixture(args: readonly string[]): Promise<Ran> {
  const { PATH = '', DPS_EMULATOR_HOME = '' } = process.env;
  const folder = await mkdtemp(join(tmpdir(), 'dps-emulator-vitest-'));
  const file = join(folder, 'report.json');
  const words = [
    VITEST,
    'run',
    '--root',
    FIXTURE,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const env = { PATH, DPS_EMULATOR_HOME, NO_COLOR: '1' };
  const ran = await new Promise<Pick<Ran, 'code' | 'output'>>((resolve) => {
    execFile(process.execPath, [...words, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
  const report = await readFile(file, 'utf8').catch(() => '{"testResults":[]}');
  await rm(folder, { recursive: true, force: true });
  const { testResults } = JSON.parse(report) as Report;
  return {
    ...ran,
    failures: async (name) => {
      const results = testResults.find((one) => one.name.endsWith(name))?.assertionResults ?? [];
      return Object.fromEntries(results.map(({ title, failureMessages }) => [title, failureMessages[0]]));
    },
  };
}

describe('with pool: forks', { timeout: 60_000 }, () => {
  let ran: Ran;
  beforeAll(async () => {
    ran = await runFixture(['--pool', 'forks']);
  }, 60_000);

  it('the fixture, its matchers and the global set-up work', async () => {
    const failures = await ran.failures('/passing.fixture.ts');
    expect(Object.keys(failures).length, ran.output).toBeGreaterThan(7);
    expect(Object.entries(failures).filter(([, failure]) => failure !== undefined)).toEqual([]);
  });

  it.each([
    ['assigned', 'expected my-device to be assigned to my-hub.azure-devices.net, but it failed with 400208: Custom'],
    ['not registered', 'but it has not registered here\n\nwhat happened to absent-device'],
    ['another code', 'expected my-device to have failed with 400207, but it failed with 400208'],
    ['not that code', 'expected my-device not to have failed with 400208, but it failed with 400208'],
    ['other instants', 'to have called its webhook 2 times at 0 2 s, but it was called 2 times, at 0 1 s'],
    ['no registration', "TypeError: toBeAssignedTo is asked of a registration: expect(dps.registration('my-device'))"],
  ])('the failure "%s" says what was wanted and what was found', async (title, message) => {
    expect((await ran.failures('/failing.fixture.ts'))[title]).toContain(message);
  });

  it('a failure tells the story, each webhook call with its answer', async () => {
    const { assigned } = await ran.failures('/failing.fixture.ts');
    expect(assigned).toMatch(/ 0 s {2}webhook call 1 answered 503, after [\d.]+ m?s\n/);
    expect(assigned).toMatch(
      / 1 s {2}webhook call 2 answered 200, after [\d.]+ m?s\n +response \{"iotHubHostName":""\}\n/,
    );
    expect(assigned).toMatch(/ 1 s {2}failed 400208 .* iotHubHostName is empty or null\n/);
  });
});

describe('with pool: threads', { timeout: 60_000 }, () => {
  it('the global set-up says what to do, and nothing runs', async () => {
    const { code, output, failures } = await runFixture(['--pool', 'threads']);
    expect(code).toBe(1);
    expect(output).toContain(
      "dps-emulator/vitest/global-setup needs pool: 'forks'; this project runs with pool: 'threads'",
    );
    expect(await failures('/passing.fixture.ts')).toEqual({});
  });
});
