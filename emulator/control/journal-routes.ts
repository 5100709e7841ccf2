/** Routes about what happened: timelines, their live stream, and the trace that two runs are compared by. */
import { createHash } from 'node:crypto';
import type { EngineState } from '../engine.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import { shown } from '../wire/fault.ts';
import type { JournalEntry, JournalEvent, Timeline } from '../wire/journal-entry.ts';
import type { JournalSubject } from '../wire/journal-subject.ts';
import { registrationKey } from '../wire/registration-id.ts';
import { isoInstant } from '../wire/timestamp.ts';
import type { JsonValue } from '../wire/twin.ts';
import { ControlError, invalid } from './errors.ts';
import { type EntryOfSubject, type StreamLimits, streamEntries } from './event-stream.ts';
import { type ControlRoute, flag, type Query, refuseBody, single, values } from './route.ts';

/** Every kind of entry; the compiler keeps the list whole. */
const KINDS = Object.keys({
  connected: true,
  disconnected: true,
  'register-received': true,
  authenticated: true,
  refused: true,
  noted: true,
  'operation-opened': true,
  superseded: true,
  'webhook-attempt': true,
  'retry-scheduled': true,
  concluded: true,
  replied: true,
} satisfies Record<JournalEvent['kind'], true>);

export function journalRoutes(
  state: Pick<EngineState, 'journal' | 'trace' | 'masker'>,
  limits: StreamLimits,
): readonly ControlRoute[] {
  const { journal, masker } = state;
  // Entries and subjects are masked already, each by what was a secret when it was written.
  const masks = (): 'none' => 'none';
  return [
    {
      method: 'GET',
      path: '/journal',
      query: ['idScope', 'registrationId', 'kind'],
      masks,
      answer: ({ query }) => {
        const { isOfSubject, isOfKind, hasKinds } = filterOf(query, masker);
        const timelines = journal
          .timelines()
          .filter(isOfSubject)
          .map((timeline) => shownTimeline(timeline, isOfKind))
          .filter((timeline) => !hasKinds || timeline.entries.length > 0);
        return { droppedTimelines: journal.droppedTimelines(), timelines };
      },
    },
    {
      method: 'GET',
      path: '/journal/events',
      query: ['idScope', 'registrationId', 'kind', 'replay'],
      stream: ({ query, headers }) => {
        const { isOfSubject, isOfKind } = filterOf(query, masker);
        const afterSequence = flag(query, 'replay') ? 0 : lastSeen(headers['last-event-id']);
        return (response) =>
          streamEntries({
            response,
            replay: afterSequence === undefined ? [] : entriesAfter(journal.timelines(), afterSequence),
            subscribe: journal.subscribe,
            accepts: (subject, entry) => isOfSubject(subject) && isOfKind(entry),
            render: ({ subject, entry }) => ({ ...subject, ...shownEntry(entry) }) as unknown as JsonValue,
            limits,
          });
      },
    },
    {
      method: 'GET',
      path: '/journal/{idScope}/{registrationId}',
      query: ['kind'],
      masks,
      answer: ({ params: { idScope = '', registrationId = '' }, query }) => {
        const { isOfKind } = filterOf(query, masker);
        const timeline = journal.timeline(idScope, registrationId);
        if (timeline !== undefined) return shownTimeline(timeline, isOfKind);
        throw new ControlError(
          'not-found',
          `Nothing is on record of "${registrationId}" at the ID scope "${idScope}"; GET /journal lists what is.`,
        );
      },
    },
    {
      method: 'DELETE',
      path: '/journal',
      query: ['idScope'],
      answer: async ({ query, body }) => {
        await refuseBody(body);
        const idScope = single(query, 'idScope');
        if (idScope === undefined) {
          throw invalid('The query parameters break a rule', [{ path: 'idScope', rule: 'is required' }]);
        }
        journal.forget(idScope);
        return {};
      },
    },
    {
      method: 'GET',
      path: '/trace',
      masks,
      answer: () => {
        const trace = state.trace() as unknown as JsonValue;
        return { hash: `sha256:${createHash('sha256').update(canonicalJson(trace)).digest('hex')}`, trace };
      },
    },
  ];
}

interface Filter {
  readonly isOfSubject: (subject: JournalSubject) => boolean;
  readonly isOfKind: (entry: JournalEntry) => boolean;
  readonly hasKinds: boolean;
}

function filterOf(query: Query, masker: EngineState['masker']): Filter {
  const idScope = single(query, 'idScope')?.toLowerCase();
  const registrationId = single(query, 'registrationId');
  // As the subject of a timeline is shown.
  const key = registrationId === undefined ? undefined : registrationKey(masker.text(registrationId));
  const kinds = values(query, 'kind').flatMap((value) => value.split(','));
  const unknown = kinds.filter((kind) => !KINDS.includes(kind));
  if (unknown.length > 0) {
    const rule = `must be one of ${KINDS.join(', ')}`;
    throw invalid(
      'The query parameters break a rule',
      unknown.map((kind) => ({ path: 'kind', rule, value: shown(kind) })),
    );
  }
  return {
    isOfSubject: (subject) =>
      (idScope === undefined || ('idScope' in subject && subject.idScope.toLowerCase() === idScope)) &&
      (key === undefined || (subject.kind === 'registration' && registrationKey(subject.registrationId) === key)),
    isOfKind: ({ event }) => kinds.length === 0 || kinds.includes(event.kind),
    hasKinds: kinds.length > 0,
  };
}

/** What an `EventSource` sends when it connects again; anything else is not ours. */
function lastSeen(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function entriesAfter(timelines: readonly Timeline[], sequence: number): readonly EntryOfSubject[] {
  return timelines
    .flatMap(({ entries, droppedEntries: _dropped, ...subject }) => entries.map((entry) => ({ subject, entry })))
    .filter(({ entry }) => entry.sequence > sequence)
    .sort((a, b) => a.entry.sequence - b.entry.sequence);
}

function shownTimeline({ entries, droppedEntries, ...subject }: Timeline, isOfKind: Filter['isOfKind']) {
  return { ...subject, droppedEntries, entries: entries.filter(isOfKind).map(shownEntry) };
}

function shownEntry({ sequence, atMs, text, tone, event }: JournalEntry) {
  return { sequence, at: isoInstant(atMs), atMs, text, tone, event };
}
