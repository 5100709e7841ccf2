/** `dps-emulator contracts run --target`: it tidies up after Ctrl+C, and shows no key. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { forwarder } from '../contracts/support/forwarder.ts';
import { azureLike, freePort, runningEmulator, stateOf } from '../contracts/support/targets.ts';
import { begin, run, temporaryHome } from './support/in-process.ts';

describe('contracts run --target', () => {
  it('leaves a running emulator as it was after Ctrl+C', async () => {
    const { emulator } = await runningEmulator({ clock: 'scaled', clockFactor: 3 });
    const before = await emulator.exportSetUp();
    const home = await temporaryHome();
    const { control } = emulator.endpoints;
    const { signal, ended } = begin(home, ['contracts', 'run', '--target', control]);
    const stop = emulator.journal.subscribe((_subject, { event }) => {
      if (event.kind !== 'operation-opened') return;
      stop();
      signal('SIGINT');
    });
    expect(await ended).toMatchObject({ code: 2 });
    expect(await emulator.exportSetUp()).toEqual(before);
    expect([emulator.clock.mode, emulator.clock.factor]).toEqual(['scaled', 3]);
    expect(emulator.journal.timelines()).toEqual([]);
  });

  it('leaves a service that is addressed as the real one is as it was after Ctrl+C', async () => {
    const { emulator, args } = await azureLike();
    const before = await stateOf(emulator);
    const { signal, ended } = begin(await temporaryHome(), ['contracts', 'run', ...args, '--yes']);
    // By then there are an enrollment, a registration, a device at a hub and a connection.
    const stop = emulator.journal.subscribe((_subject, { event }) => {
      if (event.kind !== 'concluded') return;
      stop();
      signal('SIGINT');
    });
    expect(await ended).toMatchObject({ code: 2 });
    expect(await stateOf(emulator)).toEqual(before);
  });

  it('goes to the ports and by the URL that it is told, as to a container', async () => {
    const { emulator } = await runningEmulator();
    const { control, mqtt, https } = emulator.endpoints;
    const served = { host: '127.0.0.1', port: await freePort() };
    const [toControl, toMqtt, toHttps, toWebhook] = await Promise.all([
      forwarder(new URL(control)),
      forwarder(mqtt),
      forwarder(https),
      forwarder(served),
    ]);
    const urls: string[] = [];
    emulator.journal.subscribe((_subject, { event }) => {
      if (event.kind === 'webhook-attempt') urls.push(event.url);
    });
    const { code, stdout } = await run(await temporaryHome(), [
      ...['contracts', 'run', 'row-1-valid-hub', '--target', `http://${toControl.address}`],
      ...['--mqtt', toMqtt.address, '--https', toHttps.address],
      ...['--webhook-listen', `${served.host}:${served.port}`, '--webhook-public-url', `http://${toWebhook.address}`],
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('✓ row-1-valid-hub  mqtt mqtt-ws https')]);
    expect(urls).toHaveLength(3);
    for (const url of urls) expect(url).toMatch(new RegExp(`^http://${toWebhook.address}/`));
    // MQTT over a WebSocket comes to the HTTPS port.
    expect([toMqtt.connections(), toHttps.connections(), toWebhook.connections() > 0]).toEqual([1, 2, true]);
  });

  it('lists what it will make at the real service, and asks for --yes where there is no terminal', async () => {
    const { emulator, path, keys } = await azureLike({ hasWebhook: false });
    const home = await temporaryHome();
    const args = ['contracts', 'run', 'allocate-static', '--transport', 'https', '--target', `azure:${path}`];
    const asked = await run(home, [...args, '--prefix', 'ct-cli']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(/^allocate-static \(https\): enrollment group ct-cli-[0-9a-f]{8}-hashed-group,\s/);
    expect(asked.stderr).toContain('there is no terminal to ask on: say --yes');
    const list = asked.stderr.split('\n').filter((line) => /ct-cli-/.test(line));
    expect(list.length).toBeGreaterThan(1);
    for (const line of list) expect(line.length, line).toBeLessThanOrEqual(80);
    const { code, stdout, stderr } = await run(home, [...args, '--yes']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('✓ allocate-static  https')]);
    expect(await emulator.registrations()).toEqual([]);
    for (const key of keys) expect(asked.stderr + stdout + stderr).not.toContain(key);
    expect(await readFile(path, 'utf8')).toContain(keys[0]);
  });

  it('says what is not run and why, in lines of 80 columns', async () => {
    const { emulator } = await runningEmulator();
    const home = await temporaryHome();
    const args = [
      'contracts',
      'run',
      'answer-t*',
      'poll-answers-*',
      '--transport',
      'https',
      '--target',
      emulator.endpoints.control,
    ];
    const { stdout } = await run(home, args);
    expect(stdout).toContain(
      'not run, because it needs an emulator with options of its own:\n  poll-answers-assigned,',
    );
    expect(stdout).toContain(`target ${emulator.endpoints.control}`);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each([
    [
      'nonsense',
      '"nonsense" is no target; a target is in-process, the control URL of a running emulator, or azure:FILE',
    ],
    ['azure:/nowhere.yaml', '/nowhere.yaml cannot be read: ENOENT'],
  ])('%s is refused: %s', async (target, told) => {
    const { code, stderr } = await run(await temporaryHome(), ['contracts', 'run', 'row:1', '--target', target]);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });

  it('ends with 3 when no emulator is there', async () => {
    const args = ['contracts', 'run', 'row:1', '--target', 'http://127.0.0.1:1'];
    const { code, stderr } = await run(await temporaryHome(), args);
    expect(code).toBe(3);
    expect(stderr).toContain('the emulator at http://127.0.0.1:1 (from --target) cannot be reached');
  });
});
