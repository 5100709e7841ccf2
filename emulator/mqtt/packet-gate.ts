/** The gate before the brokers: reads CONNECT, answers what a broker's hooks cannot, and lets one packet through at a time. */
import type { Duplex } from 'node:stream';
import { GatedStream } from './gated-stream.ts';
import { answerTo, createFrameCutter, type Frame, type FrameCutter, PACKET_TYPE } from './packet-frames.ts';
import { faultOf } from './packet-rules.ts';
import { readConnect } from './read-connect.ts';
import { prepareSubscribe } from './subscriptions.ts';

export interface GateOptions {
  readonly packetBytesMax: number;
  /** Real milliseconds within which the CONNECT has to arrive. */
  readonly connectTimeoutMs: number;
  /** Takes the client over; its CONNECT is the first thing to be read from the stream. */
  readonly serve: (stream: Duplex, clientId: string) => void;
  /** @param returnCode of the CONNACK; `undefined` when the connection is closed without one */
  readonly refused: (returnCode: number | undefined, why: string) => void;
  /** How many bytes of the client's wait here. */
  readonly holds: (bytes: number) => void;
}

/** MQTT 3.1.1 return codes that the gate answers itself. */
const UNACCEPTABLE_PROTOCOL = 1;
const IDENTIFIER_REJECTED = 2;

/** Packet type 1 and no flags. [MQTT-3.1.0-1] */
const CONNECT_HEADER = 0x10;

/** Of a PUBLISH, in its first byte. */
const RETAIN = 0x01;

/** Puts the gate in front of a client's byte stream (a TLS socket, or the stream of a WebSocket). */
export function passGate(socket: Duplex, options: GateOptions): void {
  const passage = new Passage(socket, options);
  socket.on('data', (chunk: Buffer) => passage.hear(chunk));
  socket.on('end', () => passage.end());
  socket.once('close', () => passage.close());
}

/** One client's way through the gate. */
class Passage {
  readonly #socket: Duplex;
  readonly #options: GateOptions;
  readonly #cutter: FrameCutter;
  #stream: GatedStream | undefined;
  #timer: NodeJS.Timeout;
  /** `over`: nothing that the client sends is looked at any more. */
  #state: 'waiting' | 'served' | 'over' = 'waiting';
  /** The type of the packet that answers the one let through last; until that has left, nothing further is looked at. */
  #awaited: number | undefined;
  /** What makes the broker's next SUBACK the client's. */
  #toSuback: ((suback: Buffer) => Buffer) | undefined;
  #hasBegun = false;
  #hasEnded = false;
  /** The broker has read what it was given. */
  #isRead = true;

  constructor(socket: Duplex, options: GateOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#cutter = createFrameCutter(options.packetBytesMax);
    this.#timer = this.#hangUpLater();
  }

  hear(chunk: Buffer): void {
    if (this.#state === 'over' || chunk.length === 0) return;
    // Said by its first byte already: a client that speaks something else is not waited for.
    if (!this.#hasBegun && chunk[0] !== CONNECT_HEADER) {
      this.#refuse(undefined, `the first packet is not a CONNECT${otherProtocol(chunk)}`);
      return;
    }
    this.#hasBegun = true;
    this.#cutter.feed(chunk);
    this.#proceed();
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#state === 'over') this.#stream?.push(null);
    else this.#proceed();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#options.holds(0);
  }

  #proceed(): void {
    try {
      this.#letThrough();
    } catch (error) {
      // Whatever is wrong with these bytes, it is this client's trouble alone.
      const why = error instanceof Error ? error : new Error(String(error));
      if (this.#state === 'waiting') this.#refuse(undefined, why.message);
      else this.#stream?.destroy(why);
    }
    if (this.#state === 'over') return;
    const held = this.#cutter.held();
    this.#options.holds(held);
    if (!this.#isRead || (this.#awaited !== undefined && held > 0)) this.#socket.pause();
    else this.#socket.resume();
  }

  /** One at a time: Aedes answers pipelined packets out of order, and carries out what follows a CONNECT that it refuses. */
  #letThrough(): void {
    while (this.#state !== 'over' && this.#awaited === undefined && this.#isRead) {
      const frame = this.#cutter.next();
      if (frame === undefined) {
        if (this.#hasEnded) this.#stream?.push(null);
        return;
      }
      if (this.#state === 'waiting') this.#admit(frame);
      else {
        this.#check(frame);
        this.#deliver(frame);
      }
    }
  }

  #admit(frame: Frame): void {
    const connect = readConnect(frame.bytes);
    if (connect.kind === 'malformed') this.#refuse(undefined, connect.why);
    else if (connect.kind === 'other-level') this.#refuse(UNACCEPTABLE_PROTOCOL, 'only MQTT 3.1.1 is spoken here');
    else if (connect.clientId === '') this.#refuse(IDENTIFIER_REJECTED, 'the client id is empty');
    else this.#serve(connect.clientId, frame);
  }

  #serve(clientId: string, connect: Frame): void {
    this.#state = 'served';
    clearTimeout(this.#timer);
    this.#stream = new GatedStream(this.#socket, {
      wants: () => this.#goOn(),
      translates: ({ type, bytes }) => (type === PACKET_TYPE.suback ? (this.#toSuback?.(bytes) ?? bytes) : bytes),
      sent: (frame) => this.#seeAnswer(frame),
      ends: () => this.#finish(),
    });
    this.#options.serve(this.#stream, clientId);
    this.#deliver(connect);
  }

  #check(frame: Frame): void {
    const fault = faultOf(frame);
    if (fault !== undefined) throw new Error(fault);
    // A retained message would be kept for ever, and nobody could ever receive it.
    if (frame.type === PACKET_TYPE.publish) frame.bytes[0] = (frame.bytes[0] ?? 0) & ~RETAIN;
    if (frame.type === PACKET_TYPE.subscribe) this.#toSuback = prepareSubscribe(frame.bytes);
  }

  #deliver(frame: Frame): void {
    this.#awaited = answerTo(frame);
    this.#isRead = this.#stream?.deliver(frame.bytes) ?? false;
  }

  #goOn(): void {
    this.#isRead = true;
    this.#proceed();
  }

  #seeAnswer({ type, bytes }: Frame): void {
    if (type !== this.#awaited) return;
    if (type === PACKET_TYPE.connack && bytes[3] !== 0) {
      this.#finish();
      return;
    }
    this.#awaited = undefined;
    this.#goOn();
  }

  #refuse(returnCode: number | undefined, why: string): void {
    this.#finish();
    this.#options.refused(returnCode, why);
    if (returnCode === undefined) this.#socket.destroy();
    else this.#socket.end(Buffer.from([0x20, 0x02, 0x00, returnCode]));
  }

  /** What still comes is read and not looked at, for a while. */
  #finish(): void {
    this.#state = 'over';
    clearTimeout(this.#timer);
    this.#timer = this.#hangUpLater();
    this.#options.holds(0);
    this.#socket.resume();
  }

  /** Ends a client that does not send its CONNECT, and one that has heard the last and does not hang up. */
  #hangUpLater(): NodeJS.Timeout {
    return setTimeout(() => this.#socket.destroy(), this.#options.connectTimeoutMs);
  }
}

/** What it may be instead, and where that belongs: by its first bytes, when they come together. */
function otherProtocol(chunk: Buffer): string {
  const text = chunk.toString('latin1', 0, 16);
  if (text.startsWith('AMQP')) return ': it is AMQP, which is not emulated; choose MQTT or HTTPS in the device';
  if (/^[A-Z]{3,7} /.test(text)) return ': it is an HTTP request; send it to the port of HTTPS';
  if (chunk[0] === 0x16 && chunk[1] === 0x03) {
    return ': it is a TLS hello inside TLS; let either the device or the proxy before it speak TLS, not both';
  }
  return '';
}
