import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { type GateOptions, passGate } from '../../emulator/mqtt/packet-gate.ts';
import { connectPacket, publishPacket, subscribePacket } from './support/packets.ts';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const SUBACK = Buffer.from([0x90, 3, 0, 1, 1]);
const PINGREQ = Buffer.from([0xc0, 0]);
const PINGRESP = Buffer.from([0xd0, 0]);
const CONNECT = generate(connectPacket({ registrationId: 'dev-1' }));

/** A gate between two ends of a pipe, with what came of it. */
function gate(options: Partial<GateOptions> = {}) {
  const [client, server] = duplexPair();
  const served: string[] = [];
  const refused: string[] = [];
  passGate(server, {
    packetBytesMax: 1000,
    connectTimeoutMs: 60_000,
    serve: (_stream, clientId) => served.push(clientId),
    refused: (returnCode, why) => refused.push(`${returnCode} ${why}`),
    holds: () => undefined,
    ...options,
  });
  return { client, server, served, refused };
}

describe('the gate before the brokers', () => {
  it('ends a client whose CONNECT does not arrive in time, however busily it sends', async () => {
    const { client, server, served } = gate({ connectTimeoutMs: 40 });
    let sent = 0;
    const drip = setInterval(() => {
      client.write(CONNECT.subarray(sent, sent + 1));
      sent += 1;
    }, 1);
    await once(server, 'close');
    clearInterval(drip);
    expect(sent).toBeLessThan(CONNECT.length);
    expect(served).toEqual([]);
  });

  it('ends a client that sends nothing at all', async () => {
    const { server } = gate({ connectTimeoutMs: 20 });
    await once(server, 'close');
  });

  it('ends a client that was refused and does not hang up', async () => {
    const { client, server, refused } = gate({ connectTimeoutMs: 40 });
    client.write(generate(connectPacket({ registrationId: '' })));
    await once(server, 'close');
    expect(refused).toEqual(['2 the client id is empty']);
  });

  it('hears nothing more of a client that was refused, not even a good CONNECT', async () => {
    const { client, served, refused } = gate();
    client.write(generate(connectPacket({ registrationId: '' })));
    expect(await once(client, 'data')).toEqual([Buffer.from([0x20, 2, 0, 2])]);
    client.write(CONNECT);
    client.end();
    client.resume();
    await once(client, 'close');
    expect(refused).toHaveLength(1);
    expect(served).toEqual([]);
  });

  it('cuts a client off at its first byte when that is no CONNECT', async () => {
    const { client, server, refused } = gate();
    client.write(Buffer.from('G'));
    await once(server, 'close');
    expect(refused).toEqual(['undefined the first packet is not a CONNECT']);
  });

  it.each([
    ['AMQP', Buffer.from('AMQP\u0003\u0001\0\0', 'latin1'), 'it is AMQP'],
    ['HTTP', Buffer.from('PUT /0ne1/registrations/d/register HTTP/1.1'), 'an HTTP request'],
    ['TLS inside TLS', Buffer.from('1603010200010001fc', 'hex'), 'a TLS hello inside TLS'],
  ])('tells a client that speaks %s from others', async (_protocol, bytes, fact) => {
    const { client, server, refused } = gate();
    client.write(bytes);
    await once(server, 'close');
    expect(refused).toEqual([expect.stringContaining(fact)]);
  });

  it('takes the retain flag off a PUBLISH, which a broker would keep for ever', async () => {
    const chunks: Buffer[] = [];
    const { client } = gate({
      serve: (stream) => {
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.once('data', () => stream.write(CONNACK));
        stream.on('end', () => stream.end());
      },
    });
    const publish = { ...publishPacket('a', 'b', { retain: true }), qos: 0 } as const;
    client.end(Buffer.concat([CONNECT, generate(publish)]));
    client.resume();
    await once(client, 'end');
    expect(chunks[1]).toEqual(generate({ ...publish, retain: false }));
  });

  it('cuts a client off as soon as its CONNECT announces too much', async () => {
    const { client, server, refused } = gate();
    client.write(Buffer.from([0x10, 0xff, 0x7f]));
    await once(server, 'close');
    expect(refused).toEqual(['undefined a packet of 16386 bytes; at most 1000']);
  });

  it('hands over the CONNECT that it has read, and the bytes untouched', async () => {
    const chunks: Buffer[] = [];
    const { client, served } = gate({
      serve: (stream, clientId) => {
        served.push(clientId);
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        const answers = [CONNACK, PINGRESP];
        stream.on('data', () => stream.write(answers.shift()));
        stream.on('end', () => stream.end());
      },
    });
    client.end(Buffer.concat([CONNECT, PINGREQ]));
    client.resume();
    await once(client, 'end');
    expect(served).toEqual(['dev-1']);
    expect(Buffer.concat(chunks)).toEqual(Buffer.concat([CONNECT, PINGREQ]));
  });

  it('lets nothing through behind a CONNECT before CONNACK 0 has left, and then one packet an answer', async () => {
    const log: string[] = [];
    const answers = [CONNACK, SUBACK, PINGRESP];
    const { client } = gate({
      serve: (stream) => {
        stream.on('data', (chunk: Buffer) => {
          log.push(`${chunk.length} bytes from ${chunk[0]}`);
          setImmediate(() => {
            log.push('answer');
            stream.write(answers.shift());
          });
        });
        stream.on('end', () => stream.end());
      },
    });
    const subscribe = generate(subscribePacket(1));
    client.end(Buffer.concat([CONNECT, subscribe, PINGREQ]));
    client.resume();
    await once(client, 'end');
    const heard = [CONNECT, subscribe, PINGREQ].map((bytes) => `${bytes.length} bytes from ${bytes[0]}`);
    expect(log).toEqual(heard.flatMap((line) => [line, 'answer']));
  });

  it('lets nothing through behind a CONNECT that is refused', async () => {
    const heard: number[] = [];
    const { client, server } = gate({
      connectTimeoutMs: 40,
      serve: (stream) => {
        stream.on('data', (chunk: Buffer) => heard.push(chunk[0] ?? 0));
        stream.once('data', () => stream.write(Buffer.from([0x20, 2, 0, 5])));
      },
    });
    client.write(Buffer.concat([CONNECT, PINGREQ]));
    client.write(PINGREQ);
    client.resume();
    await once(server, 'close');
    expect(heard).toEqual([0x10]);
  });
});
