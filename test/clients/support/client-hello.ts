/** A TLS 1.2 hello, byte by byte, and what a server says to it: for clients whose libraries cannot be installed here. */
import { connect } from 'node:net';

export interface HelloParts {
  /** Legacy version of the hello; 0x0303 is TLS 1.2. */
  readonly version?: number;
  readonly suites: readonly number[];
  readonly curves?: readonly number[];
  readonly signatures?: readonly number[];
  readonly serverName?: string;
}

export function clientHello({
  version = 0x0303,
  suites,
  curves = [],
  signatures = [],
  serverName,
}: HelloParts): Buffer {
  const extensions = [
    ...(serverName === undefined
      ? []
      : [extension(0, vector(Buffer.concat([Buffer.from([0]), vector(Buffer.from(serverName))])))]),
    ...(curves.length === 0 ? [] : [extension(10, vector(words(curves))), extension(11, Buffer.from([1, 0]))]),
    ...(signatures.length === 0 ? [] : [extension(13, vector(words(signatures)))]),
  ];
  const body = Buffer.concat([
    words([version]),
    Buffer.alloc(32, 7),
    Buffer.from([0]),
    vector(words(suites)),
    Buffer.from([1, 0]),
    ...(extensions.length === 0 ? [] : [vector(Buffer.concat(extensions))]),
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0]), words([body.length]), body]);
  return Buffer.concat([Buffer.from([0x16, 3, 1]), vector(handshake)]);
}

function words(values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function vector(content: Buffer): Buffer {
  return Buffer.concat([words([content.length]), content]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([words([type]), vector(content)]);
}

export type ServerSays =
  | { readonly kind: 'hello'; readonly suite: number; readonly certificate: Buffer }
  | { readonly kind: 'alert'; readonly number: number };

/** Sends the bytes and reads up to the server's certificate, or its alert. */
export function sayHello(port: number, hello: Buffer): Promise<ServerSays> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(hello));
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const said = read(bytes);
      if (said === undefined) return;
      resolve(said);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server hung up without a word')));
  });
}

function read(bytes: Buffer): ServerSays | undefined {
  if (bytes[0] === 0x15 && bytes.length >= 7) return { kind: 'alert', number: bytes.readUInt8(6) };
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    messages.push(bytes.subarray(at + 5, at + 5 + bytes.readUInt16BE(at + 3)));
  }
  const handshake = Buffer.concat(messages);
  const certificateAt = handshake.length < 4 ? 0 : 4 + handshake.readUIntBE(1, 3);
  if (certificateAt === 0 || handshake.length < certificateAt + 10) return undefined;
  const length = handshake.readUIntBE(certificateAt + 7, 3);
  if (handshake.length < certificateAt + 10 + length) return undefined;
  const suiteAt = 4 + 2 + 32 + 1 + handshake.readUInt8(38);
  return {
    kind: 'hello',
    suite: handshake.readUInt16BE(suiteAt),
    certificate: handshake.subarray(certificateAt + 10, certificateAt + 10 + length),
  };
}
