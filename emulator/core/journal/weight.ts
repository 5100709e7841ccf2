/** What an event takes in memory, and the bound of what others have sent. */
import type { JsonValue } from '../../wire/twin.ts';
import type { RecordedEvent } from './describe.ts';
import type { KnowingMasker } from './secrets.ts';

/** Of an entry, whatever it says. */
const BASE_WEIGHT = 300;

/** About the bytes that it holds; texts count most. */
export function weightOf(event: RecordedEvent): number {
  return BASE_WEIGHT + weightOfValue(event as unknown as JsonValue);
}

function weightOfValue(value: JsonValue | undefined): number {
  if (typeof value === 'string') return 16 + value.length * (IS_WIDE.test(value) ? 2 : 1);
  if (typeof value !== 'object' || value === null) return 8;
  const members = Array.isArray(value) ? (value as readonly JsonValue[]) : Object.values(value);
  let weight = 32 + 8 * members.length;
  for (const member of members) weight += weightOfValue(member);
  return weight;
}

/** Takes two bytes a character. */
const IS_WIDE = /[\u0100-\uffff]/;

/** Of a text that somebody else has sent, this much is kept. */
export const FOREIGN_TEXT_MAX = 16 * 1024;

/** Texts are cut, and it is said how long they were; what DPS sent to the webhook, what it answered and JSON stay whole. */
export function bounded(event: RecordedEvent, { head }: Pick<KnowingMasker, 'head'>): RecordedEvent {
  if (event.kind === 'webhook-attempt' && (event.response?.length ?? 0) > FOREIGN_TEXT_MAX) {
    const response = event.response ?? '';
    return { ...event, response: copied(head(response, FOREIGN_TEXT_MAX)), responseLength: response.length };
  }
  for (const name of ['detail', 'reason', 'why', 'errorMessage'] as const) {
    const text: unknown = name in event ? event[name as keyof RecordedEvent] : undefined;
    if (typeof text !== 'string' || text.length <= FOREIGN_TEXT_MAX) continue;
    return { ...event, [name]: `${copied(head(text, FOREIGN_TEXT_MAX))}… (${text.length} characters)` };
  }
  return event;
}

/** The part of a text keeps the whole of it in memory until it is written anew. */
function copied(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
