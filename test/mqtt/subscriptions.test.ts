import fc from 'fast-check';
import { generate, type ISubscribePacket, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { prepareSubscribe } from '../../emulator/mqtt/subscriptions.ts';

describe('a SUBSCRIBE', () => {
  it('asks for QoS 1 where it asked for 2, and is else the same', () => {
    const filter = fc.string({ minLength: 1, maxLength: 200 });
    const qos = fc.constantFrom(0, 1, 2);
    fc.assert(
      fc.property(fc.array(fc.record({ topic: filter, qos }), { minLength: 1, maxLength: 8 }), (asked) => {
        const packet = { cmd: 'subscribe', messageId: 515, subscriptions: asked } as ISubscribePacket;
        const lowered = asked.map(({ topic, qos: was }) => expect.objectContaining({ topic, qos: Math.min(was, 1) }));
        expect(readSubscribe(prepared(generate(packet)))).toEqual({ messageId: 515, subscriptions: lowered });
      }),
    );
  });

  it('that is malformed does not throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 40 }), (bytes) => {
        prepareSubscribe(Buffer.from(bytes));
      }),
    );
  });
});

describe('a SUBACK', () => {
  it('has a return code for every filter of its SUBSCRIBE, in their order', () => {
    const filters = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(filters, fc.subarray(['a', 'b', 'c']), (asked, refused) => {
        const subscriptions = asked.map((topic) => ({ topic, qos: 1 as const }));
        const toSuback = prepareSubscribe(generate({ cmd: 'subscribe', messageId: 9, subscriptions }));
        // As Aedes answers: one code for each filter that is different.
        const codeOf = (filter: string) => (refused.includes(filter) ? 0x80 : 1);
        const granted = [...new Set(asked)].map(codeOf);
        const suback = generate({ cmd: 'suback', messageId: 9, granted });
        const expected = generate({ cmd: 'suback', messageId: 9, granted: asked.map(codeOf) });
        expect(toSuback?.(suback) ?? suback).toEqual(expected);
      }),
    );
  });
});

function prepared(subscribe: Buffer): Buffer {
  prepareSubscribe(subscribe);
  return subscribe;
}

function readSubscribe(bytes: Buffer) {
  let read: unknown;
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet) => {
    if (packet.cmd === 'subscribe') read = { messageId: packet.messageId, subscriptions: packet.subscriptions };
  });
  packets.parse(bytes);
  return read;
}
