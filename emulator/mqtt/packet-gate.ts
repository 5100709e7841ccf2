/** The gate before the brokers: reads CONNECT, answers what a broker's hooks cannot, and chooses who serves the client. */
import { Duplex } from 'node:stream';
import mqtt, { type IConnectPacket } from 'mqtt-packet';
import { createFrameCutter, type Frame, lowerRequestedQos, PACKET_TYPE } from './packet-frames.ts';

export interface GateOptions {
  readonly packetBytesMax: number;
  /** Real milliseconds within which the CONNECT has to arrive. */
  readonly connectTimeoutMs: number;
  /** Takes the client over; its CONNECT is the first thing to be read from the stream. */
  readonly serve: (stream: Duplex, connect: IConnectPacket) => void;
  readonly refused: (connect: Partial<IConnectPacket>, returnCode: number, why: string) => void;
}

/** MQTT 3.1.1 return codes that the gate answers itself. */
const UNACCEPTABLE_PROTOCOL = 1;
const IDENTIFIER_REJECTED = 2;

const PROTOCOL_LEVEL = 4;

/** Packet type 1 and no flags. [MQTT-3.1.1] */
const CONNECT_HEADER = 0x10;

/** Puts the gate in front of a client's byte stream (a TLS socket, or the stream of a WebSocket). */
export function passGate(socket: Duplex, options: GateOptions): void {
  const cutter = createFrameCutter(options.packetBytesMax);
  const stream = new GatedStream(socket);
  let hasBegun = false;
  let state: 'waiting' | 'served' | 'refused' = 'waiting';
  // It also ends a client that was refused and does not hang up.
  const timer = setTimeout(() => socket.destroy(), options.connectTimeoutMs);

  const admit = (frame: Frame): boolean => {
    const connect = readConnect(frame.bytes);
    if (connect === undefined) return refuse({}, undefined, 'the CONNECT is malformed');
    if (connect.protocolId !== 'MQTT' || connect.protocolVersion !== PROTOCOL_LEVEL) {
      return refuse(connect, UNACCEPTABLE_PROTOCOL, 'only MQTT 3.1.1 is spoken here');
    }
    if (connect.clientId === '') return refuse(connect, IDENTIFIER_REJECTED, 'the client id is empty');
    state = 'served';
    clearTimeout(timer);
    options.serve(stream, connect);
    return true;
  };
  const refuse = (connect: Partial<IConnectPacket>, returnCode: number | undefined, why: string): false => {
    state = 'refused';
    options.refused(connect, returnCode ?? 0, why);
    if (returnCode === undefined) socket.destroy();
    else socket.end(Buffer.from([0x20, 0x02, 0x00, returnCode]));
    return false;
  };

  socket.on('data', (chunk: Buffer) => {
    if (state === 'refused' || chunk.length === 0) return;
    // Said by its first byte already: a client that speaks something else is not waited for.
    if (!hasBegun && chunk[0] !== CONNECT_HEADER) {
      refuse({}, undefined, 'the first packet is not a CONNECT');
      return;
    }
    hasBegun = true;
    try {
      for (const frame of cutter.feed(chunk)) {
        if (state === 'waiting' && !admit(frame)) return;
        stream.deliver(frame.type === PACKET_TYPE.subscribe ? lowerRequestedQos(frame.bytes) : frame.bytes);
      }
    } catch (error) {
      // Whatever is wrong with these bytes, it is this client's trouble alone.
      const why = error instanceof Error ? error : new Error(String(error));
      if (state === 'waiting') refuse({}, undefined, why.message);
      else stream.destroy(why);
    }
  });
  socket.once('close', () => clearTimeout(timer));
}

/** `undefined` when the bytes are no CONNECT that can be read; an unknown protocol level is read as far as it goes. */
function readConnect(bytes: Buffer): IConnectPacket | undefined {
  const nameAt = bytes.findIndex((byte, index) => index > 0 && (byte & 0x80) === 0) + 1;
  const nameLength = bytes.length >= nameAt + 2 ? bytes.readUInt16BE(nameAt) : bytes.length;
  const level = bytes[nameAt + 2 + nameLength];
  if (level === undefined) return undefined;
  const protocolId = bytes.toString('utf8', nameAt + 2, nameAt + 2 + nameLength);
  if (protocolId !== 'MQTT' || level !== PROTOCOL_LEVEL) {
    const isMqtt = protocolId === 'MQTT' || protocolId === 'MQIsdp';
    return isMqtt
      ? ({ cmd: 'connect', clientId: '', protocolId, protocolVersion: level } as unknown as IConnectPacket)
      : undefined;
  }
  let connect: IConnectPacket | undefined;
  const parser = mqtt.parser();
  parser.on('packet', (packet) => {
    if (packet.cmd === 'connect') connect = packet;
  });
  parser.on('error', () => {
    connect = undefined;
  });
  parser.parse(bytes);
  return connect;
}

/** What the broker reads and writes: whole packets in, bytes out, and the life of the socket behind it. */
class GatedStream extends Duplex {
  readonly #socket: Duplex;
  #isGathering = false;

  constructor(socket: Duplex) {
    super();
    this.#socket = socket;
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    // Nobody listens before the broker does; a dropped socket must not end the process.
    this.on('error', () => undefined);
  }

  deliver(bytes: Buffer): void {
    this.#gather();
    if (!this.push(bytes)) this.#socket.pause();
  }

  /** What this turn of the event loop answers goes out as one TLS record: a PUBACK and the reply after it, say. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.cork();
    setImmediate(() => {
      this.#isGathering = false;
      this.uncork();
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  /** One TLS record for all that is waiting. */
  override _writev(waiting: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(waiting.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
