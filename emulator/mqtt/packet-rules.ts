/** What MQTT 3.1.1 forbids in a packet of a client; the connection ends. docs/mqtt-conformance.md has every rule. */
import { isUtf8 } from 'node:buffer';
import { type Fields, fieldsOf } from './packet-fields.ts';
import { type Frame, PACKET_TYPE } from './packet-frames.ts';

/** The lower four bits of the first byte, of what a client may send besides CONNECT and PUBLISH. [MQTT-2.2.2-1] */
const FLAGS: Readonly<Record<number, number>> = {
  [PACKET_TYPE.puback]: 0,
  [PACKET_TYPE.pubrec]: 0,
  [PACKET_TYPE.pubrel]: 2,
  [PACKET_TYPE.pubcomp]: 0,
  [PACKET_TYPE.subscribe]: 2,
  [PACKET_TYPE.unsubscribe]: 2,
  [PACKET_TYPE.pingreq]: 0,
  [PACKET_TYPE.disconnect]: 0,
};

/** Of a packet behind the CONNECT; `undefined` when it may be let through. */
export function faultOf(frame: Frame): string | undefined {
  const flags = (frame.bytes[0] ?? 0) & 0x0f;
  const expected = FLAGS[frame.type];
  if (frame.type === PACKET_TYPE.connect) return 'a second CONNECT'; // [MQTT-3.1.0-2]
  if (frame.type === PACKET_TYPE.publish) return faultOfPublish(frame.bytes, flags);
  if (expected === undefined) return `a packet of type ${frame.type} is not for a client to send`;
  // [MQTT-2.2.2-2] [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.14.1-1]
  if (flags !== expected) return `the flags of a packet of type ${frame.type} must be ${expected}, they are ${flags}`;
  switch (frame.type) {
    case PACKET_TYPE.subscribe:
    case PACKET_TYPE.unsubscribe:
      return faultOfFilters(fieldsOf(frame.bytes), frame.type === PACKET_TYPE.subscribe);
    case PACKET_TYPE.pingreq:
    case PACKET_TYPE.disconnect:
      return fieldsOf(frame.bytes).left() === 0 ? undefined : 'bytes follow in a packet that has none';
    default:
      return undefined;
  }
}

function faultOfPublish(bytes: Buffer, flags: number): string | undefined {
  const qos = (flags >> 1) & 0x03;
  if (qos === 3) return 'QoS 3 does not exist'; // [MQTT-3.3.1-4]
  if (qos === 0 && (flags & 0x08) !== 0) return 'DUP is set with QoS 0'; // [MQTT-3.3.1-2]
  const fields = fieldsOf(bytes);
  const fault = faultOfTopicName(fields.text());
  if (fault !== undefined || qos === 0) return fault;
  return fields.number() ? undefined : 'the packet id is 0 or missing'; // [MQTT-2.3.1-1]
}

function faultOfFilters(fields: Fields, haveQos: boolean): string | undefined {
  if (!fields.number()) return 'the packet id is 0 or missing'; // [MQTT-2.3.1-1]
  if (fields.left() === 0) return 'there is no topic filter'; // [MQTT-3.8.3-3] [MQTT-3.10.3-2]
  while (fields.left() > 0) {
    const filter = fields.text();
    const fault = faultOfText('topic filter', filter) ?? faultOfWildcards(filter?.toString() ?? '');
    if (fault !== undefined) return fault;
    const qos = haveQos ? fields.byte() : 0;
    if (qos === undefined || qos > 2) return 'the requested QoS is not 0, 1 or 2'; // [MQTT-3.8.3-4]
  }
  return undefined;
}

/** [MQTT-4.7.1-2] [MQTT-4.7.1-3] */
function faultOfWildcards(filter: string): string | undefined {
  if (filter === '') return 'a topic filter is empty'; // [MQTT-4.7.3-1]
  const levels = filter.split('/');
  const isWrong = levels.some(
    (level, index) => (level.length > 1 && /[+#]/.test(level)) || (level === '#' && index < levels.length - 1),
  );
  return isWrong ? 'a wildcard does not stand alone on its level, or # not on the last' : undefined;
}

/** Of a PUBLISH or a will. [MQTT-3.3.2-1] [MQTT-3.3.2-2] */
export function faultOfTopicName(topic: Buffer | undefined): string | undefined {
  const fault = faultOfText('topic name', topic);
  if (fault !== undefined) return fault;
  if (topic?.length === 0) return 'the topic name is empty'; // [MQTT-4.7.3-1]
  return topic?.includes('#') || topic?.includes('+') ? 'the topic name contains a wildcard' : undefined;
}

/** [MQTT-1.5.3-1] [MQTT-1.5.3-2] */
export function faultOfText(what: string, bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return `the ${what} is longer than the packet`;
  if (!isUtf8(bytes)) return `the ${what} is not well-formed UTF-8`;
  return bytes.includes(0) ? `the ${what} contains U+0000` : undefined;
}
