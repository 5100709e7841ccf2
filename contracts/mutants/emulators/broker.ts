/** An emulator whose broker does what brokers do: it sends a message to everybody who has subscribed. */
import type { Duplex } from 'node:stream';
import mqtt from 'mqtt-packet';
import { type EmulatorMutant, identified, replacing } from '../mutant.ts';

export const BROKER_MUTANTS = identified<EmulatorMutant>({
  'leaks-replies': {
    wrong: "sends a device's reply to every other client that is connected",
    reason: 'All devices subscribe to the same topic, so a plain MQTT broker tells each of them everything.',
    killedBy: 'poll-own-replies-only',
    at: 'devices.listener',
    replace: replacing('broker', (broker) => {
      /** Writes to each client's stream, past the copying. */
      const writers = new Map<Duplex, (bytes: Buffer) => void>();
      return {
        ...broker,
        serve: (stream, via) => {
          writers.set(stream, stream.write.bind(stream));
          stream.once('close', () => writers.delete(stream));
          onPublishOut(stream, (bytes) => {
            for (const [other, write] of writers) if (other !== stream) write(bytes);
          });
          broker.serve(stream, via);
        },
      };
    }),
  },
});

/** Hears every PUBLISH that is written to the stream, as bytes. */
function onPublishOut(stream: Duplex, heard: (bytes: Buffer) => void): void {
  const parser = mqtt.parser();
  parser.on('packet', (packet) => {
    if (packet.cmd === 'publish') heard(mqtt.generate(packet));
  });
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Buffer, ...rest: unknown[]): boolean => {
    const isWritten = Reflect.apply(write, stream, [chunk, ...rest]) as boolean;
    parser.parse(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return isWritten;
  };
}
