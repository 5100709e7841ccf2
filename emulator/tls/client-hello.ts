/** Reads what a client opens with: the versions, suites and curves that it offers, or that it does not speak TLS at all. */

export interface ClientHello {
  /** As on the wire: 0x0303 is TLS 1.2. */
  readonly versions: readonly number[];
  readonly suites: readonly number[];
  readonly curves: readonly number[];
  readonly signatures: readonly number[];
}

export type Opening =
  /** More has to come before anything can be said. */
  | { readonly kind: 'partial' }
  /** `speaks`: what it looks like. */
  | { readonly kind: 'plain'; readonly speaks: string }
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  /** TLS, but nothing that this reader takes apart: OpenSSL judges it. */
  | { readonly kind: 'unreadable' };

const HANDSHAKE_RECORD = 0x16;
const CLIENT_HELLO = 1;
const RECORD_HEADER_BYTES = 5;
const NOTHING = Buffer.alloc(0);
/** Version, random: what stands before the session id. [RFC 5246 §7.4.1.2] */
const SESSION_ID_AT = RECORD_HEADER_BYTES + 4 + 2 + 32;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;

export function readOpening(bytes: Buffer): Opening {
  const [first] = bytes;
  if (first === undefined) return { kind: 'partial' };
  // The high bit: a hello in the form of SSL 2.0, which may offer TLS all the same. [RFC 5246 E.2]
  if ((first & 0x80) !== 0) return { kind: 'unreadable' };
  if (first !== HANDSHAKE_RECORD) {
    return bytes.length < RECORD_HEADER_BYTES ? { kind: 'partial' } : { kind: 'plain', speaks: plainProtocol(bytes) };
  }
  if (bytes.length < RECORD_HEADER_BYTES) return { kind: 'partial' };
  if (bytes.length < RECORD_HEADER_BYTES + bytes.readUInt16BE(3)) return { kind: 'partial' };
  const hello = readHello(bytes);
  return hello === undefined ? { kind: 'unreadable' } : { kind: 'hello', hello };
}

function plainProtocol(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 16);
  if (/^[A-Z]{3,8} /.test(text)) return 'plain HTTP';
  if (text.startsWith('AMQP')) return 'plain AMQP';
  return bytes[0] === 0x10 ? 'plain MQTT' : 'bytes that are no TLS';
}

/** `undefined` where the hello is cut over several records, or is none. */
function readHello(bytes: Buffer): ClientHello | undefined {
  try {
    if (bytes[RECORD_HEADER_BYTES] !== CLIENT_HELLO) return undefined;
    const legacyVersion = bytes.readUInt16BE(RECORD_HEADER_BYTES + 4);
    const suitesAt = SESSION_ID_AT + 1 + bytes.readUInt8(SESSION_ID_AT);
    const suites = numbersIn(vector16(bytes, suitesAt));
    const compressionAt = suitesAt + 2 + suites.length * 2;
    const extensionsAt = compressionAt + 1 + bytes.readUInt8(compressionAt);
    const found =
      extensionsAt + 2 <= bytes.length ? extensionsIn(vector16(bytes, extensionsAt)) : new Map<number, Buffer>();
    const offered = (extension: number, at: number): readonly number[] =>
      numbersIn(found.get(extension)?.subarray(at) ?? NOTHING).filter(isOffer);
    return {
      versions: found.has(SUPPORTED_VERSIONS) ? offered(SUPPORTED_VERSIONS, 1) : [legacyVersion],
      suites: suites.filter(isOffer),
      curves: offered(SUPPORTED_GROUPS, 2),
      signatures: offered(SIGNATURE_ALGORITHMS, 2),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Listed as suites, but none: renegotiation and fall-back. */
const SIGNALS: readonly number[] = [0x00ff, 0x5600];

/** Nor are the values (0x0a0a, 0x1a1a …) that clients strew in to keep servers tolerant. [RFC 8701] */
function isOffer(value: number): boolean {
  const isStrewn = (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
  return !isStrewn && !SIGNALS.includes(value);
}

/** A vector with two bytes of length before it. */
function vector16(bytes: Buffer, at: number): Buffer {
  const length = bytes.readUInt16BE(at);
  if (at + 2 + length > bytes.length) throw new RangeError('the vector is longer than the hello');
  return bytes.subarray(at + 2, at + 2 + length);
}

function numbersIn(bytes: Buffer): readonly number[] {
  return Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => bytes.readUInt16BE(index * 2));
}

function extensionsIn(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const content = vector16(bytes, at + 2);
    found.set(bytes.readUInt16BE(at), content);
    at += 4 + content.length;
  }
  return found;
}
