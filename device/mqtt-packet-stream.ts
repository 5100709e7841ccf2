/** MQTT packets over a byte stream: send one, wait for the next one of a kind. */
import type { Duplex } from 'node:stream';
import { generate, type Packet, parser } from 'mqtt-packet';
import { droppedFailure, type Endpoint, timeoutFailure } from './device-failure.ts';

export interface PacketStream {
  send(packet: Packet): void;
  /** Waits for the first packet for which `pick` gives something; packets that it passes over are gone. */
  receive<T>(wanted: Wanted<T>): Promise<T>;
  /** Flushes what was sent, then closes. */
  end(): Promise<void>;
  destroy(): void;
}

export interface Wanted<T> {
  readonly what: string;
  readonly timeoutMs: number;
  readonly pick: (packet: Packet) => T | undefined;
}

export interface PacketStreamOptions {
  readonly endpoint: Endpoint;
  readonly onPacket: (direction: 'in' | 'out', packet: Packet) => void;
}

/** Takes over an open stream. Its errors and its end reject the pending `receive`, or the next one. */
export function packetStream(stream: Duplex, { endpoint, onPacket }: PacketStreamOptions): PacketStream {
  const inbox: Packet[] = [];
  // A stream that broke before it got here tells nobody any more.
  let lost = stream.destroyed ? droppedFailure(stream.errored ?? undefined, endpoint) : undefined;
  let wake: () => void = () => undefined;

  // Level 4 is MQTT 3.1.1, the only one that the service speaks. [dps-device-protocol §1.1]
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet) => {
    onPacket('in', packet);
    inbox.push(packet);
    wake();
  });
  packets.on('error', (error: Error) => stream.destroy(error));
  stream.on('data', (bytes: Buffer) => packets.parse(bytes));
  stream.on('error', (error) => {
    lost = droppedFailure(error, endpoint);
  });
  stream.on('close', () => {
    lost ??= droppedFailure(undefined, endpoint);
    wake();
  });
  stream.on('end', () => stream.destroy());

  function receive<T>({ what, timeoutMs, pick }: Wanted<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(timeoutFailure(what, timeoutMs, 'no-answer'))), timeoutMs);
      const settle = (then: () => void): void => {
        clearTimeout(timer);
        wake = () => undefined;
        then();
      };
      wake = () => {
        for (let packet = inbox.shift(); packet !== undefined; packet = inbox.shift()) {
          const found = pick(packet);
          if (found !== undefined) return settle(() => resolve(found));
        }
        if (lost !== undefined) settle(() => reject(lost));
      };
      wake();
    });
  }

  return {
    send(packet) {
      onPacket('out', packet);
      stream.write(generate(packet));
    },
    receive,
    end() {
      if (stream.destroyed) return Promise.resolve();
      return new Promise((resolve) => {
        stream.once('close', resolve);
        stream.end(() => stream.destroy());
      });
    },
    destroy: () => stream.destroy(),
  };
}
