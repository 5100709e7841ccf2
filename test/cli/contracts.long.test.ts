/** `dps-emulator contracts` as a process: what it prints, and the exit codes that it promises. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { run, temporaryHome } from './support/command.ts';

const HEAD = 'title: t\nrequirement: r\nsource: s\nconfidence: assumed\n';
const GIVEN = 'given: { hubs: [h.azure-devices.net], enrollments: [{ registrationId: d }] }\n';
const GOOD = `id: good\n${HEAD}${GIVEN}device: { registrationId: d }\nexpect: { hub: h.azure-devices.net }\n`;
const BROKEN = GOOD.replace('id: good', 'id: broken').replace('{ hub: h.', '{ hub: other.');

async function withCases(text: string) {
  const home = await temporaryHome();
  const folder = join(home.directory, 'cases');
  await mkdir(folder);
  await writeFile(join(folder, 'own.yaml'), text);
  return { home, folder, contracts: (...args: readonly string[]) => run(home, ['contracts', ...args]) };
}

describe('contracts run', () => {
  it('ends with 0 when all passed, and writes the reports it was asked for', async () => {
    const { folder, contracts } = await withCases(GOOD);
    const [junit, html, ndjson] = ['junit.xml', 'run.html', 'run.ndjson'].map((name) => join(folder, 'out', name));
    const { code, stdout, stderr } = await contracts(
      'run',
      '--cases',
      folder,
      '--seed',
      '5',
      `--junit=${junit}`,
      `--html=${html}`,
      `--ndjson=${ndjson}`,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('✓ good  mqtt mqtt-ws https');
    expect(stdout).toMatch(/^seed 5, trace [0-9a-f]{64}$/m);
    expect(await readFile(junit ?? '', 'utf8')).toContain('<testcase name="good (https)"');
    expect(await readFile(html ?? '', 'utf8')).toContain('3 passed');
    expect(await readFile(ndjson ?? '', 'utf8')).toContain('"event":"run-ended"');
  });

  it('ends with 1 when a contract is broken, and --json tells which', async () => {
    const { folder, contracts } = await withCases(`${GOOD}---\n${BROKEN}`);
    const { code, stdout } = await contracts('run', '--cases', folder, '--json', '--transport', 'https');
    const verdict = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(verdict).toMatchObject({ exitCode: 1, passed: 1, failed: 1, runs: 2 });
    expect(verdict.results[1].mismatches).toEqual([
      { path: 'expect.hub', expected: 'other.azure-devices.net', actual: 'h.azure-devices.net' },
    ]);
  });

  it('ends with 2 when it cannot begin, and says why', async () => {
    const home = await temporaryHome();
    const rows: readonly (readonly [args: readonly string[], told: string])[] = [
      [['no-such-case'], '"no-such-case" selects no case'],
      [['tag:tutorial', '--webhook', 'http://127.0.0.1:1/?code=abcdef'], 'http://127.0.0.1:1/?**** cannot be reached'],
      [['row:1', '--html', '/dev/null/x.html'], '--html: cannot be written'],
      [['--device', "'open"], '--device: the quote'],
    ];
    const ran = await Promise.all(rows.map(([args]) => run(home, ['contracts', 'run', ...args])));
    for (const [index, { code, stdout, stderr }] of ran.entries()) {
      const [args, told = ''] = rows[index] ?? [];
      expect(stderr).toContain(told);
      expect(stderr).not.toContain('abcdef');
      expect(stdout).not.toContain('passed');
      expect(code, args?.join(' ')).toBe(2);
    }
  });

  it("calls the user's own webhook, and tells what was left out for it", async () => {
    const webhook = await startStandIn([{ kind: 'status', status: 400 }], { functionKey: 'own-function-key' });
    try {
      const { code, stdout } = await run(await temporaryHome(), [
        'contracts',
        'run',
        'tutorial-unknown-device',
        'row-5-ladder',
        '--webhook',
        webhook.url,
      ]);
      expect(stdout).toContain('✓ tutorial-unknown-device  mqtt mqtt-ws https');
      expect(stdout).toContain('not run, because it needs a webhook with scripted answers: row-5-ladder');
      expect(stdout).not.toContain('own-function-key');
      expect(webhook.count()).toBe(3);
      expect(code).toBe(0);
    } finally {
      await webhook.stop();
    }
  });
});

describe('contracts check', () => {
  it('counts what is good', async () => {
    const { stdout, code } = await run(await temporaryHome(), ['contracts', 'check']);
    expect(stdout).toMatch(/^\d{2,3} cases in \d+ files: no fault\n$/);
    expect(code).toBe(0);
  });

  it('names file, line, path and rule of what is not, and ends with 2', async () => {
    const { folder, contracts } = await withCases(GOOD.replace('expect:', 'expects:'));
    const [text, json] = await Promise.all([
      contracts('check', '--cases', folder),
      contracts('check', '--cases', folder, '--json'),
    ]);
    expect(text.code).toBe(2);
    expect(text.stderr).toMatch(/own\.yaml:8: case good: expects: is not a known member/);
    expect(text.stderr).toMatch(/own\.yaml:1: case good: expect: is required/);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, faults: [{ path: 'expect' }, { path: 'expects' }] });
  });
});

describe('contracts list and coverage', () => {
  it('list what is selected', async () => {
    const home = await temporaryHome();
    const [json, text] = await Promise.all([
      run(home, ['contracts', 'list', 'row:4', '--json']),
      run(home, ['contracts', 'list', 'row-4-*']),
    ]);
    expect(JSON.parse(json.stdout).map(({ id }: { id: string }) => id)).toContain('row-4-disabled-individual');
    expect(text.stdout).toMatch(
      /^row-4-disabled-individual {2}row 4 · documented · mqtt mqtt-ws https · troubleshooting/,
    );
  });

  it('coverage ends with 0 for ours, and with 1 when rows are missed', async () => {
    const { folder, contracts } = await withCases(GOOD);
    const [ours, theirs] = await Promise.all([
      contracts('coverage'),
      contracts('coverage', '--cases', folder, '--json'),
    ]);
    expect(ours.stdout).toMatch(/^✓ T5 {3}troubleshooting table, row 5: 429 and above {2}row-5-ladder/m);
    expect(ours.stdout).toMatch(/^\d+ rows have a case, \d+ have a reason to have none, 0 are missed$/m);
    expect(ours.code).toBe(0);
    expect(JSON.parse(theirs.stdout)).toMatchObject({ hit: 0 });
    expect(theirs.code).toBe(1);
  });
});
