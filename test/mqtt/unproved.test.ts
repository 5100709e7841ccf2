/** What clients may take up over real sockets before they have proved who they are. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { createUpgrader } from '../../emulator/http/web-socket.ts';
import { API_VERSION, emulatorsForTests, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { httpsClient } from '../http/support/https-client.ts';
import { connectDevice } from './support/mqtt-device.ts';
import { registerTopic } from './support/packets.ts';
import { openRaw } from './support/raw-client.ts';

const start = emulatorsForTests();

it.each([
  'mqtt',
  'mqtt-ws',
] as const)('over %s the silent ones make room, and no device that proved who it is', async (transport) => {
  const emulator = await start({ unprovedConnectionsMax: 2 });
  const good = await connectDevice(emulator, { registrationId: 'good' }, { transport });
  const silent = await openRaw(emulator, transport);
  const impostor = { connect: { password: Buffer.from('nonsense') }, transport };
  const first = await connectDevice(emulator, { registrationId: 'first' }, impostor);
  const second = await connectDevice(emulator, { registrationId: 'second' }, impostor);
  expect(await silent.untilClosed()).toEqual([]);
  for (const { ask } of [first, second]) expect((await ask(registerTopic('1'))).status).toBe(401);
  expect(await good.provision()).toMatchObject({ status: 'assigned' });
  const told = emulator.journal.timelines().filter(({ kind }) => kind === 'listener');
  expect(told).toMatchObject([{ entries: [{ event: { reason: 'too-many-unproved' } }] }]);
});

it.each(['mqtt', 'https'] as const)('who does not even shake hands counts too, at the %s port', async (name) => {
  const emulator = await start({ unprovedConnectionsMax: 3 });
  const good = await connectDevice(emulator, { registrationId: 'good' });
  const { port } = emulator.endpoints[name];
  const silent = Array.from({ length: 5 }, () => connectTcp({ host: '127.0.0.1', port }));
  const closed = silent.map((socket) => once(socket.resume(), 'close'));
  await Promise.all(closed.slice(0, 2));
  expect(silent.map((socket) => socket.closed)).toEqual([true, true, false, false, false]);
  expect(await good.provision()).toMatchObject({ status: 'assigned' });
  for (const socket of silent) socket.destroy();
});

it('a device whose enrollment is made while it is connected has proved who it is from its register on', async () => {
  const emulator = await start({ unprovedConnectionsMax: 1, assume: { 'connection-after-401': 'stay' } });
  const device = { idScope: '0ne00000009', registrationId: 'early' };
  const early = await connectDevice(emulator, device);
  expect((await early.ask(registerTopic('1'))).status).toBe(404);
  const { dps } = await emulator.exportSetUp();
  await emulator.seed({ dps: [{ ...dps?.[0], name: 'late', idScope: device.idScope, enrollments: [] }] });
  expect((await early.ask(registerTopic('2'))).status).toBe(202);
  await openRaw(emulator);
  expect((await early.ask(registerTopic('3'))).status).toBe(202);
});

it('a device or a back end over HTTPS has proved who it is once its request was served', async () => {
  const emulator = await start({ unprovedConnectionsMax: 1 });
  const path = `/${SCOPE}/registrations/dev-1/register?api-version=${API_VERSION}`;
  const headers = { authorization: tokenFor({ registrationId: 'dev-1' }), 'content-type': 'application/json' };
  const register = { method: 'PUT', path, headers, body: '{}' };
  const [good, bad] = [httpsClient(emulator), httpsClient(emulator)];
  expect((await good.ask(register)).status).toBe(202);
  expect((await bad.ask({ ...register, headers: { ...headers, authorization: 'nonsense' } })).status).toBe(401);
  await openRaw(emulator);
  const ended = () => emulator.journal.timelines().find(({ kind }) => kind === 'listener')?.entries.length;
  await expect.poll(ended, { interval: 5 }).toBe(1);
  expect((await good.ask(register)).status).toBe(202);
  for (const client of [good, bad]) client.close();
});

it('a WebSocket message that comes byte by byte is counted by what its pieces cost, until it is whole', async () => {
  const [client, server] = duplexPair();
  const held: number[] = [];
  const messages: Buffer[] = [];
  const upgrader = createUpgrader({
    protocols: { mqtt: (stream) => stream.on('data', (chunk: Buffer) => messages.push(chunk)) },
    messageBytesMax: 200_000,
    holder: () => (bytes) => held.push(bytes),
  });
  const headers = {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': 'mqtt',
  };
  // A masked frame of 1,000 bytes.
  const frame = Buffer.concat([Buffer.from([0x82, 0xfe, 0x03, 0xe8, 0, 0, 0, 0]), Buffer.alloc(1000, 0x10)]);
  upgrader.handle({ method: 'GET', headers } as unknown as IncomingMessage, server, frame.subarray(0, 8));
  await once(client, 'data');
  for (const byte of frame.subarray(8)) {
    client.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Buffer.concat(messages)).toHaveLength(1000);
  expect(Math.max(...held)).toBeGreaterThan(300_000);
  expect(held.at(-1)).toBeLessThan(1000);
  upgrader.stop();
});
