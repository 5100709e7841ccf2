/** What the broker does not do with subscriptions as the service, or MQTT, wants it: done on the bytes on both sides of it. */
import { fieldsOf } from './packet-fields.ts';

/**
 * Lowers every requested QoS 2 in a SUBSCRIBE to 1, which is the most that the service grants [dps-device-protocol §1.1],
 * and gives what makes of the broker's SUBACK the client's: a filter that is asked for twice has two return codes. [MQTT-3.8.4-5]
 */
export function prepareSubscribe(subscribe: Buffer): ((suback: Buffer) => Buffer) | undefined {
  const fields = fieldsOf(subscribe);
  fields.number();
  /** Of each filter, in the order of the broker's return codes: which of the requests are for it. */
  const places = new Map<string, number[]>();
  const requested: number[] = [];
  while (fields.left() > 0) {
    const filter = fields.text()?.toString('latin1') ?? '';
    const qosAt = subscribe.length - fields.left();
    if (fields.byte() === 2) subscribe[qosAt] = 1;
    places.set(filter, [...(places.get(filter) ?? []), requested.length]);
    requested.push(subscribe[qosAt] ?? 0);
  }
  if (places.size === requested.length) return undefined;
  return (suback) => {
    const codes = Buffer.from(requested);
    const granted = suback.subarray(-places.size);
    for (const [index, at] of [...places.values()].entries()) {
      // Granted is what each of the requests would have been granted alone. [MQTT-3.8.4-4]
      if (granted[index] === FAILURE) for (const place of at) codes[place] = FAILURE;
    }
    const packetId = suback.subarray(suback.length - places.size - 2, suback.length - places.size);
    return Buffer.concat([Buffer.from([SUBACK]), remainingLength(2 + codes.length), packetId, codes]);
  };
}

const SUBACK = 0x90;
const FAILURE = 0x80;

/** [MQTT-2.2.3] */
function remainingLength(length: number): Buffer {
  const digits: number[] = [];
  let rest = length;
  do {
    digits.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(digits);
}
