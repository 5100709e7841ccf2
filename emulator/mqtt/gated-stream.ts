/** What a broker reads and writes: the packets that the gate lets through, and the life of the socket behind it. */
import { Duplex } from 'node:stream';
import { createFrameCutter, type Frame } from './packet-frames.ts';

export interface BrokerSide {
  /** The broker has read what there was. */
  readonly wants: () => void;
  /** Every packet of the broker before it is given to the socket; gives what the client is sent. */
  readonly translates: (frame: Frame) => Buffer;
  /** Every packet, once the socket has it. */
  readonly sent: (frame: Frame) => void;
  /** The broker has said its last. */
  readonly ends: () => void;
}

export class GatedStream extends Duplex {
  readonly #socket: Duplex;
  readonly #side: BrokerSide;
  readonly #outgoing = createFrameCutter(Number.POSITIVE_INFINITY);
  #isGathering = false;

  constructor(socket: Duplex, side: BrokerSide) {
    super();
    this.#socket = socket;
    this.#side = side;
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    // Nobody listens before the broker does; a dropped socket must not end the process.
    this.on('error', () => undefined);
  }

  /** False when the broker does not keep up. */
  deliver(bytes: Buffer): boolean {
    this.#gather();
    return this.push(bytes);
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
    this.#side.wants();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#outgoing.feed(chunk);
    const frames: Frame[] = [];
    for (let frame = this.#outgoing.next(); frame !== undefined; frame = this.#outgoing.next()) frames.push(frame);
    this.#socket.write(Buffer.concat(frames.map(this.#side.translates)), done);
    for (const frame of frames) this.#side.sent(frame);
  }

  /** One TLS record for all that is waiting; the broker never leaves a packet half written. */
  override _writev(waiting: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(waiting.map(({ chunk }) => chunk)), 'buffer' as BufferEncoding, done);
  }

  override _final(done: () => void): void {
    this.#side.ends();
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
