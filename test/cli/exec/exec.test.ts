/** `dps-emulator exec` as a user runs it: the command's own result, an emulator while it runs, and nothing afterwards. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contosoSetUp } from '../../../emulator/wire/contoso.ts';
import { FAST, run as runProcess, runOn as runProcessOn } from '../support/command.ts';
import { begin, type Home, type Ran, run, temporaryHome } from '../support/in-process.ts';

const MAIN = join(import.meta.dirname, '../../../dist/cli/main.js');

type Exec = (command: readonly string[], options?: readonly string[], home?: Home) => Promise<Ran>;

/** In this process; the command's own output is not caught. */
const exec: Exec = async (command, options = [], home) =>
  run(home ?? (await temporaryHome()), ['exec', ...FAST, ...options, '--', ...command]);

/** In this process; what a line of the shell has printed. */
async function printedBy(line: string, options: readonly string[], home: Home): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'dps-emulator-exec-')), 'printed');
  onTestFinished(() => rm(dirname(file), { recursive: true }));
  expect(await exec(['sh', '-c', `{ ${line}; } >"$0"`, file], options, home)).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  return readFile(file, 'utf8');
}

const node = (script: string): readonly string[] => [process.execPath, '-e', script];

describe('the command', () => {
  it('has its own output, input and exit code, and its words as they are: there is no shell', async () => {
    const words = ['$HOME', 'a  b', '*', '; exit 9', '--help'];
    const script =
      'process.stdin.pipe(process.stdout); console.log(JSON.stringify(process.argv.slice(1))); process.exitCode = 7';
    const home = await temporaryHome();
    const ran = await runProcess(home, ['exec', ...FAST, '--', ...node(script), '--', ...words], 'typed\n');
    expect(ran).toEqual({ code: 7, stdout: `${JSON.stringify(words)}\ntyped\n`, stderr: '' });
  });

  it('gets SIGINT of the process, and its own end counts', async () => {
    const script = `process.on('SIGINT', () => process.exit(3)); setInterval(() => {}, 1000); console.log('{"kind":"up"}')`;
    const running = runProcessOn(await temporaryHome(), ['exec', ...FAST, '--', ...node(script)]);
    await running.until(({ kind }) => kind === 'up');
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(3);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('gets %s, and its own end counts', async (signal) => {
    const server = createServer().listen(0, '127.0.0.1');
    const isUp = once(server, 'connection');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const script = `process.on('${signal}', () => process.exit(3)); require('net').connect(${port}, '127.0.0.1')`;
    const running = begin(await temporaryHome(), ['exec', ...FAST, '--', ...node(script)]);
    const [socket] = (await isUp) as [Socket];
    socket.on('error', () => undefined);
    running.signal(signal);
    expect(await running.ended).toMatchObject({ code: 3 });
    socket.destroy();
    server.close();
  });
});

describe('the emulator of the command', () => {
  it('is told in the variables of `dps-emulator env`, and a device registers there', async () => {
    const register = `"${process.execPath}" "${MAIN}" register breakroom499-contoso-tstrsd-007 --json >/dev/null`;
    const script = `env; echo ---; "${process.execPath}" "${MAIN}" env && ${register}`;
    const stdout = await printedBy(script, [], await temporaryHome());
    const [environment = '', exports = ''] = stdout.split('---\n');
    const lines = exports.trim().split('\n');
    expect(lines.length).toBe(8);
    for (const line of lines) {
      const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
      expect(environment.split('\n')).toContain(`${name}=${value}`);
    }
  });

  it('is gone afterwards, with its ports and its ready file; of its home the CA remains', async () => {
    const home = await temporaryHome();
    const file = join(home.directory, 'ready.json');
    const { control, endpoints } = JSON.parse(await printedBy(`cat "${file}"`, ['--ready-file', file], home));
    const ports = [endpoints.mqtt.port, endpoints.https.port, Number(new URL(control).port)];
    expect(await Promise.all(ports.map(isListening))).toEqual([false, false, false]);
    expect(await readdir(home.directory)).toEqual([]);
  });

  it('leaves no file while it runs, so that it is not taken for the emulator of other commands', async () => {
    const home = await temporaryHome();
    expect(await printedBy(`ls -A "${home.directory}"`, [], home)).toBe('');
  });

  it('runs beside others', async () => {
    const home = await temporaryHome();
    const ports = await Promise.all([1, 2].map(() => printedBy('echo $PROVISIONING_MQTT_PORT', [], home)));
    expect(ports).toEqual([expect.stringMatching(/^\d+\n$/), expect.stringMatching(/^\d+\n$/)]);
    expect(new Set(ports).size).toBe(2);
  });

  it('holds what --config says, and nothing with --empty', async () => {
    const home = await temporaryHome();
    const file = join(home.directory, 'plant.json');
    const [instance] = contosoSetUp('http://127.0.0.1:1/').dps ?? [];
    await writeFile(file, JSON.stringify({ dps: [{ ...instance, idScope: '0ne000PLANT' }] }));
    const line = 'echo "scope $PROVISIONING_IDSCOPE"';
    expect(await printedBy(line, ['--config', file], home)).toBe('scope 0ne000PLANT\n');
    expect(await printedBy(line, ['--empty'], home)).toBe('scope \n');
  });
});

describe('an emulator that cannot start', () => {
  it('ends with 1, and the command is not run', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const ran = await exec(['echo', 'run'], ['--mqtt-port', String(port)]);
    server.close();
    expect(ran).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`--mqtt-port ${port}: the port is taken`),
    });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['there is no command', [], []],
    ['an option is wrong', ['--clock', 'sundial'], ['echo', 'run']],
    ['a ready file would replace a file of somebody', ['--ready-file', import.meta.filename], ['echo', 'run']],
  ])('ends with 2 when %s', async (_what, options, command) => {
    const { code, stdout, stderr } = await exec(command, options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
