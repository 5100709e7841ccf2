/** Cuts a byte stream into whole MQTT packets by their fixed headers, without looking further into them. */

export interface Frame {
  /** The packet type: the upper four bits of the first byte. */
  readonly type: number;
  readonly bytes: Buffer;
}

export const PACKET_TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** The type of the packet that the broker answers this one with; `undefined` when it does not. */
export function answerTo({ type, bytes }: Frame): number | undefined {
  switch (type) {
    case PACKET_TYPE.connect:
      return PACKET_TYPE.connack;
    case PACKET_TYPE.publish:
      return ((bytes[0] ?? 0) & 0x06) === 0x02 ? PACKET_TYPE.puback : undefined;
    case PACKET_TYPE.subscribe:
      return PACKET_TYPE.suback;
    case PACKET_TYPE.unsubscribe:
      return PACKET_TYPE.unsuback;
    case PACKET_TYPE.pingreq:
      return PACKET_TYPE.pingresp;
    default:
      return undefined;
  }
}

export class PacketTooLarge extends Error {}

/** A cutter for one connection: it keeps what it is fed until it is asked for the next packet that is complete. */
export interface FrameCutter {
  feed(chunk: Buffer): void;
  /** @throws {PacketTooLarge} */
  next(): Frame | undefined;
  /** Bytes of memory that are kept. */
  held(): number;
}

export function createFrameCutter(packetBytesMax: number): FrameCutter {
  // One buffer that grows: kept one by one, chunks of a byte would cost hundreds of bytes each.
  let buffer: Buffer = Buffer.alloc(0);
  let start = 0;
  let end = 0;
  let isOwn = false;

  const append = (chunk: Buffer): void => {
    const waiting = end - start;
    if (!isOwn || buffer.length < end + chunk.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(waiting + chunk.length, 2 * waiting));
      buffer.copy(grown, 0, start, end);
      [buffer, start, end, isOwn] = [grown, 0, waiting, true];
    }
    chunk.copy(buffer, end);
    end += chunk.length;
  };
  return {
    feed: (chunk) => {
      if (start < end) append(chunk);
      else [buffer, start, end, isOwn] = [chunk, 0, chunk.length, false];
    },
    next: () => {
      const rest = buffer.subarray(start, end);
      const size = packetSize(rest, packetBytesMax);
      if (size === undefined || rest.length < size) return undefined;
      start += size;
      return { type: (rest[0] ?? 0) >> 4, bytes: rest.subarray(0, size) };
    },
    held: () => (start === end ? 0 : buffer.length),
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
