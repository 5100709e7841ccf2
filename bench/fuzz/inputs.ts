/** What the fuzzer sends, drawn from a seed: requests to every API, MQTT conversations, and bytes that are neither. */
import fc, { type Arbitrary } from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { type Attacked, INDIVIDUALS } from './emulator-process.ts';
import { deviceToken, type HttpInput, httpInputs } from './http-inputs.ts';
import { mutated } from './json.ts';

/** Bytes over a connection of their own; `path` when they follow an upgrade to a WebSocket. */
export interface BytesInput {
  readonly kind: 'bytes';
  readonly surface: 'mqtt' | 'mqtt-ws' | 'raw-https' | 'raw-control';
  /** latin1: one record after the other. */
  readonly records: readonly string[];
}

export type Input = HttpInput | BytesInput;

/** An input is named by the seed and its number: blocks are drawn apart, so that one can be drawn alone. */
export const BLOCK = 500;

export function inputsFrom(attacked: Attacked, seed: number): (number_: number) => readonly Input[] {
  const arbitrary = fc.oneof(
    { weight: 8, arbitrary: httpInputs(attacked) as Arbitrary<Input> },
    { weight: 2, arbitrary: bytesInputs(attacked) as Arbitrary<Input> },
  );
  return (block) => fc.sample(arbitrary, { seed: (seed + block * 7919) | 0, numRuns: BLOCK });
}

export function bytesInputs(attacked: Attacked): Arbitrary<BytesInput> {
  return fc.oneof(mqttInputs(attacked), rawInputs(attacked));
}

function mqttInputs({ idScope }: Attacked): Arbitrary<BytesInput> {
  const text = fc.constantFrom(
    '',
    '\u0000',
    '#',
    '+',
    '$dps/registrations/res/#',
    '$dps/registrations/PUT/iotdps-register/?$rid=1',
  );
  return fc.constantFrom(...INDIVIDUALS).chain((registrationId) => {
    const token = deviceToken(idScope, registrationId);
    const connect = fc.record({ user: fc.constantFrom(...userNames(idScope, registrationId)), isGood: fc.boolean() });
    const publish = fc.tuple(
      fc.constantFrom('PUT/iotdps-register', 'GET/iotdps-get-operationstatus', 'GET/none'),
      fc.constantFrom('?$rid=1', '?rid=1', '?$rid=1&operationId=x', '', '?$rid=%00&$rid=2'),
      mutated({ registrationId, payload: { a: 1 } }),
      fc.constantFrom(0, 1, 2),
    );
    return fc
      .record({
        connect,
        publishes: fc.array(publish, { maxLength: 3 }),
        filter: text,
        damage: damages,
        cut: fc.nat(5),
      })
      .map(({ connect: { user, isGood }, publishes, filter, damage, cut }) => {
        const packets: readonly Packet[] = [
          connectPacket(registrationId, user, isGood ? token : 'wrong'),
          { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter || 'x', qos: 1 }] },
          ...publishes.map(
            ([operation, query, payload, qos], n): Packet => ({
              cmd: 'publish',
              qos: qos as 0 | 1 | 2,
              dup: false,
              retain: n === 2,
              messageId: n + 2,
              topic: `$dps/registrations/${operation}/${query}`,
              payload: Buffer.from(payload),
            }),
          ),
        ];
        const bytes = Buffer.concat(packets.map((packet) => Buffer.from(generate(packet))));
        return { kind: 'bytes', surface: 'mqtt', records: recordsOf(damaged(bytes, damage), cut) };
      });
  });
}

function connectPacket(clientId: string, username: string, password: string): Packet {
  const fixed = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 } as const;
  return { ...fixed, clientId, username, password: Buffer.from(password) };
}

function userNames(idScope: string, registrationId: string): readonly string[] {
  const good = `${idScope}/registrations/${registrationId}/api-version=2019-03-31`;
  return [good, good, good, `${good}&ClientVersion=x`, 'x', `${idScope}/registrations//api-version=`, '/'.repeat(300)];
}

interface Damage {
  readonly at: number;
  readonly byte: number;
  readonly how: 'none' | 'change' | 'insert' | 'cut';
}

const damages: Arbitrary<Damage> = fc.record({
  at: fc.nat(400),
  byte: fc.nat(255),
  how: fc.constantFrom('none', 'none', 'change', 'change', 'insert', 'cut'),
});

function damaged(bytes: Buffer, { at, byte, how }: Damage): Buffer {
  const place = at % Math.max(bytes.length, 1);
  if (how === 'none') return bytes;
  if (how === 'cut') return bytes.subarray(0, place);
  const rest = bytes.subarray(how === 'change' ? place + 1 : place);
  return Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), rest]);
}

/** In one record, or in a few. */
function recordsOf(bytes: Buffer, cuts: number): readonly string[] {
  const length = Math.ceil(bytes.length / (cuts + 1)) || 1;
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * length, (n + 1) * length).toString('latin1'));
}

const HEADS = [
  'PUT /{scope}/registrations/fuzz-1/register?api-version=2019-03-31 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'POST /{scope}/registrations/fuzz-1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
  'GET /$iothub/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n\x82\x85abcd\x00\x00\x00\x00\x00',
  'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'AMQP\x03\x01\x00\x00',
  '\x16\x03\x01\x00\x05hello',
];

function rawInputs({ idScope }: Attacked): Arbitrary<BytesInput> {
  return fc
    .record({
      head: fc.constantFrom(...HEADS),
      surface: fc.constantFrom('raw-https', 'raw-control'),
      damage: damages,
      cut: fc.nat(5),
    })
    .map(({ head, surface, damage, cut }) => {
      const bytes = Buffer.from(head.replace('{scope}', idScope), 'latin1');
      return {
        kind: 'bytes',
        surface: surface as 'raw-https' | 'raw-control',
        records: recordsOf(damaged(bytes, damage), cut),
      };
    });
}
