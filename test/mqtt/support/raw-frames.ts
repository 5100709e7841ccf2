/** Packets written byte by byte, right or wrong: what no library would write. */

/** A packet: its first byte, its length, its fields. */
export function frame(firstByte: number, ...fields: readonly (Buffer | number[])[]): Buffer {
  const rest = Buffer.concat(fields.map((field) => Buffer.from(field)));
  const digits: number[] = [];
  let length = rest.length;
  do {
    digits.push((length % 128) | (length >= 128 ? 0x80 : 0));
    length = Math.floor(length / 128);
  } while (length > 0);
  return Buffer.concat([Buffer.from([firstByte, ...digits]), rest]);
}

/** A text, or bytes, behind their length. */
export function text(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export const SURROGATE = Buffer.from([0xed, 0xa0, 0x80]);
export const NUL = Buffer.from([0x61, 0x00]);

/** CONNECT with these flags and what stands behind its header. */
export function connectFrame(flags: number, ...fields: readonly Buffer[]): Buffer {
  return frame(0x10, text('MQTT'), [4, flags, 0, 0], ...fields);
}
