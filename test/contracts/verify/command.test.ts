import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliError } from '../../../cli/exit.ts';
import { verifyCommand } from '../../../cli/verify.ts';
import type { VerifyDocument } from '../../../contracts/verify/index.ts';
// Loaded now, so that it takes no time of the first test.
import '../../../contracts/verify/index.ts';
import { type LocalHost, startLocalHost } from '../../../webhook/host/local-host.ts';
import { type StandIn, startStandIn } from '../../../webhook/stand-in/index.ts';
import { type Ran, run, temporaryHome } from '../../cli/support/in-process.ts';
import { answer } from './webhooks.ts';

/** In this process. */
async function verify(...args: readonly string[]): Promise<Ran> {
  return run(await temporaryHome(), ['verify', ...args]);
}

let host: LocalHost;
let wrong: StandIn;
let directory: string;
beforeAll(async () => {
  host = await startLocalHost({ port: 0, functionKey: 'key-of-mine' });
  wrong = await startStandIn([answer({ iotHubHostName: '\u001b[2Jmine.example' })]);
  directory = await mkdtemp(join(tmpdir(), 'verify-command-'));
});
afterAll(() => Promise.all([host.stop(), wrong.stop(), rm(directory, { recursive: true })]));

describe('dps-emulator verify', () => {
  it('exits with 0 for the bundled webhook and says for each request what becomes of it', async () => {
    const { code, stdout, stderr } = await verify('--webhook', host.url);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /ok +group\.x509\.first\.payload +200 → DPS: assigned contoso-toasters-hub-1098\S+ → device: assigned, PROV_DEVICE_RESULT_OK/,
    );
    expect(stdout).toMatch(
      /refused id\.neutral +400 "Unrecognized device registration\." → DPS: 400207 → device: failed, PROV_DEVICE_RESULT_DEV_AUTH_ERROR/,
    );
    expect(stdout).not.toContain('key-of-mine');
  });

  it('exits with 1 for a wrong one, and names rule, sentence, source and a curl line', async () => {
    const { code, stdout } = await verify('--webhook', `${wrong.url}?code=key-of-mine`);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAULT +group\.x509\.first\.payload +200 → DPS: 400207/);
    expect(stdout).toMatch(/^hub-linked {2}iotHubHostName is one of the linkedHubs/m);
    expect(stdout).toMatch(/^ {2}documented: Microsoft Learn/m);
    expect(stdout).toMatch(/^ {2}curl .*code=\*\*\*\*'$/m);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('key-of-mine');
  });

  it('prints one JSON document with --json, made from all that it was given', async () => {
    const file = join(directory, 'rules.yaml');
    await writeFile(file, 'rules:\n  - registrationId: fridge-1\n    hub: two.example\n');
    const { code, stdout } = await verify(
      ...['--webhook', host.url, '--json', '--timeout', '5', '--payload', '{"a":1}', '--fuzz', '16', '--seed', '3'],
      ...['--registration-id', 'x-contoso-tstrsd-007', '--registration-id', 'y-contoso-tstrsd-007'],
      ...['--hub', 'one-toasters-hub.example', '--hub', 'two.example', '--expect', file],
    );
    const document = JSON.parse(stdout) as VerifyDocument;
    expect(document).toMatchObject({
      verdict: 'faults',
      exitCode: 1,
      summary: { failed: 1 },
      settings: {
        timeoutMs: 5_000,
        registrationIds: ['x-contoso-tstrsd-007', 'y-contoso-tstrsd-007'],
        hubs: ['one-toasters-hub.example', 'two.example'],
      },
      fuzz: { requests: 16, seed: 3 },
    });
    expect(document.cases[0]?.detail).toBe('expected the hub two.example, but the answer is 400');
    expect(document.cases[1]?.request).toMatchObject({ deviceRuntimeContext: { payload: { a: 1 } } });
    expect(code).toBe(1);
  });

  it('exits with 2 when nothing listens', async () => {
    const gone = await startStandIn([{ kind: 'hang' }]);
    await gone.stop();
    const { code, stdout } = await verify('--webhook', gone.url);
    expect(code).toBe(2);
    expect(stdout).toContain('Nothing listens');
  });

  it('exits with 2 and a sentence on stderr when it is used wrongly', async () => {
    const { code, stdout, stderr } = await verify('--webhook', 'http://h/', '--seed', '1');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--seed needs --fuzz/);
  });

  it.each([
    [[], /--webhook/],
    [['--webhook', 'localhost:7071'], /http or https URL/],
    [['--webhook', 'http://h/', '--timeout', '0'], /number of seconds/],
    [['--webhook', 'http://h/', '--timeout', '231'], /number of seconds/],
    [['--webhook', 'http://h/', '--fuzz', 'many'], /whole number/],
    [['--webhook', 'http://h/', '--payload', '{'], /must be JSON/],
    [['--webhook', 'http://h/', '--expect', 'no-such-file.json'], /no-such-file\.json: cannot be read/],
    [['--webhook', 'http://h/', '--webhook-ca', 'no-such-file.pem'], /no-such-file\.pem/],
    [['--webhook', 'http://h/', '--webhook-ca', import.meta.filename], /must be a PEM file/],
    [['--webhook', 'http://h/', '--registration-id', 'a b'], /1 to 128 characters/],
    [
      ['--webhook', 'http://h/', ...Array.from({ length: 51 }, (_, index) => ['--hub', `h${index}`]).flat()],
      /at most 50/,
    ],
  ])('refuses %j', async (args, message) => {
    const command = verifyCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    const refusal = await command.parseAsync(args, { from: 'user' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Error);
    expect(String(refusal)).toMatch(message);
    // commander's own errors come to 2 in the program, whatever they carry.
    if (refusal instanceof CliError) expect(refusal.exitCode).toBe(2);
    else expect(refusal).toBeInstanceOf(CommanderError);
  });

  it('shows an example and the exit codes in its help', async () => {
    const { code, stdout } = await verify('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\$ dps-emulator verify --webhook/);
    expect(stdout).toMatch(/Exit codes: 0 .* 1 .* 2 /);
  });
});
