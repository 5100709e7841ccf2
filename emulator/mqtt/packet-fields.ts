/** Reads the fields of a packet one after the other; what is not there is `undefined`. */

export interface Fields {
  byte(): number | undefined;
  /** Of two bytes. */
  number(): number | undefined;
  /** A text, or bytes, behind their length. */
  text(): Buffer | undefined;
  /** How many bytes have not been read. */
  left(): number;
}

/** Those behind the fixed header. */
export function fieldsOf(packet: Buffer): Fields {
  let at = 1;
  while (((packet[at] ?? 0) & 0x80) !== 0) at += 1;
  at += 1;
  const take = (length: number): Buffer | undefined => {
    if (at + length > packet.length) return undefined;
    at += length;
    return packet.subarray(at - length, at);
  };
  const number = (): number | undefined => take(2)?.readUInt16BE();
  return {
    byte: () => take(1)?.[0],
    number,
    text: () => {
      const length = number();
      return length === undefined ? undefined : take(length);
    },
    left: () => packet.length - at,
  };
}
