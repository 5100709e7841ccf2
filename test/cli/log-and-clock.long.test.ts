import { describe, expect, it, onTestFinished } from 'vitest';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { isEvent, run, runOn, start, temporaryHome } from './support/command.ts';

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const START = '2026-01-01T00:00:00.000Z';

describe('log and clock', () => {
  it('show and move the retry ladder of a webhook that answers 503', async () => {
    const webhook = await startStandIn([{ kind: 'text', status: 503, text: 'not now' }], {
      functionKey: 'a-function-key',
    });
    onTestFinished(() => webhook.stop());
    const home = await temporaryHome();
    const clock = ['--clock=manual', `--start-time=${START}`, '--retry-after=1'];
    const started = await start(home, ['--webhook', webhook.url, ...clock]);
    const follower = runOn(home, ['log', '--follow', '--json']);
    const device = run(home, ['register', TOASTER, '--payload', '{"sharedAccessKey":"c2VjcmV0"}']);
    await started.until((document) => isEvent(document, 'retry-scheduled'));

    const pending = await run(home, ['clock', 'pending']);
    expect(pending.stdout).toBe(
      `  in 1 s (2026-01-01T00:00:01.000Z)  registration ${TOASTER}: retry 1 of the webhook after status 503\n`,
    );
    expect((await run(home, ['clock', 'next'])).stdout).toBe(
      '2026-01-01T00:00:01.000Z  moved on by 1 s, 1 sleep ended\n',
    );
    expect((await run(home, ['clock', 'advance', '6m54s'])).stdout).toBe(
      '2026-01-01T00:06:55.000Z  moved on by 414 s, 9 sleeps ended\n',
    );
    expect((await run(home, ['clock', 'next'])).stdout).toBe('2026-01-01T00:06:55.000Z  nothing sleeps\n');
    const registered = await device;
    expect(registered.code).toBe(1);
    expect(registered.stdout).toContain('why        the webhook answered 503 (11 webhook calls)');

    const { code, stdout } = await run(home, ['log', TOASTER]);
    expect(code).toBe(0);
    const calls = [...stdout.matchAll(/(?:\+([\d.]+) s) {2}webhook call (\d+) answered 503/g)];
    expect(calls.map(([, seconds]) => Number(seconds))).toEqual([0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415]);
    for (const part of [
      `${START}  register over mqtt, api-version 2019-03-31`,
      'payload   {"sharedAccessKey":"****"}',
      'authenticated by the enrollment group "contoso-custom-allocated-devices", primary key',
      'next webhook call in 10 s, because of status 503',
      `POST      http://127.0.0.1:${webhook.port}/api/HttpTrigger1?****`,
      'request   {"enrollmentGroup":{',
      'response  not now',
      '+415.000 s  failed 400207 "Custom allocation failed with status code: 503": the webhook answered 503',
    ]) {
      expect(stdout).toContain(part);
    }

    await follower.until((document) => isEvent(document, 'concluded'));
    await started.stop();
    expect(await follower.ended).toBe(0);
    expect(follower.stderr()).toBe('dps-emulator: the emulator has stopped\n');
    expect(follower.documents.filter((document) => isEvent(document, 'webhook-attempt'))).toHaveLength(11);
    for (const text of [stdout, JSON.stringify(follower.documents), JSON.stringify(started.documents)]) {
      expect(text).not.toContain('a-function-key');
      expect(text).not.toContain('c2VjcmV0');
    }
  });

  it('log gives an overview of several devices, and says what is on record when asked for another', async () => {
    const home = await temporaryHome();
    await start(home);
    expect((await run(home, ['log'])).stdout).toBe('nothing has happened yet\n');
    await run(home, ['register', 'my-kettle']);
    await run(home, ['register', TOASTER, '--key', 'AAAA']);
    const { stdout } = await run(home, ['log']);
    expect(stdout).toMatch(/^my-kettle {24}failed 400207 /);
    expect(stdout).toContain(`${TOASTER}  register over mqtt refused 401002: wrong-key: `);
    const unknown = await run(home, ['log', 'my-lamp']);
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toBe(`dps-emulator: nothing is on record of "my-lamp"; on record: my-kettle, ${TOASTER}\n`);
    const elsewhere = await run(home, ['log', 'MY-KETTLE', '--id-scope', '0ne1', '--json']);
    expect(JSON.parse(elsewhere.stdout)).toEqual({ timelines: [] });
    const found = await run(home, ['log', 'MY-KETTLE', '--json']);
    expect(JSON.parse(found.stdout)).toMatchObject({ timelines: [{ registrationId: 'my-kettle' }] });
  });

  it('clock says what it waits for while a webhook does not answer', async () => {
    const webhook = await startStandIn([{ kind: 'status', status: 503 }, { kind: 'hang' }]);
    onTestFinished(() => webhook.stop());
    const home = await temporaryHome();
    const options = ['--clock=manual', `--start-time=${START}`, '--webhook-real-timeout=4000'];
    const started = await start(home, ['--webhook', webhook.url, ...options]);
    const device = run(home, ['register', TOASTER]);
    await started.until((document) => isEvent(document, 'retry-scheduled'));
    const { code, stderr } = await run(home, ['clock', 'advance', '1s']);
    expect(code).toBe(0);
    expect(stderr).toContain(`dps-emulator: the clock waits for: registration ${TOASTER}\n`);
    await started.stop();
    await device;
  });

  it('clock changes the mode, and says how to when it cannot be moved', async () => {
    const home = await temporaryHome();
    await start(home);
    expect((await run(home, ['clock'])).stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}system\n$/);
    const refused = await run(home, ['clock', 'advance', '1s']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toBe('dps-emulator: the clock moves by itself; first: dps-emulator clock mode manual\n');
    expect((await run(home, ['clock', 'mode', 'scaled', '--factor', '60'])).stdout).toContain('scaled × 60');
    await run(home, ['clock', 'mode', 'manual']);
    expect(JSON.parse((await run(home, ['clock', 'advance', '1500ms', '--json'])).stdout)).toMatchObject({ woken: 0 });
    expect(JSON.parse((await run(home, ['clock', 'pending', '--json'])).stdout)).toEqual([]);
  });

  it.each([
    [['clock', 'advance', '415'], 'the duration must be a number with its unit, such as 415s'],
    [['clock', 'mode', 'fast'], 'the mode must be one of system, scaled, manual, skip (is "fast")'],
    [['clock', 'mode', 'scaled', '--factor', 'x'], '--factor: must be a number above 0 (is "x")'],
  ])('%j is wrong usage', async (args, complaint) => {
    const ran = await run(await temporaryHome(), args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(`dps-emulator: ${complaint}`);
  });
});
