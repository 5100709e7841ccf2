import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { createFrameCutter, type Frame, type FrameCutter, PacketTooLarge } from '../../emulator/mqtt/packet-frames.ts';
import { connectPacket, publishPacket, subscribePacket } from './support/packets.ts';

const PACKETS: readonly Packet[] = [
  connectPacket({ registrationId: 'dev-1' }),
  subscribePacket(2),
  publishPacket('$dps/x', 'y'.repeat(300)),
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
];
const WHOLE = PACKETS.map((packet) => generate(packet));

describe('the frame cutter', () => {
  it('finds the same packets however the bytes are split', () => {
    const bytes = Buffer.concat(WHOLE);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 }), (cuts) => {
        const cutter = createFrameCutter(10_000);
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const frames = at.slice(1).flatMap((end, index) => cut(cutter, bytes.subarray(at[index], end)));
        expect(frames.map((frame) => frame.bytes)).toEqual(WHOLE);
        expect(frames.map((frame) => frame.type)).toEqual([1, 8, 3, 12, 14]);
      }),
    );
  });

  it('lets a packet of the greatest size through, and refuses one byte more before it has come', () => {
    const packet = generate(publishPacket('t', 'x'.repeat(500)));
    expect(cut(createFrameCutter(packet.length), packet)).toHaveLength(1);
    expect(() => cut(createFrameCutter(packet.length - 1), packet.subarray(0, 3))).toThrow(PacketTooLarge);
  });

  it('keeps no more than twice the bytes that wait, in whatever pieces they come', () => {
    const cutter = createFrameCutter(20_000);
    const packet = generate(publishPacket('t', 'x'.repeat(15_000)));
    let most = 0;
    for (let index = 0; index < packet.length - 1; index += 1) {
      expect(cut(cutter, packet.subarray(index, index + 1))).toEqual([]);
      most = Math.max(most, cutter.held() / (index + 1));
    }
    expect(most).toBeLessThanOrEqual(2);
    expect(cut(cutter, packet.subarray(-1)).map(({ bytes }) => bytes.equals(packet))).toEqual([true]);
    expect(cutter.held()).toBe(0);
  });

  it('never throws anything but PacketTooLarge, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (chunks) => {
        const cutter = createFrameCutter(1000);
        try {
          for (const chunk of chunks) cut(cutter, Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(PacketTooLarge);
        }
      }),
    );
  });
});

function cut(cutter: FrameCutter, chunk: Buffer): readonly Frame[] {
  cutter.feed(chunk);
  const frames: Frame[] = [];
  for (let frame = cutter.next(); frame !== undefined; frame = cutter.next()) frames.push(frame);
  return frames;
}
