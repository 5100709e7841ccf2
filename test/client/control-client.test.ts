import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ClientError } from '../../client/client-error.ts';
import { type ControlClient, createControlClient } from '../../client/control-client.ts';
import { controlRoutes } from '../../emulator/control/routes.ts';
import { contosoForTests, DEVICE, HUB, register, SCOPE } from '../control/support/contoso.ts';

const start = contosoForTests();

/** Every call there is, each with what makes it succeed. */
async function callEverything(client: ControlClient): Promise<void> {
  await client.health();
  await client.ready();
  await client.ca();
  await client.config();
  await client.seed(await client.setUp());
  await client.registrations();
  await client.registration(SCOPE, DEVICE);
  await client.connections();
  await client.timelines({});
  await client.timeline(SCOPE, DEVICE);
  for await (const _entry of client.events({ registrationId: DEVICE })) break;
  await client.trace();
  await client.clock();
  await client.pendingOnClock();
  await client.setClockMode('manual');
  await client.advanceClock(1);
  await client.nextOnClock();
  await client.settleClock();
  await client.hubs();
  await client.hubDevices(HUB);
  await client.hubDevice(HUB, DEVICE);
  await client.twin(HUB, DEVICE);
  await client.explainSas({ token: 'none' });
  await client.groups.put('mine', { location: 'westus' });
  await client.groups.list();
  await client.groups.get('mine');
  for (const kind of [client.provisioningServices, client.iotHubs]) {
    await kind.put('one', { resourceGroup: 'mine' });
    await kind.list('mine');
    await kind.get('one');
    await kind.policies('one', 'mine');
    await kind.delete('one', 'mine');
  }
  await client.groups.delete('mine');
  await client.forgetTimelines(SCOPE);
  await client.reset();
}

describe('the control client', () => {
  it('has a call for every route of the control API, and calls no other', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const asked = vi.spyOn(globalThis, 'fetch');
    onTestFinished(() => asked.mockRestore());
    await callEverything(createControlClient({ url: control, source: 'the test' }));
    const streamLimits = { keepAliveMs: 1000, backlogBytesMax: 1 };
    const routes = controlRoutes({
      state: emulator,
      around: emulator,
      connections: () => [],
      controlUrl: () => '',
      streamLimits,
    }).map(({ method, path }) => ({
      name: `${method} ${path}`,
      pattern: new RegExp(`^${method} ${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
    const calls = asked.mock.calls.map(([url, init]) => `${init?.method ?? 'GET'} ${new URL(String(url)).pathname}`);
    expect(routes.filter(({ pattern }) => !calls.some((one) => pattern.test(one))).map(({ name }) => name)).toEqual([]);
    expect(calls.filter((one) => !routes.some(({ pattern }) => pattern.test(one)))).toEqual([]);
  });

  it('ids reach the emulator as they are, whatever characters they have', async () => {
    const { control } = await start();
    const client = createControlClient({ url: control, source: 'the test' });
    await expect(client.registration(SCOPE, 'a/b?c#d e')).rejects.toThrow('"a/b?c#d e"');
  });

  it.each([
    ['not-found', 'not-found', (client: ControlClient) => client.twin(HUB, 'nobody')],
    ['not-found', 'ResourceNotFound', (client: ControlClient) => client.iotHubs.get('none')],
    ['refused', 'wrong-clock-mode', (client: ControlClient) => client.advanceClock(1)],
    ['refused', 'invalid', (client: ControlClient) => client.setClockMode('manual', 5)],
  ] as const)('an answer of the emulator is %s, with its code %s', async (kind, code, ask) => {
    const { control } = await start(undefined, { clock: 'system' });
    const client = createControlClient({ url: control, source: 'the test' });
    await expect(ask(client)).rejects.toMatchObject({ name: 'ClientError', kind, code });
  });

  it('knows whoever answers as no emulator does, and one that is not there', async () => {
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createControlClient({ url, source: 'the test' });
    await expect(client.ready()).rejects.toMatchObject({ kind: 'foreign' });
    await new Promise((resolve) => server.close(resolve));
    const failure = await client.ready().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClientError);
    expect(failure).toMatchObject({ kind: 'no-emulator', message: expect.stringContaining('(from the test)') });
  });
});
