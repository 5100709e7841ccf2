import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CONTOSO_GROUP_KEY } from '../../emulator/wire/contoso.ts';
import { run, start, temporaryHome } from './support/command.ts';

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const TOASTER_KEY = 'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs=';

describe('key derive', () => {
  it("prints the tutorial's device key alone, without an emulator", async () => {
    const ran = await run(await temporaryHome(), [
      'key',
      'derive',
      '--key',
      CONTOSO_GROUP_KEY,
      '--registration-id',
      TOASTER,
    ]);
    expect(ran).toEqual({ code: 0, stdout: `${TOASTER_KEY}\n`, stderr: '' });
  });

  it.each([
    [
      ['--key', 'no key!', '--registration-id', TOASTER],
      'dps-emulator: --key: must be base64, as the portal shows keys (7 characters were given)\n',
    ],
    [['--key', CONTOSO_GROUP_KEY, '--registration-id', 'a b'], 'the registration id "a b" is not valid'],
    [['--registration-id', TOASTER], "error: required option '--key <base64>' not specified\n"],
  ])('ends with 2 at %j', async (args, complaint) => {
    const ran = await run(await temporaryHome(), ['key', 'derive', ...args]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(complaint);
  });
});

describe('sas', () => {
  it('makes a token as each SDK writes it, and the emulator accepts them all', async () => {
    const home = await temporaryHome();
    await start(home);
    for (const spelling of ['node', 'c', 'python', 'java', 'csharp']) {
      const made = await run(home, ['sas', 'make', TOASTER, '--spelling', spelling]);
      expect(made, spelling).toMatchObject({ code: 0, stderr: '' });
      expect(made.stdout).toMatch(/^SharedAccessSignature sr=\S+\n$/);
      const explained = await run(home, ['sas', 'explain', made.stdout.trim()]);
      expect(explained, spelling).toMatchObject({ code: 0, stderr: '' });
      expect(explained.stdout).toContain('signed with the primary key of the enrollment group');
      expect(explained.stdout).toMatch(/accepted\n$/);
      expect(explained.stdout).not.toContain('sig=');
    }
  });

  it('explains check by check why a token is refused, and reads it from a pipe', async () => {
    const home = await temporaryHome();
    await start(home);
    const { stdout: expired } = await run(home, ['sas', 'make', TOASTER, '--ttl', '-60']);
    const explained = await run(home, ['sas', 'explain', '-'], expired);
    expect(explained.code).toBe(1);
    expect(explained.stdout).toMatch(/fails {3}credential {2}the token expired at .+; it is .+\nrefused: expired\n$/);

    const { stdout: token } = await run(home, ['sas', 'make', TOASTER]);
    const other = await run(home, ['sas', 'explain', token.trim(), '--registration-id', 'my-kettle', '--json']);
    expect(other.code).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({ isAccepted: false, reason: 'wrong-key' });
    expect(await run(home, ['sas', 'explain', 'SharedAccessSignature sr=x'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('refused: malformed-token'),
    });
  });

  it('needs no emulator to make a token from what it is told', async () => {
    const told = ['--id-scope', '0ne1', '--group-key', CONTOSO_GROUP_KEY];
    const made = await run(await temporaryHome(), ['sas', 'make', TOASTER, ...told]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^SharedAccessSignature sr=0ne1\/registrations\//);
    expect(await run(await temporaryHome(), ['sas', 'make', TOASTER])).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('ca', () => {
  it('makes the CA once, with a key for its owner alone, and prints path and fingerprint', async () => {
    const { directory, env } = await temporaryHome();
    const home = { directory, env: { ...env, DPS_EMULATOR_CA: '' } };
    const path = join(directory, 'ca', 'ca.pem');
    expect(await run(home, ['ca', '--path'])).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
    const pem = await readFile(path, 'utf8');
    expect((await stat(join(directory, 'ca', 'ca-key.pem'))).mode & 0o777).toBe(0o600);
    const shown = JSON.parse((await run(home, ['ca', '--json'])).stdout);
    expect(shown).toMatchObject({ path, fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) });
    const { stdout } = await run(home, ['ca']);
    expect(stdout).toContain(shown.fingerprint);
    expect(stdout).toContain(`NODE_EXTRA_CA_CERTS=${path}`);
    expect(await readFile(path, 'utf8')).toBe(pem);
  });
});

describe('env', () => {
  const names = [
    'DPS_EMULATOR_URL',
    'PROVISIONING_HOST',
    'PROVISIONING_MQTT_PORT',
    'PROVISIONING_HTTPS_PORT',
    'PROVISIONING_IDSCOPE',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
  ];

  it('gives exports that a shell takes over', async () => {
    const home = await temporaryHome();
    const { ready } = await start(home);
    const { stdout } = await run(home, ['env']);
    const script = `${stdout}\nprintf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`;
    const values = (await promisify(execFile)('sh', ['-c', script], { env: {} })).stdout.trim().split('\n');
    const { mqtt, https } = ready.endpoints;
    expect(values.slice(0, 6)).toEqual([
      ready.control,
      `localhost:${mqtt.port}`,
      String(mqtt.port),
      String(https.port),
      '0ne00002193',
      ready.caPath,
    ]);
    expect(await readFile(values[6] ?? '', 'utf8')).toContain((await readFile(ready.caPath, 'utf8')).trim());
    expect(values[7]).toBe(values[6]);
  });

  it('speaks fish and PowerShell', async () => {
    const home = await temporaryHome();
    await start(home);
    const beginnings = async (shell: string): Promise<readonly string[]> => {
      const { stdout } = await run(home, ['env', '--shell', shell]);
      return stdout
        .trim()
        .split('\n')
        .map((line) => line.slice(0, line.indexOf("'") + 1));
    };
    expect(await beginnings('fish')).toEqual(names.map((name) => `set -gx ${name} '`));
    expect(await beginnings('powershell')).toEqual(names.map((name) => `$env:${name} = '`));
  });

  it('ends with 3 without an emulator', async () => {
    expect(await run(await temporaryHome(), ['env'])).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('ready', () => {
  it('waits for an emulator, or says that none came', async () => {
    const home = await temporaryHome();
    const waiting = run(home, ['ready', '--wait', '20']);
    const { ready } = await start(home);
    const waited = await waiting;
    expect(waited).toMatchObject({ code: 0, stderr: '' });
    expect(waited.stdout).toContain(`control API ${ready.control}\nID scope: 0ne00002193\n`);
    expect(await run(await temporaryHome(), ['ready', '--wait', '0.1'])).toMatchObject({ code: 3, stdout: '' });
  });

  it('takes the flag before the environment, and that before the ready file', async () => {
    const home = await temporaryHome();
    const { control } = (await start(home)).ready;
    const codeWith = async (variable: string, ...args: string[]): Promise<number | null> => {
      const env = { ...home.env, DPS_EMULATOR_URL: variable };
      return (await run({ ...home, env }, ['ready', ...args])).code;
    };
    expect(await codeWith('http://127.0.0.1:9', '--emulator', control)).toBe(0);
    expect(await codeWith('http://127.0.0.1:9')).toBe(3);
    expect(await codeWith(`${control}/`)).toBe(0);
    expect(await codeWith('')).toBe(0);
  });
});
