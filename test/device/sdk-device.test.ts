import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceOptions } from '../../device/device.ts';
import { type SdkRunner, sdkAvailable, startSdkRunner } from '../../device/sdk-device.ts';
import { ASSIGNED, accepted, DISABLED, done, errorBody, failedWith, inOrder } from '../contracts/support/replies.ts';
import { type Answer, type Script, type ScriptedDps, startScriptedDps } from '../contracts/support/scripted-dps.ts';

const RUNNER = join(import.meta.dirname, '../../dist/device/sdk-runner-main.js');
const KEY = Buffer.from('a key of a device').toString('base64');
const atOnce = { ...accepted, retryAfterSeconds: 0 };

let dps: ScriptedDps;
afterEach(() => dps?.stop());

async function device(script: Script, registrationId = 'my:Reg-01'): Promise<DeviceOptions> {
  dps = await startScriptedDps(script);
  return optionsFor(registrationId);
}

function optionsFor(registrationId: string): DeviceOptions {
  return {
    host: 'localhost',
    port: dps.mqttPort,
    idScope: '0ne00000001',
    registrationId,
    key: KEY,
    transport: 'mqtt',
  };
}

it('finds the installed SDK', async () => {
  expect(await sdkAvailable()).toBe(true);
});

describe('the official SDK in its child process', () => {
  let runner: SdkRunner;
  beforeAll(async () => {
    const { caPath, stop } = await startScriptedDps();
    await stop();
    runner = await startSdkRunner({ caPath });
  });
  afterAll(() => runner.stop());

  const start = (...answers: [Answer, ...Answer[]]) => device({ answer: inOrder(...answers) });

  it('is assigned over TLS with the CA verified, and tells which SDK it was', async () => {
    const result = await runner.register({ ...(await start(atOnce, done)), payload: { a: 'b' } });
    expect(result).toEqual({
      ok: true,
      registrationState: ASSIGNED.registrationState,
      sdk: { name: 'azure-iot-provisioning-device', version: expect.stringMatching(/^1\.\d+\.\d+$/) },
    });
    expect(dps.requests[0]?.body).toBe('{"registrationId":"my:Reg-01","payload":{"a":"b"}}');
    expect(dps.connects[0]?.username).toContain(`azure-iot-provisioning-device%2F${result.sdk.version}`);
  });

  it.each([
    [
      'failed',
      { status: 200, body: failedWith(400207) },
      'ProvisioningRegistrationFailedError',
      'registration failed',
      failedWith(400207),
    ],
    ['disabled', { status: 200, body: DISABLED }, 'SyntaxError', 'status is disabled', DISABLED],
    [
      'refused',
      { status: 401, body: errorBody(401002) },
      'UnauthorizedError',
      'incoming message failure',
      errorBody(401002),
    ],
  ])('reports a registration that was %s in its own words', async (_name, answer, errorName, errorMessage, result) => {
    const { sdk, ...outcome } = await runner.register(await start(answer));
    expect(outcome).toEqual({ ok: false, errorName, errorMessage, result });
  });

  it('reports a refused CONNECT', async () => {
    const result = await runner.register(await device({ connack: 5 }));
    expect(result).toMatchObject({ ok: false, errorMessage: expect.stringContaining('Not authorized') });
  });

  it('registers many devices at once', async () => {
    const answer: Script['answer'] = ({ registrationId, step }) =>
      step === 'register'
        ? atOnce
        : { status: 200, body: { ...ASSIGNED, registrationState: { deviceId: registrationId } } };
    await device({ answer });
    const ids = Array.from({ length: 20 }, (_, index) => `dev-${index}`);
    const results = await Promise.all(ids.map((id) => runner.register(optionsFor(id))));
    expect(results.map((result) => result.ok && result.registrationState)).toEqual(
      ids.map((deviceId) => ({ deviceId })),
    );
  });

  it('reports a crash of the SDK to the one device that it concerns', async () => {
    // The SDK parses every body before it looks at anything else, in a listener where nobody catches.
    const answer: Script['answer'] = ({ registrationId, step }) => {
      // The good one still waits for its poll while the bad one crashes.
      if (step === 'register') return registrationId === 'bad' ? atOnce : { ...accepted, retryAfterSeconds: 1 };
      return registrationId === 'bad' ? { status: 200, body: '<html>' } : done;
    };
    const bad = await device({ answer }, 'bad');
    const results = await Promise.all([runner.register(optionsFor('good')), runner.register(bad)]);
    expect(results.map((result) => result.ok)).toEqual([true, false]);
    expect(results[1]).toMatchObject({
      errorName: 'SyntaxError',
      errorMessage: expect.stringMatching(/^unhandled in the SDK: .*JSON/),
    });
    expect((await runner.register(optionsFor('afterwards'))).ok).toBe(true);
  });

  it('rejects with the reason of its signal, and stops sending', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const answer: Script['answer'] = ({ registrationId }) => {
      if (registrationId === 'next') return done;
      abort.abort(reason);
      return 'silence';
    };
    const options = await device({ answer });
    await expect(runner.register({ ...options, signal: abort.signal })).rejects.toBe(reason);
    expect((await runner.register(optionsFor('next'))).ok).toBe(true);
    expect(dps.requests.map((request) => request.registrationId)).toEqual(['my:Reg-01', 'next']);
  });

  it.each(['https', 'mqtt-ws'] as const)('does not pretend that the SDK takes a port over %s', async (transport) => {
    const options: DeviceOptions = { ...(await start(done)), transport };
    await expect(runner.register(options)).rejects.toThrow(`the Node SDK dials port 443 over ${transport}`);
  });
});

describe('an SDK process', () => {
  it('refuses a server whose CA it was not given', async () => {
    const options = await device({ answer: inOrder(done) });
    const caPath = join(tmpdir(), `dps-emulator-no-ca-${process.pid}.pem`);
    await writeFile(caPath, '');
    const runner = await startSdkRunner({ caPath });
    const result = await runner.register(options);
    expect(result).toMatchObject({ ok: false, errorMessage: expect.stringContaining('certificate') });
    await runner.stop();
    await rm(caPath);
  });

  it('is not started with a CA file that does not exist', async () => {
    const caPath = join(tmpdir(), 'no-such-directory', 'ca.pem');
    await expect(startSdkRunner({ caPath })).rejects.toThrow(caPath);
  });

  it('rejects the pending registrations when it dies, and all later ones', async () => {
    let runner: SdkRunner | undefined;
    const options = await device({
      answer: () => {
        process.kill(runner?.pid ?? 0, 'SIGKILL');
        return 'silence';
      },
    });
    runner = await startSdkRunner({ caPath: dps.caPath });
    await expect(runner.register(options)).rejects.toThrow('the SDK process has ended (SIGKILL)');
    await expect(runner.register(options)).rejects.toThrow('the SDK process has ended');
    await runner.stop();
  });

  it('ends when its parent goes away', async () => {
    const child = fork(RUNNER, [], { execArgv: [] });
    await once(child, 'message');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
