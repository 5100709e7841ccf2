/** The one narrator: what an entry of the journal says to a person, masked and put into words when it is first read. */
import { formatDuration } from '../../wire/duration.ts';
import type { Evidence, JournalEntry, JournalEvent, Repeated, Tone } from '../../wire/journal-entry.ts';
import type { Masker } from '../../wire/mask.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import type { JsonValue } from '../../wire/twin.ts';

type EventOf<Kind extends JournalEvent['kind']> = Extract<JournalEvent, { readonly kind: Kind }>;

/** An event as it is recorded: the request of all the calls of one ladder is one text, and is read only when the entry is. */
export type RecordedEvent =
  | Exclude<JournalEvent, { readonly kind: 'webhook-attempt' }>
  | (Omit<EventOf<'webhook-attempt'>, 'request'> &
      ({ readonly request: JsonValue } | { readonly requestText: string }));

/**
 * Whatever text or JSON comes from outside may carry a secret, in any member of any event. Recording costs nothing; who
 * reads an entry never sees what it was made of.
 */
export function createEntry(...made: Parameters<typeof createKeptEntry>): JournalEntry {
  return createKeptEntry(...made).entry;
}

export interface KeptEntry {
  readonly entry: JournalEntry;
  /** Of a webhook call: its request goes, and the entry says so. */
  readonly dropRequest: () => void;
}

export function createKeptEntry(
  sequence: number,
  atMs: number,
  recorded: RecordedEvent,
  masker: Pick<Masker, 'json'>,
  repeated?: Repeated,
): KeptEntry {
  // What it was made of is let go as soon as it was read.
  const requestLength = 'requestText' in recorded ? recorded.requestText.length : 0;
  let unread: RecordedEvent | undefined = recorded;
  let event: JournalEvent | undefined;
  let said: Sentence | undefined;
  const read = (): JournalEvent => {
    if (unread !== undefined) event = maskedEvent(unread, masker);
    unread = undefined;
    return event as JournalEvent;
  };
  const sentence = (): Sentence => {
    said ??= sentenceOf(read(), repeated);
    return said;
  };
  const entry: JournalEntry = {
    sequence,
    atMs,
    get text() {
      return sentence().text;
    },
    get tone() {
      return sentence().tone;
    },
    get event() {
      return read();
    },
    ...(repeated && { repeated }),
  };
  const dropRequest = (): void => {
    event = { ...(read() as EventOf<'webhook-attempt'>), request: null, requestDropped: requestLength };
    said = undefined;
  };
  return { entry, dropRequest };
}

function maskedEvent(recorded: RecordedEvent, masker: Pick<Masker, 'json'>): JournalEvent {
  // Events are JSON by their types; masking changes the text of values, never the shape.
  const masked = <T>(value: T): T => masker.json(value as unknown as JsonValue) as unknown as T;
  if (!('requestText' in recorded)) return masked(recorded);
  const { requestText, ...rest } = recorded;
  const request = JSON.stringify(masker.json(JSON.parse(requestText) as JsonValue));
  // Where nothing was masked the text stays the one that the others of its ladder have.
  const kept = request === requestText ? requestText : request;
  return {
    ...masked(rest),
    get request() {
      return JSON.parse(kept) as JsonValue;
    },
  };
}

type Sentence = Pick<JournalEntry, 'text' | 'tone'>;

function sentenceOf(event: JournalEvent, repeated: Repeated | undefined): Sentence {
  const { text, tone } = sentenceOfOne(event);
  return {
    tone,
    text: repeated === undefined ? text : `${text} (${repeated.count} times since ${isoInstant(repeated.sinceMs)})`,
  };
}

function sentenceOfOne(event: JournalEvent): Sentence {
  switch (event.kind) {
    case 'connected':
      return say('quiet', `connected over ${event.transport}${optional(', api-version ', event.apiVersion)}`);
    case 'disconnected':
      return say(event.why === undefined ? 'quiet' : 'warning', `disconnected${optional(': ', event.why)}`);
    case 'register-received':
      return say('neutral', `register over ${event.transport}, api-version ${event.apiVersion}`);
    case 'authenticated':
      return say('neutral', authenticated(event));
    case 'refused': {
      const { operation, transport, errorCode, reason, detail } = event;
      return say('bad', `${operation} over ${transport} refused${optional(' ', errorCode)}: ${reason}: ${detail}`);
    }
    case 'noted':
      return say('warning', event.detail);
    case 'operation-opened':
      return say('neutral', `assigning; hubs to choose from: ${event.linkedHubs.join(', ') || 'none'}`);
    case 'superseded':
      return say('warning', `operation ${event.operationId} gives way to a newer register, ${event.by}`);
    case 'webhook-attempt':
      return webhookAttempt(event);
    case 'retry-scheduled':
      return say('warning', `next webhook call in ${formatDuration(event.afterMs)}, because of ${event.because}`);
    case 'hub-refused': {
      const again = event.afterMs === undefined ? '' : `; next in ${formatDuration(event.afterMs)}`;
      const { hub, attempt, errorCode, reason } = event;
      return say('bad', `attempt ${attempt} to write at ${hub} refused ${errorCode}: ${reason}${again}`);
    }
    case 'concluded':
      return concluded(event);
    case 'replied': {
      const { operation, status, retryAfterSeconds: seconds } = event;
      const again = seconds === undefined ? '' : `, retry after ${seconds} s`;
      return say('quiet', `${operation} answered ${status}${again}`);
    }
  }
}

export interface EventDetail {
  readonly name: string;
  readonly text: string;
}

/** Bodies and the like, for who asks for the whole story. Of an event that was read from an entry: nothing is masked here. */
export function detailsOf(event: JournalEvent): readonly EventDetail[] {
  switch (event.kind) {
    case 'register-received':
      return detail('payload', jsonText(event.payload));
    case 'operation-opened':
      return detail('operation', event.operationId);
    case 'webhook-attempt':
      return [
        ...detail('POST', event.url),
        ...detail('request', requestText(event)),
        ...detail('response', responseText(event)),
      ];
    case 'concluded':
      return [...detail('twin', jsonText(event.twin)), ...detail('payload', jsonText(event.payload))];
    case 'replied':
      return detail('body', event.body);
    default:
      return [];
  }
}

function requestText({ request, requestDropped }: EventOf<'webhook-attempt'>): string | undefined {
  return requestDropped === undefined
    ? jsonText(request)
    : `dropped, it had ${requestDropped} characters: --journal-bytes`;
}

function responseText({ response, responseLength }: EventOf<'webhook-attempt'>): string | undefined {
  return responseLength === undefined ? response : `${response}… (${responseLength} characters)`;
}

function detail(name: string, text: string | undefined): readonly EventDetail[] {
  return text === undefined ? [] : [{ name, text }];
}

function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function authenticated(event: EventOf<'authenticated'>): string {
  const which = event.enrollmentKind === 'group' ? 'the enrollment group' : 'the individual enrollment';
  const enrollment = `${which} "${event.enrollmentId}"`;
  if ('key' in event && event.key === 'none') return `found ${enrollment}; its keys are not looked at`;
  return `authenticated by ${enrollment}, ${evidence(event)}`;
}

function evidence(proof: Evidence): string {
  if ('key' in proof) return `${proof.key} key`;
  return 'certificate' in proof ? `certificate ${proof.certificate.sha256Thumbprint}` : 'its TPM';
}

function webhookAttempt(event: EventOf<'webhook-attempt'>): Sentence {
  const { attempt, status, response = '', failure, detail: why = '', durationMs } = event;
  const answer = status === undefined ? `no answer (${failure ?? 'unknown'}): ${why}` : `answered ${status}`;
  const isGood = status !== undefined && status >= 200 && status < 300;
  const said = isGood ? '' : quoted(response);
  return say(
    isGood ? 'neutral' : 'bad',
    `webhook call ${attempt} ${answer}, after ${formatDuration(durationMs)}${said}`,
  );
}

/** Of what a webhook said, in the sentence that tells of its fault. The whole of it is a detail. */
const QUOTED_LENGTH_MAX = 200;

/** The beginning of a text that is masked already, in one line and without characters that a terminal obeys. */
export function quoted(text: string): string {
  const line = text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  if (line === '') return '';
  return line.length > QUOTED_LENGTH_MAX ? `: "${line.slice(0, QUOTED_LENGTH_MAX)}…"` : `: "${line}"`;
}

function concluded(event: EventOf<'concluded'>): Sentence {
  const { status, substatus, hub = '?', deviceId = '?', errorCode, errorMessage, reason } = event;
  if (status === 'assigned') {
    return say('good', `assigned to ${hub} as ${deviceId}${substatus === undefined ? '' : ` (${substatus})`}`);
  }
  const message = errorMessage === undefined ? '' : ` "${errorMessage}"`;
  return say('bad', `${status}${optional(' ', errorCode)}${message}${optional(': ', reason)}`);
}

function say(tone: Tone, text: string): Sentence {
  return { text, tone };
}

function optional(before: string, value: string | number | undefined): string {
  return value === undefined ? '' : `${before}${value}`;
}
