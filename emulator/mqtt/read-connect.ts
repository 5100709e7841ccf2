/** Reads a CONNECT and holds it to section 3.1 of MQTT 3.1.1. */
import { fieldsOf } from './packet-fields.ts';
import { faultOfText, faultOfTopicName } from './packet-rules.ts';

export type ReadConnect =
  | { readonly kind: 'connect'; readonly clientId: string }
  /** The server has to say so, and then to close. [MQTT-3.1.2-2] */
  | { readonly kind: 'other-level' }
  /** The server closes without a word. [MQTT-3.1.4-1] */
  | { readonly kind: 'malformed'; readonly why: string };

const PROTOCOL_LEVEL = 4;

/** The bits of the connect flags. */
const RESERVED = 0x01;
const WILL = 0x04;
const WILL_QOS_AND_RETAIN = 0x38;
const WILL_QOS = 0x18;
const PASSWORD = 0x40;
const USER_NAME = 0x80;

/** Long because it is one list: the fields of the packet in their order, and what each of them must be. [MQTT-3.1.3-1] */
export function readConnect(packet: Buffer): ReadConnect {
  const malformed = (why: string): ReadConnect => ({ kind: 'malformed', why: `the CONNECT is malformed: ${why}` });
  const fields = fieldsOf(packet);
  const protocol = fields.text()?.toString('latin1');
  const level = fields.byte();
  // [MQTT-3.1.2-1]
  if (protocol !== 'MQTT' && protocol !== 'MQIsdp') return malformed('its protocol name is not MQTT');
  if (level === undefined) return malformed('it has no protocol level');
  if (protocol !== 'MQTT' || level !== PROTOCOL_LEVEL) return { kind: 'other-level' };
  const flags = fields.byte();
  if (flags === undefined || fields.number() === undefined) return malformed('it ends in its header');
  const has = (bits: number): boolean => (flags & bits) !== 0;
  if (has(RESERVED)) return malformed('the reserved flag is set'); // [MQTT-3.1.2-3]
  if (!has(WILL) && has(WILL_QOS_AND_RETAIN)) return malformed('will QoS or will retain without a will'); // [MQTT-3.1.2-11]
  if ((flags & WILL_QOS) === WILL_QOS) return malformed('will QoS 3'); // [MQTT-3.1.2-14]
  if (has(PASSWORD) && !has(USER_NAME)) return malformed('a password without a user name'); // [MQTT-3.1.2-22]
  const clientId = fields.text();
  const fault =
    faultOfText('client id', clientId) ?? // [MQTT-3.1.3-3] [MQTT-3.1.3-4]
    (has(WILL) ? faultOfTopicName(fields.text()) : undefined) ?? // [MQTT-3.1.3-10]
    (has(WILL) && fields.text() === undefined ? 'the will message is missing' : undefined) ?? // [MQTT-3.1.2-9]
    (has(USER_NAME) ? faultOfText('user name', fields.text()) : undefined) ?? // [MQTT-3.1.2-19] [MQTT-3.1.3-11]
    (has(PASSWORD) && fields.text() === undefined ? 'the password is missing' : undefined) ?? // [MQTT-3.1.2-21]
    (fields.left() > 0 ? 'bytes follow its last field' : undefined); // [MQTT-3.1.2-18] [MQTT-3.1.2-20]
  return fault === undefined ? { kind: 'connect', clientId: clientId?.toString() ?? '' } : malformed(fault);
}
