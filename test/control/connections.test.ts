/** Who is connected, on real sockets: every transport's connections are listed as long as they last. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { trustOptions } from '../../device/trust.ts';
import { API_VERSION, type Emulator, emulatorsForTests, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { httpsClient } from '../http/support/https-client.ts';
import { connectDevice } from '../mqtt/support/mqtt-device.ts';
import { registerTopic } from '../mqtt/support/packets.ts';
import { call } from './support/call.ts';

const start = emulatorsForTests();
const START = '2026-01-01T00:00:00.000Z';
const device = { idScope: SCOPE, registrationId: 'pump-1', apiVersion: API_VERSION, credential: 'sas' };

async function connectionsOf({ endpoints }: Emulator): Promise<unknown> {
  const { json } = await call(endpoints.control, '/connections');
  return (json as { readonly connections: unknown }).connections;
}

async function expectNone(emulator: Emulator): Promise<void> {
  await expect.poll(() => connectionsOf(emulator)).toEqual([]);
}

const at = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

it.each(['mqtt', 'mqtt-ws'] as const)('a device over %s is listed from its CONNECT to its end', async (transport) => {
  const emulator = await start({ seed: 'connections' });
  const { raw, ask } = await connectDevice(emulator, { registrationId: 'pump-1' }, { transport });
  const since = { transport, since: START, sinceMs: Date.parse(START), device };
  expect(await connectionsOf(emulator)).toMatchObject([{ ...since, last: { what: 'subscribe', at: START } }]);
  await emulator.clock.advance(5_000);
  await ask(registerTopic('1'), '{"registrationId":"pump-1"}');
  expect(await connectionsOf(emulator)).toMatchObject([{ ...since, last: { what: 'register', at: at(5) } }]);
  raw.destroy();
  await expectNone(emulator);
  const events = emulator.journal.timeline(SCOPE, 'pump-1')?.entries.map(({ event }) => event);
  expect(events?.filter(({ kind }) => kind.endsWith('connected'))).toMatchObject([
    { kind: 'connected', transport, apiVersion: API_VERSION },
    { kind: 'disconnected', transport },
  ]);
});

it('a connection over HTTPS is listed by its latest request, and a back end without a device', async () => {
  const emulator = await start({ seed: 'connections' });
  const client = httpsClient(emulator);
  const path = `/${SCOPE}/registrations/pump-1/register?api-version=${API_VERSION}`;
  const headers = { authorization: tokenFor({ registrationId: 'pump-1' }), 'content-type': 'application/json' };
  await client.ask({ method: 'PUT', path, headers, body: '{"registrationId":"pump-1"}' });
  expect(await connectionsOf(emulator)).toMatchObject([{ transport: 'https', device, last: { what: 'register' } }]);
  client.close();
  await expectNone(emulator);
  const backEnd = httpsClient(emulator);
  await backEnd.ask({ method: 'GET', path: '/enrollments/none' });
  expect(await connectionsOf(emulator)).toMatchObject([{ device: null, last: { what: 'GET /enrollments/:id' } }]);
  backEnd.close();
  await expectNone(emulator);
});

it.each([
  'mqtt',
  'https',
] as const)('a client of the %s port that says nothing is listed without a name', async (name) => {
  const emulator = await start({ seed: 'connections' });
  const { host, port } = emulator.endpoints[name];
  const socket = connect({ host, port, ...trustOptions({ host, ca: emulator.ca.certificatePem }) });
  await once(socket, 'secureConnect');
  const expected = [{ transport: name, since: START, device: null, last: null }];
  await expect.poll(() => connectionsOf(emulator)).toMatchObject(expected);
  socket.destroy();
  await expectNone(emulator);
});
