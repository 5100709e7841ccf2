/** What was typed wrongly is told by its cause, in one line. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { run, start, temporaryHome } from './support/in-process.ts';

const BARE_WORD = 'not JSON: text must stand in double quotes; the only bare words are true, false, null';

it.each([
  ['hello', `--payload:1:1: ${BARE_WORD}`],
  ['True', `--payload:1:1: ${BARE_WORD}`],
  ['{"a": b}', `--payload:1:7: ${BARE_WORD}`],
  ['[1,]', '--payload:1:3: not JSON: no comma may stand before "]"'],
  ['package.json', `--payload:1:1: ${BARE_WORD}; to send what is in that file: --payload @package.json`],
  ['@no-such-file', '--payload: no-such-file cannot be read (no such file)'],
  ['@test', '--payload: test cannot be read (it is a directory: name the file in it)'],
  ['', '--payload:1:1: not JSON: a value is missing: the text ends here'],
])('--payload %s', async (payload, message) => {
  const home = await temporaryHome();
  for (const words of [
    ['register', 'd'],
    ['verify', '--webhook', 'http://127.0.0.1:1/'],
  ]) {
    const { code, stderr } = await run(home, [...words, '--payload', payload]);
    expect(stderr).toBe(`dps-emulator: ${message}\n`);
    expect(code).toBe(2);
  }
});

it.each([
  ['plant.yaml', 'dps:\n  - name: a\n', `1:1: ${BARE_WORD}; this is YAML, and the file must be JSON`],
  [
    'plant.conf',
    '# plant\n---\ndps: []\n',
    '1:1: not JSON: a value is missing; this is YAML, and the file must be JSON',
  ],
  ['plant.json', '{dps: []}', '1:2: not JSON: the name of a member must stand in double quotes'],
])('--config %s', async (name, text, message) => {
  const home = await temporaryHome();
  const path = join(home.directory, name);
  await writeFile(path, text);
  const { code, stderr } = await run(home, ['start', '--config', path]);
  expect(stderr).toBe(`dps-emulator: ${path}:${message}\n`);
  expect(code).toBe(2);
});

it('a value that is a variable which nobody has set', async () => {
  const home = await temporaryHome();
  for (const words of [
    ['register', 'd', '--key', 'a2V5', '--id-scope'],
    ['register', 'd', '--host'],
    ['sas', 'make', 'd', '--id-scope'],
    ['ready', '--emulator'],
    ['start', '--config'],
    ['start', '--webhook'],
    ['exec', '--ready-file', '', '--', 'true'],
  ]) {
    const { code, stderr } = await run(home, words.includes('') ? words : [...words, '']);
    const option = words.findLast((word) => /^--\w/.test(word));
    expect(stderr).toBe(`dps-emulator: ${option}: must not be empty; is the variable set?\n`);
    expect(code).toBe(2);
  }
});

it.each([
  '1',
  '2026',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '01 Jan 2026 00:00:00 GMT',
  '2026-02-30T00:00:00Z',
  '2026-01-01T25:00:00Z',
  '1960-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00+01:00',
  '+010000-01-01T00:00:00Z',
  ' 2026-01-01T00:00:00Z',
])('--start-time %j is no instant of the clock', async (text) => {
  const { code, stderr } = await run(await temporaryHome(), ['start', '--start-time', text]);
  expect(stderr).toMatch(
    /^dps-emulator: --start-time: must be an ISO 8601 instant .* from 1970-.* to 9999-.* \(is ".*"\)\n$/,
  );
  expect(code).toBe(2);
});

it('https to a port that speaks plain HTTP, and http to one that speaks TLS', async () => {
  const home = await temporaryHome();
  const plain = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void plain.close());
  await once(plain, 'listening');
  const { port } = plain.address() as AddressInfo;
  expect(await run(home, ['ready', '--emulator', `https://127.0.0.1:${port}`])).toMatchObject({
    code: 2,
    stderr: `dps-emulator: --emulator: the control API speaks plain HTTP: http://127.0.0.1:${port} (is "https://127.0.0.1:${port}")\n`,
  });
  const { ready, home: own } = await start(home);
  const https = `http://127.0.0.1:${ready.endpoints.https.port}`;
  expect((await run(home, ['ready', '--emulator', https])).stderr).toContain(
    `${https} (from --emulator) hangs up, as a port for devices does; the control API is meant`,
  );
  for (const transport of ['mqtt', 'mqtt-ws', 'https']) {
    const id = 'breakroom499-contoso-tstrsd-007';
    const words = ['register', id, '--transport', transport, '--host', '127.0.0.1', '--port', String(port)];
    const { stdout, code } = await run(own, words);
    expect(stdout).toContain(`transport-error 127.0.0.1:${port} speaks no TLS, so it is no port for devices`);
    expect(code).toBe(1);
  }
  // Without a number it waits for a while; here it need not.
  expect(await run(own, ['ready', '--wait', '--json'])).toMatchObject({ code: 0 });
});

it('a ready file that is a directory', async () => {
  const home = await temporaryHome();
  for (const words of [['start'], ['exec', '--', 'true']]) {
    const [command = '', ...rest] = words;
    const { code, stderr } = await run(home, [command, '--ready-file', home.directory, ...rest]);
    expect(stderr).toBe(`dps-emulator: --ready-file: ${home.directory} is a directory: name a file in it\n`);
    expect(code).toBe(2);
  }
  const path = join(home.directory, 'run/ready.json');
  await mkdir(path, { recursive: true });
  const { code, stderr } = await run(home, ['start', '--empty', '--mqtt-port=0', '--https-port=0', '--control-port=0']);
  expect(stderr).toBe(
    `dps-emulator: the ready file ${path} is a directory: remove it, or set DPS_EMULATOR_HOME to another place\n`,
  );
  expect(code).toBe(1);
});
