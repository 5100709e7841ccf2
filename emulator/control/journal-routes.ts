/** Routes about what happened: timelines, their live stream, and the trace that two runs are compared by. */
import { createHash } from 'node:crypto';
import { traceKey, tracesOf } from '../core/journal/trace.ts';
import type { EngineState } from '../engine.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import type { RegistrationTrace } from '../wire/control-api.ts';
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
  'hub-refused': true,
  'retry-scheduled': true,
  concluded: true,
  replied: true,
} satisfies Record<JournalEvent['kind'], true>);

// Long because it is a table, a route after another.
export function journalRoutes(
  state: Pick<EngineState, 'journal' | 'masker'>,
  limits: StreamLimits,
): readonly ControlRoute[] {
  const { journal, masker } = state;
  // Entries and subjects are masked already, each by what was a secret when it was written.
  const masks = (): 'none' => 'none';
  return [
    {
      method: 'GET',
      path: '/journal',
      query: ['idScope', 'registrationId', 'kind', 'after', 'limit'],
      masks,
      answer: ({ query }) => {
        const { isOfSubject, isOfKind } = filterOf(query, masker);
        const page = pageOf(journal.timelines().filter(isOfSubject), isOfKind, pageAsked(query));
        return { droppedTimelines: journal.droppedTimelines(), dropped: journal.dropped(), ...page };
      },
    },
    eventsRoute(state, limits),
    {
      method: 'GET',
      path: '/journal/{idScope}/{registrationId}',
      query: ['kind', 'after', 'limit'],
      masks,
      answer: ({ params: { idScope = '', registrationId = '' }, query }) => {
        const { isOfKind } = filterOf(query, masker);
        const timeline = journal.timeline(idScope, registrationId);
        if (timeline !== undefined) {
          const { timelines, ...rest } = pageOf([timeline], isOfKind, pageAsked(query));
          return { ...(timelines[0] ?? shownTimeline(timeline, [])), ...rest };
        }
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
      query: ['after'],
      masks,
      answer: ({ query }) => tracePage(journal.timelines(), single(query, 'after')),
    },
  ];
}

function eventsRoute({ journal, masker }: Pick<EngineState, 'journal' | 'masker'>, limits: StreamLimits): ControlRoute {
  return {
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
  };
}

interface Filter {
  readonly isOfSubject: (subject: JournalSubject) => boolean;
  readonly isOfKind: (entry: JournalEntry) => boolean;
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
  };
}

/** What an `EventSource` sends when it connects again; anything else is not ours. */
function lastSeen(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function entriesAfter(timelines: readonly Timeline[], sequence: number): readonly EntryOfSubject[] {
  return timelines
    .flatMap(({ entries, droppedEntries: _count, dropped: _dropped, ...subject }) =>
      entries.map((entry) => ({ subject, entry })),
    )
    .filter(({ entry }) => entry.sequence > sequence)
    .sort((a, b) => a.entry.sequence - b.entry.sequence);
}

interface PageAsked {
  readonly afterSequence: number;
  readonly limit: number;
}

function pageAsked(query: Query): PageAsked {
  const [afterSequence = 0, limit = Number.MAX_SAFE_INTEGER] = (['after', 'limit'] as const).map((name) => {
    const value = single(query, name);
    if (value === undefined) return undefined;
    if (/^\d{1,15}$/.test(value) && !(name === 'limit' && Number(value) === 0)) return Number(value);
    const rule = name === 'limit' ? 'must be a whole number from 1' : 'must be the `next` of the page before';
    throw invalid('The query parameters break a rule', [{ path: name, rule, value: shown(value) }]);
  });
  return { afterSequence, limit };
}

/** Characters of a page: what a small heap can make a text of, and far from what no text can hold. One entry is always on it. */
const PAGE_LENGTH_MAX = 4 * 1024 * 1024;

/** In the order of the entries; a timeline goes on on the next page. `next` is absent on the last one. */
function pageOf(timelines: readonly Timeline[], isOfKind: Filter['isOfKind'], { afterSequence, limit }: PageAsked) {
  const all = timelines
    .flatMap(({ entries }, index) => entries.map((entry) => ({ index, entry })))
    .filter(({ entry }) => entry.sequence > afterSequence)
    .sort((a, b) => a.entry.sequence - b.entry.sequence);
  const onPage = new Map<number, ReturnType<typeof shownEntry>[]>();
  let next: number | undefined;
  let count = 0;
  let length = 0;
  let last = afterSequence;
  for (const { index, entry } of all) {
    if (!isOfKind(entry)) continue;
    const one = shownEntry(entry);
    length += JSON.stringify(one).length;
    if (count === limit || (count > 0 && length > PAGE_LENGTH_MAX)) {
      next = last;
      break;
    }
    onPage.set(index, [...(onPage.get(index) ?? []), one]);
    count += 1;
    last = entry.sequence;
  }
  return {
    timelines: timelines.flatMap((timeline, index) => {
      const entries = onPage.get(index);
      return entries === undefined ? [] : [shownTimeline(timeline, entries)];
    }),
    ...(next !== undefined && { next: String(next) }),
  };
}

function tracePage(timelines: readonly Timeline[], after: string | undefined) {
  // The hash is of the whole, made as it can be made again from the pages: never in one text.
  const hash = createHash('sha256').update('[');
  const trace: RegistrationTrace[] = [];
  let length = 0;
  let next: string | undefined;
  let isFirst = true;
  for (const one of tracesOf(timelines)) {
    const text = canonicalJson(one as unknown as JsonValue);
    hash.update(isFirst ? text : `,${text}`);
    isFirst = false;
    if (next !== undefined || (after !== undefined && traceKey(one) <= after)) continue;
    length += text.length;
    const last = trace.at(-1);
    if (last !== undefined && length > PAGE_LENGTH_MAX) next = traceKey(last);
    else trace.push(one);
  }
  return { hash: `sha256:${hash.update(']').digest('hex')}`, trace, ...(next !== undefined && { next }) };
}

function shownTimeline(
  { entries: _all, droppedEntries, dropped, ...subject }: Timeline,
  entries: readonly ReturnType<typeof shownEntry>[],
) {
  return { ...subject, droppedEntries, dropped, entries };
}

function shownEntry({ sequence, atMs, text, tone, event, repeated }: JournalEntry) {
  return { sequence, at: isoInstant(atMs), atMs, text, tone, event, ...(repeated && { repeated }) };
}
