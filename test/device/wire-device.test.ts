import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceEvent, DeviceOptions } from '../../device/device.ts';
import { registerDevice } from '../../device/wire-device.ts';
import { DEVICE_TRANSPORTS, type DeviceTransport } from '../../emulator/wire/transports.ts';
import {
  ASSIGNED,
  ASSIGNING,
  accepted,
  DISABLED,
  done,
  errorBody,
  failedWith,
  inOrder,
  OPERATION_ID,
} from '../contracts/support/replies.ts';
import { type Answer, type Script, type ScriptedDps, startScriptedDps } from '../contracts/support/scripted-dps.ts';
import { holdTimeouts } from '../support/held-timeouts.ts';

const KEY = Buffer.from('a key of a device').toString('base64');

let dps: ScriptedDps;
const started: ScriptedDps[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

async function device(transport: DeviceTransport, script: Script): Promise<DeviceOptions> {
  dps = await startScriptedDps(script);
  started.push(dps);
  return {
    host: 'localhost',
    port: transport === 'mqtt' ? dps.mqttPort : dps.httpsPort,
    idScope: '0ne00000001',
    registrationId: 'my:Reg-01',
    key: KEY,
    transport,
    ca: dps.ca,
    waitSeconds: () => 0,
  };
}

describe.each(DEVICE_TRANSPORTS)('a device over %s', (transport) => {
  const start = (...answers: [Answer, ...Answer[]]) => device(transport, { answer: inOrder(...answers) });

  it('registers, polls and is assigned', async () => {
    const result = await registerDevice({ ...(await start(accepted, accepted, done)), payload: { a: 'b' } });
    expect(result).toMatchObject({ outcome: 'assigned', registrationState: ASSIGNED.registrationState });
    expect(dps.requests.map((request) => request.step)).toEqual(['register', 'poll', 'poll']);
    expect(dps.requests[0]?.body).toBe('{"registrationId":"my:Reg-01","payload":{"a":"b"}}');
    expect(dps.requests[1]?.target).toContain(OPERATION_ID);
    expect(result.cSdkResult).toEqual({
      result: 'PROV_DEVICE_RESULT_OK',
      statuses: [
        'PROV_DEVICE_REG_STATUS_CONNECTED',
        'PROV_DEVICE_REG_STATUS_ASSIGNING',
        'PROV_DEVICE_REG_STATUS_ASSIGNING',
      ],
      keepsPolling: false,
    });
  });

  it('keeps the replies as they came', async () => {
    const spaced = `{ "operationId": "${OPERATION_ID}",\n "status": "assigning", "é": 1 }`;
    const result = await registerDevice(await start({ status: 202, body: spaced, retryAfterSeconds: 3 }, done));
    const answers = result.replies.filter(({ step }) => step === 'register' || step === 'poll');
    expect(answers).toEqual([
      { step: 'register', transport, status: 202, body: spaced, retryAfterSeconds: 3 },
      { step: 'poll', transport, status: 200, body: JSON.stringify(ASSIGNED) },
    ]);
  });

  it('waits as long as the service asks for, and 2 s when it does not say', async () => {
    const asked: number[] = [];
    const options = await start({ ...accepted, retryAfterSeconds: 7 }, { status: 202, body: ASSIGNING }, done);
    const waitSeconds = (seconds: number): number => {
      asked.push(seconds);
      return 0;
    };
    await registerDevice({ ...options, waitSeconds });
    expect(asked).toEqual([7, 2]);
  });

  it('sends the same request again after 429 and 5xx', async () => {
    const result = await registerDevice(
      await start(
        { status: 429, body: errorBody(429001), retryAfterSeconds: 4 },
        accepted,
        { status: 503, body: '' },
        done,
      ),
    );
    expect(dps.requests.map((request) => request.step)).toEqual(['register', 'register', 'poll', 'poll']);
    expect(result.outcome).toBe('assigned');
  });

  it('tells why a registration failed', async () => {
    const result = await registerDevice(await start(accepted, { status: 200, body: failedWith(400207) }));
    expect(result).toMatchObject({
      outcome: 'failed',
      errorCode: 400207,
      message: 'Custom allocation failed with status code: 400',
      registrationState: { status: 'failed' },
      cSdkResult: { result: 'PROV_DEVICE_RESULT_DEV_AUTH_ERROR' },
    });
  });

  it('tells that the enrollment is disabled', async () => {
    const result = await registerDevice(await start({ status: 200, body: DISABLED }));
    expect(result).toMatchObject({ outcome: 'disabled', cSdkResult: { result: 'PROV_DEVICE_RESULT_DISABLED' } });
  });

  it('tells why a request was refused', async () => {
    const result = await registerDevice(await start({ status: 401, body: errorBody(401002, 'Unauthorized') }));
    expect(result).toMatchObject({ outcome: 'refused', errorCode: 401002, message: 'Unauthorized' });
    expect(dps.requests).toHaveLength(1);
  });

  it.each([
    ['is no JSON', '<html>'],
    ['is empty', ''],
    ['has a status in another case', { ...ASSIGNED, status: 'Assigned' }],
    ['has no operationId while assigning', { status: 'assigning' }],
  ])('does not make sense of a body that %s', async (_name, body) => {
    const result = await registerDevice(await start({ status: 200, body }));
    expect(result.outcome).toBe('transport-error');
  });

  it('stops after pollMax further requests', async () => {
    const result = await registerDevice({ ...(await start(accepted)), pollMax: 2 });
    expect(result).toMatchObject({ outcome: 'timeout', cSdkResult: { result: null, keepsPolling: true } });
    expect(dps.requests).toHaveLength(3);
  });

  it('gives up when no answer comes', async () => {
    const letPass = holdTimeouts();
    const answer: Script['answer'] = ({ step }) => {
      if (step === 'register') return accepted;
      letPass(150);
      return 'silence';
    };
    const result = await registerDevice({ ...(await device(transport, { answer })), timeoutMs: 150 });
    expect(result).toMatchObject({
      outcome: 'timeout',
      message: 'no answer to the poll request within 150 ms',
      cSdkResult: { result: null, keepsPolling: false },
    });
  });

  it('tells that the connection was cut', async () => {
    const result = await registerDevice(await start(accepted, 'drop'));
    expect(result.outcome).toBe('transport-error');
    expect(result.message).toContain('closed the connection before it answered');
    expect(result.cSdkResult.result).toBe('PROV_DEVICE_RESULT_TRANSPORT');
  });

  it('rejects with the reason of its signal in the middle of a wait', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const onStatus = (event: DeviceEvent): void => {
      if (event.kind === 'waiting') queueMicrotask(() => abort.abort(reason));
    };
    const options = { ...(await start(accepted)), waitSeconds: () => 60, signal: abort.signal, onStatus };
    await expect(registerDevice(options)).rejects.toBe(reason);
  });

  it('rejects with the reason of its signal in the middle of a request', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const options = await device(transport, {
      answer: () => {
        abort.abort(reason);
        return 'silence';
      },
    });
    await expect(registerDevice({ ...options, signal: abort.signal })).rejects.toBe(reason);
  });

  it('names the CA command when it does not know the CA', async () => {
    const { ca: _unknown, ...options } = await start(done);
    const result = await registerDevice(options);
    expect(result).toMatchObject({ outcome: 'transport-error', replies: [] });
    expect(result.message).toContain('dps-emulator ca --path');
    expect(result.cSdkResult).toEqual({
      result: 'PROV_DEVICE_RESULT_TRANSPORT',
      statuses: [],
      keepsPolling: false,
    });
    expect(dps.requests).toEqual([]);
  });

  it('refuses a certificate that is made out to somebody else', async () => {
    const result = await registerDevice({ ...(await start(done)), host: '127.0.0.2' });
    expect(result.outcome).toBe('transport-error');
    expect(result.message).toContain('not made out to 127.0.0.2');
  });

  it('accepts an address that the certificate names', async () => {
    expect((await registerDevice({ ...(await start(done)), host: '127.0.0.1' })).outcome).toBe('assigned');
  });

  it('says that nothing listens', async () => {
    const options = await start(done);
    await dps.stop();
    const result = await registerDevice(options);
    expect(result).toMatchObject({
      outcome: 'transport-error',
      message: `nothing listens on localhost:${options.port}`,
    });
  });

  it('gives up when the connection is accepted but TLS is not answered', async () => {
    const options = await start(done);
    const mute = createServer();
    const accepted = new Promise<Socket>((resolve) => mute.once('connection', resolve));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const letPass = holdTimeouts();
    mute.once('connection', () => letPass(150));
    const result = await registerDevice({ ...options, host: '127.0.0.1', port, timeoutMs: 150 });
    expect(result).toMatchObject({
      outcome: 'timeout',
      message: `no connection to 127.0.0.1:${port} within 150 ms`,
      cSdkResult: { result: 'PROV_DEVICE_RESULT_TRANSPORT', statuses: [] },
    });
    (await accepted).destroy();
    mute.close();
  });

  it('signs in the spelling and for the time it is told', async () => {
    await registerDevice({ ...(await start(done)), sasSpelling: 'c', sasTtlSeconds: -60 });
    const authorization = dps.requests[0]?.authorization ?? '';
    expect(authorization).toMatch(/^SharedAccessSignature sr=0ne00000001%2fregistrations%2fmy%3aReg-01&sig=/);
    expect(Number(/se=(\d+)/.exec(authorization)?.[1])).toBeLessThan(Date.now() / 1000);
  });
});

it('a device waits in real seconds when nobody shortens it, over every transport', async () => {
  const waited = DEVICE_TRANSPORTS.map(async (transport) => {
    const { waitSeconds: _shortened, ...options } = await device(transport, {
      answer: inOrder({ ...accepted, retryAfterSeconds: 1 }, done),
    });
    const startedMs = performance.now();
    expect((await registerDevice(options)).outcome).toBe('assigned');
    return performance.now() - startedMs;
  });
  for (const ms of await Promise.all(waited)) expect(ms).toBeGreaterThanOrEqual(990);
});

describe('a device over MQTT', () => {
  it('goes through the packets in the order of the Node SDK', async () => {
    const events: string[] = [];
    const onStatus = (event: DeviceEvent): void => {
      if (event.kind === 'packet' && event.direction === 'out') events.push(event.cmd);
    };
    await registerDevice({ ...(await device('mqtt', { answer: inOrder(accepted, done) })), onStatus });
    // Two PUBACKs per request: the server sends a reply with a foreign $rid before each of its own.
    const round = ['publish', 'puback', 'puback'];
    expect(events).toEqual(['connect', 'subscribe', ...round, ...round, 'unsubscribe', 'disconnect']);
  });

  it('connects with the user name, id and token of the fact sheet', async () => {
    await registerDevice({ ...(await device('mqtt', { answer: inOrder(done) })), apiVersion: '2021-06-01' });
    expect(dps.connects[0]).toMatchObject({
      clientId: 'my:Reg-01',
      username: '0ne00000001/registrations/my:Reg-01/api-version=2021-06-01&ClientVersion=dps-emulator%2Fwire-device',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 0,
    });
    expect(dps.requests[0]?.authorization).toMatch(/^SharedAccessSignature sr=0ne00000001\/registrations\/my:Reg-01&/);
  });

  it('asks for the WebSocket path and subprotocol of most SDKs', async () => {
    await registerDevice(await device('mqtt-ws', { answer: inOrder(done) }));
    expect(dps.upgrades).toEqual(['/$iothub/websocket mqtt']);
  });

  it.each([1, 2, 3, 4, 5])('is refused by CONNACK %d', async (connack) => {
    const result = await registerDevice(await device('mqtt', { connack }));
    expect(result).toMatchObject({
      outcome: 'refused',
      replies: [{ step: 'connack', status: connack }],
      cSdkResult: { result: 'PROV_DEVICE_RESULT_DEV_AUTH_ERROR' },
    });
    expect(result.message).toContain(`CONNACK ${connack}: `);
  });

  it('is refused by SUBACK 0x80', async () => {
    const result = await registerDevice(await device('mqtt', { suback: 0x80 }));
    expect(result).toMatchObject({ outcome: 'refused', cSdkResult: { result: 'PROV_DEVICE_RESULT_TRANSPORT' } });
  });

  it('gives up when no CONNACK comes', async () => {
    const options = await device('mqtt', { connack: 'silence' });
    const letPass = holdTimeouts();
    const onStatus = (event: DeviceEvent): void => {
      // Sent before the answer is waited for.
      if (event.kind === 'packet' && event.cmd === 'connect') setImmediate(() => letPass(150));
    };
    const result = await registerDevice({ ...options, onStatus, timeoutMs: 150 });
    expect(result).toMatchObject({ outcome: 'timeout', message: 'no CONNACK within 150 ms' });
  });

  it('tells that the connection was cut instead of a CONNACK', async () => {
    const result = await registerDevice(await device('mqtt', { connack: 'drop' }));
    expect(result).toMatchObject({ outcome: 'transport-error', cSdkResult: { statuses: [] } });
  });
});

describe('a device over HTTPS', () => {
  it('uses the paths, the api-version and one token', async () => {
    await registerDevice(await device('https', { answer: inOrder(accepted, done) }));
    const base = '/0ne00000001/registrations/my%3AReg-01';
    expect(dps.requests.map((request) => request.target)).toEqual([
      `${base}/register?api-version=2019-03-31`,
      `${base}/operations/${OPERATION_ID}?api-version=2019-03-31`,
    ]);
    expect(dps.requests[1]?.authorization).toBe(dps.requests[0]?.authorization);
  });

  it('comes back on a new connection, and says that the C SDK would not', async () => {
    const result = await registerDevice(
      await device('https', { answer: inOrder({ ...accepted, closes: true }, done) }),
    );
    expect(result.outcome).toBe('assigned');
    expect(result.replies.map((reply) => reply.newConnection)).toEqual([undefined, true]);
    expect(result.cSdkResult.result).toBe('PROV_DEVICE_RESULT_TRANSPORT');
  });
});
