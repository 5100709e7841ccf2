import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CONTOSO_GROUP_KEY } from '../../../emulator/wire/contoso.ts';
import { FAST, FREE_PORTS, isEvent, run as runProcess, start as startProcess } from '../support/command.ts';
import { run, start, temporaryHome } from '../support/in-process.ts';

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const TOASTER_KEY = 'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs=';
const HEAT_PUMP_KEY = '6uejA9PfkQgmYylj8Zerp3kcbeVrGZ172YLa7VSnJzg=';

describe('start', () => {
  it('prints one block to copy from, then why a device failed, and stops with 0', async () => {
    const home = await temporaryHome();
    const running = runProcess(home, ['start', ...FREE_PORTS, ...FAST]);
    expect(await run(home, ['ready', '--wait', '20'])).toMatchObject({ code: 0 });
    expect(await run(home, ['register', 'my-kettle'])).toMatchObject({ code: 1 });
    const file = JSON.parse(await readFile(join(home.directory, 'run', 'ready.json'), 'utf8'));
    process.kill(file.pid, 'SIGINT');
    const { code, stdout, stderr } = await running;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of [
      `localhost:${file.endpoints.mqtt.port}`,
      `localhost:${file.endpoints.https.port}`,
      file.control,
      '0ne00002193',
      CONTOSO_GROUP_KEY,
      TOASTER_KEY,
      HEAT_PUMP_KEY,
      file.caPath,
      `npx dps-emulator register ${TOASTER}\n`,
      'my-kettle  failed 400207 "Custom allocation failed with status code: 400": the webhook answered 400',
      'Unrecognized device registration.',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('writes a ready file for its user alone and takes it away again', async () => {
    const home = await temporaryHome();
    const started = await start(home);
    const path = join(home.directory, 'run', 'ready.json');
    const { kind: _kind, notices: _notices, ...document } = started.documents[0] ?? {};
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(document);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await started.stop()).toBe(0);
    expect(await readdir(join(home.directory, 'run'))).toEqual([]);
  });

  it('writes the ready file where it is told as well, but over no file of another kind', async () => {
    const home = await temporaryHome();
    const path = join(home.directory, 'mine.json');
    await writeFile(path, '');
    const started = await start(home, ['--ready-file', path]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ control: started.ready.control });
    await started.stop();
    expect(existsSync(path)).toBe(false);

    const other = join(home.directory, 'package.json');
    await writeFile(other, '{"name":"mine"}');
    const refused = await run(home, ['start', '--ready-file', other]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toBe(`dps-emulator: --ready-file: ${other} exists and is not a ready file\n`);
  });

  it('leaves the ready file to the emulator that was first', async () => {
    const home = await temporaryHome();
    const first = await startProcess(home);
    const second = await start(home);
    expect(second.ready.notices.join('\n')).toContain(
      `commands talk to that one unless --emulator ${second.ready.control} is given`,
    );
    const directory = join(home.directory, 'run');
    expect((await readdir(directory)).toSorted()).toEqual([`ready-${second.ready.pid}.json`, 'ready.json']);
    const ready = await run(home, ['ready', '--json']);
    expect(JSON.parse(ready.stdout)).toMatchObject({ pid: first.ready.pid });
    const other = await run(home, ['ready', '--json', '--emulator', second.ready.control]);
    expect(JSON.parse(other.stdout)).toMatchObject({ pid: second.ready.pid });
    await second.stop();
    expect(await readdir(directory)).toEqual(['ready.json']);
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 + 1, control: 'http://127.0.0.1:9' }],
    ['whose process id has gone to another program', { pid: process.ppid, control: 'http://127.0.0.1:9' }],
  ])('counts a ready file %s as none', async (_what, document) => {
    const home = await temporaryHome();
    const path = join(home.directory, 'run', 'ready.json');
    await mkdir(join(home.directory, 'run'));
    await writeFile(path, JSON.stringify(document));
    const none = await run(home, ['ready']);
    expect(none).toMatchObject({ code: 3, stdout: '' });
    expect(none.stderr).toBe('dps-emulator: no emulator is running; start one: npx dps-emulator start\n');
    expect(existsSync(path)).toBe(false);

    await writeFile(path, JSON.stringify(document));
    const started = await start(home);
    expect(started.ready.notices).toEqual([]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: started.ready.pid });
  });

  it.each([
    ['SIGINT', start],
    ['SIGTERM', startProcess],
  ] as const)('stops at %s while a webhook hangs, and does not wait for its retries', async (signal, startIt) => {
    const home = await temporaryHome();
    const silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const started = await startIt(home, [
      '--webhook',
      `http://127.0.0.1:${(silent.address() as AddressInfo).port}/hook`,
    ]);
    const called = new Promise((resolve) => silent.once('connection', resolve));
    const device = run(home, ['register', TOASTER, '--transport', 'https', '--emulator', started.ready.control]);
    await called;
    expect(await started.stop(signal)).toBe(0);
    expect(await device).toMatchObject({ code: 3 });
  });

  it('says which flag asked for a port that is taken', async () => {
    const home = await temporaryHome();
    const { ready } = await start(home);
    const { port } = ready.endpoints.https;
    const refused = await run(home, ['start', '--mqtt-port=0', '--control-port=0', `--https-port=${port}`]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      new RegExp(`^dps-emulator: --https-port ${port}: the port is taken\\. See by whom: .+\n$`),
    );
  });

  it('with --empty holds no scope, and says what to do about it', async () => {
    const { ready, home } = await start(await temporaryHome(), ['--empty']);
    expect(ready.idScopes).toEqual([]);
    const { code, stderr } = await run(home, ['register', TOASTER]);
    expect(code).toBe(1);
    expect(stderr).toContain('start it without --empty, or seed a set-up');
  });

  it('prints JSON lines only, without a key, a signature or a function code', async () => {
    const started = await start(await temporaryHome());
    const { home } = started;
    const payload = JSON.stringify({ primaryKey: TOASTER_KEY, note: 'sig=abc123&x' });
    await run(home, ['register', TOASTER, '--payload', payload]);
    await started.until((document) => isEvent(document, 'disconnected'));
    await started.stop();
    const kinds = new Set(started.documents.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(['event', 'ready', 'webhook-log']);
    expect(started.stderr()).toBe('');
    const events = started.documents.filter(({ kind }) => kind === 'event');
    expect(events.find((document) => isEvent(document, 'register-received'))).toMatchObject({
      idScope: '0ne00002193',
      registrationId: TOASTER,
      event: { payload: { primaryKey: '****', note: 'sig=****&x' } },
    });
    expect(JSON.stringify(events)).not.toContain(TOASTER_KEY);
    expect(JSON.stringify(started.documents)).not.toMatch(/code=(?!\*)|sig=(?!\*|abc123)/);
    expect(JSON.stringify(started.documents)).not.toContain(CONTOSO_GROUP_KEY);
  });
});
