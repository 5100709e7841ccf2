/** Cuts a byte stream into whole MQTT packets by their fixed headers, without looking further into them. */

export interface Frame {
  /** The packet type: the upper four bits of the first byte. */
  readonly type: number;
  readonly bytes: Buffer;
}

export const PACKET_TYPE = { subscribe: 8 } as const;

export class PacketTooLarge extends Error {}

/** A cutter for one connection: `feed` returns the packets that are complete, and keeps the rest. */
export function createFrameCutter(packetBytesMax: number): { feed(chunk: Buffer): readonly Frame[] } {
  let chunks: Buffer[] = [];
  let buffered = 0;
  /** Bytes that the packet at the front needs; 2 until its length is known. */
  let needed = 2;

  return {
    feed: (chunk) => {
      chunks.push(chunk);
      buffered += chunk.length;
      if (buffered < needed) return [];
      let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      const frames: Frame[] = [];
      for (;;) {
        const size = packetSize(rest, packetBytesMax);
        needed = size ?? rest.length + 1;
        if (size === undefined || rest.length < size) break;
        frames.push({ type: (rest[0] ?? 0) >> 4, bytes: rest.subarray(0, size) });
        rest = rest.subarray(size);
        needed = 2;
      }
      chunks = rest.length === 0 ? [] : [rest];
      buffered = rest.length;
      return frames;
    },
  };
}

/** The whole size of the packet at the front; `undefined` while its length is not there yet. [MQTT-2.2.3] */
function packetSize(bytes: Buffer, packetBytesMax: number): number | undefined {
  let length = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (index - 1);
    if ((byte & 0x80) === 0) {
      const size = 1 + index + length;
      if (size > packetBytesMax) throw new PacketTooLarge(`a packet of ${size} bytes; at most ${packetBytesMax}`);
      return size;
    }
  }
  throw new PacketTooLarge('a remaining length of more than four bytes');
}

/**
 * Lowers every requested QoS 2 in a SUBSCRIBE to 1, which is the most that the service grants. [dps-device-protocol §1.1]
 * A malformed packet is left for the broker to refuse.
 */
export function lowerRequestedQos(subscribe: Buffer): Buffer {
  let offset = 1;
  while (((subscribe[offset] ?? 0) & 0x80) !== 0) offset += 1;
  offset += 3; // the last byte of the length, and the packet id
  while (offset + 2 < subscribe.length) {
    const filterLength = subscribe.readUInt16BE(offset);
    const qosAt = offset + 2 + filterLength;
    if (subscribe[qosAt] === 2) subscribe[qosAt] = 1;
    offset = qosAt + 1;
  }
  return subscribe;
}
