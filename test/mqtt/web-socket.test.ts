import { once } from 'node:events';
import { connect } from 'node:tls';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { trustOptions } from '../../device/trust.ts';
import { type Emulator, emulatorForFile, emulatorsForTests } from '../flows/support/emulators.ts';
import { unaffected } from '../flows/support/neighbours.ts';
import { answerIn, expectPacket } from './support/mqtt-device.ts';
import { connectPacket, publishPacket, registerTopic, subscribePacket } from './support/packets.ts';
import { rawClient } from './support/raw-client.ts';

const running = emulatorForFile();
const start = emulatorsForTests();
const DEVICE = { registrationId: 'my:Reg-01x' };
const PACKETS = [connectPacket(DEVICE), subscribePacket(1), publishPacket(registerTopic('1'), '{}')];
const BYTES = Buffer.concat(PACKETS.map((packet) => generate(packet)));

/** A WebSocket to the HTTPS port, with the CA verified. */
async function openWebSocket(emulator: Emulator, path: string, protocol: string | string[]): Promise<WebSocket> {
  const { host, port } = emulator.endpoints.https;
  const trust = trustOptions({ host, ca: emulator.ca.certificatePem });
  const socket = new WebSocket(`wss://${host}:${port}${path}`, protocol, { perMessageDeflate: false, ...trust });
  await once(socket, 'open');
  return socket;
}

/** Sends an upgrade as it is written here, and gives everything that comes until the server closes. */
async function upgradeRefused(emulator: Emulator, headers: readonly string[]): Promise<string> {
  const { host, port } = emulator.endpoints.https;
  const socket = connect({ host, port, ...trustOptions({ host, ca: emulator.ca.certificatePem }) });
  await once(socket, 'secureConnect');
  const fixed = ['GET /x HTTP/1.1', 'Host: localhost', 'Connection: Upgrade'];
  socket.write(`${[...fixed, ...headers].join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('MQTT over WebSocket', () => {
  it.each([
    ['/$iothub/websocket', 'mqtt', 'Node and Python'],
    ['/$iothub/websocket', 'MQTT', 'C'],
    ['/mqtt', 'mqtt', 'Java'],
    ['/', 'mqtt', 'C#'],
    ['/:443/$iothub/websocket', 'mqtt', 'Node with a port in its host'],
    ['/any/other/path?iothub-no-client-cert=true', 'Mqtt', 'anyone'],
  ])('is spoken at %s under the name %s, which is echoed (%s)', async (path, protocol) => {
    const socket = await openWebSocket(running(), path, protocol);
    expect(socket.protocol).toBe(protocol);
    const raw = rawClient(createWebSocketStream(socket));
    raw.send(...PACKETS);
    expect(await expectPacket(raw, 'connack')).toMatchObject({ returnCode: 0 });
    raw.destroy();
  });

  it('takes the subprotocol that it knows out of a list', async () => {
    const socket = await openWebSocket(running(), '/', ['chat', 'MQTT', 'constructor']);
    expect(socket.protocol).toBe('MQTT');
    socket.terminate();
  });

  it.each([
    ['one byte a frame', (bytes: Buffer) => [...bytes].map((byte) => Buffer.from([byte]))],
    [
      'frames that end in the middle of packets',
      (bytes: Buffer) => [bytes.subarray(0, 50), bytes.subarray(50, 301), bytes.subarray(301)],
    ],
    ['all packets in one frame', (bytes: Buffer) => [bytes]],
    [
      'empty frames between',
      (bytes: Buffer) => [Buffer.alloc(0), bytes.subarray(0, 9), Buffer.alloc(0), bytes.subarray(9)],
    ],
  ])('is a byte stream: %s', async (_fact, split) => {
    const socket = await openWebSocket(running(), '/', 'mqtt');
    const raw = rawClient(createWebSocketStream(socket));
    for (const frame of split(BYTES)) socket.send(frame);
    await expectPacket(raw, 'connack');
    const kinds: string[] = [];
    for (;;) {
      const packet = await raw.next();
      if (packet === 'closed') break;
      kinds.push(packet.cmd);
      if (packet.cmd !== 'publish') continue;
      expect(answerIn(packet).status).toBe(202);
      break;
    }
    expect(kinds.toSorted()).toEqual(['puback', 'publish', 'suback']);
    raw.destroy();
  });

  it('ends with a message that is text, and nothing of it is carried out', async () => {
    const emulator = await start();
    const socket = await openWebSocket(emulator, '/', 'mqtt');
    const closed = once(socket, 'close');
    socket.send(BYTES, { binary: false });
    await closed;
    expect(emulator.journal.timelines()).toEqual([]);
  });

  it('takes a message in fragments', async () => {
    const socket = await openWebSocket(running(), '/', 'mqtt');
    const raw = rawClient(createWebSocketStream(socket));
    socket.send(BYTES.subarray(0, 30), { fin: false });
    socket.send(BYTES.subarray(30), { fin: true });
    await expectPacket(raw, 'connack');
    raw.destroy();
  });

  it('ends when the client goes without a closing frame, as C does', async () => {
    const emulator = await start();
    await unaffected(emulator, async () => {
      const socket = await openWebSocket(emulator, '/', 'mqtt');
      socket.send(BYTES);
      await once(socket, 'message');
      socket.terminate();
      await once(socket, 'close');
    });
  });

  it('ends for a client whose message is beyond all limits, and for nobody else', async () => {
    const emulator = await start();
    await unaffected(emulator, async () => {
      const socket = await openWebSocket(emulator, '/', 'mqtt');
      socket.send(Buffer.alloc(300 * 1024));
      const [code] = await once(socket, 'close');
      expect(code).toBe(1009);
    });
  });

  it('is ended when the emulator stops', async () => {
    const emulator = await start();
    const socket = await openWebSocket(emulator, '/', 'mqtt');
    const closed = once(socket, 'close');
    await emulator.stop();
    await closed;
  });
});

const GOOD = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

describe('an upgrade', () => {
  it.each([
    ['an unknown subprotocol', [...GOOD, 'Sec-WebSocket-Protocol: chat']],
    ['the subprotocol of AMQP, which is not served yet', [...GOOD, 'Sec-WebSocket-Protocol: AMQPWSB10']],
    ['a subprotocol named like a member of every object', [...GOOD, 'Sec-WebSocket-Protocol: constructor']],
    ['no subprotocol', GOOD],
    ['an empty subprotocol', [...GOOD, 'Sec-WebSocket-Protocol:']],
    ['something that is no WebSocket', ['Upgrade: h2c']],
    [
      'another version of WebSocket',
      ['Upgrade: websocket', 'Sec-WebSocket-Version: 7', 'Sec-WebSocket-Protocol: mqtt'],
    ],
    ['no key', ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: mqtt']],
  ])('with %s is refused, and the connection is closed by the server', async (_fact, headers) => {
    const answer = await upgradeRefused(running(), headers);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|426) /);
  });

  it.each([
    ['AMQPWSB10', /"AMQPWSB10": AMQP over WebSocket is not emulated/],
    ['chat', /subprotocol mqtt\. The client offered "chat"/],
  ])('to %s leaves an entry with cause and next step', async (protocol, detail) => {
    const emulator = await start();
    await upgradeRefused(emulator, [...GOOD, `Sec-WebSocket-Protocol: ${protocol}`]);
    expect(emulator.journal.timelines()).toMatchObject([
      { listener: 'https', entries: [{ event: { reason: 'upgrade-refused', detail: expect.stringMatching(detail) } }] },
    ]);
  });

  it('that is refused tells why in the shape of the service', async () => {
    const answer = await upgradeRefused(running(), [...GOOD, 'Sec-WebSocket-Protocol: chat']);
    const [head, body] = answer.split('\r\n\r\n');
    expect(head).toContain('x-ms-error-code: 400004');
    expect(JSON.parse(body ?? '')).toMatchObject({ errorCode: 400004, message: expect.stringContaining('mqtt') });
  });
});
