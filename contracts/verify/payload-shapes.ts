/** What devices send along: any JSON, passed on as it is. [dps-service-behaviour §1.3, dps-device-protocol §6.1] */
import type { JsonValue } from '../../emulator/wire/twin.ts';
import type { Shape, ShapeInputs } from './shape.ts';
import { baseShape, CONCEPTS } from './shape-base.ts';

/** Well below the 96 KB that a message to the service may have. [dps-service-behaviour §6] */
const LARGE_BYTES = 60_000;

const PAYLOADS: readonly (readonly [string, string, JsonValue])[] = [
  ['empty-object', 'an object without members', {}],
  ['nested', 'nested objects and lists', { a: { b: [{ c: [1, 2.5, -3e-7, null, true] }, []] }, '': { '': {} } }],
  ['unicode', 'text of many scripts', { größe: 'Ωμέγα 漢字 👩‍🔧', quote: '"\\/\'' }],
  ['string', 'a string, as the Java SDK sends it', '{"MyDeviceFirmwareVersion":"12.0.2.5"}'],
  ['number', 'a number', 1.5],
  ['boolean', 'false', false],
  ['array', 'a list', ['one', { two: 2 }, []]],
  ['large', `${LARGE_BYTES / 1000} KB of text`, { log: 'x'.repeat(LARGE_BYTES) }],
];

export function payloadShapes(inputs: ShapeInputs): readonly Shape[] {
  return PAYLOADS.map(([name, words, payload], index) => ({
    ...baseShape(inputs, index).shape,
    id: `payload.${name}`,
    title: `The device sends ${words} as its payload.`,
    source: CONCEPTS,
    payload,
  }));
}
