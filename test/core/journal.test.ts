import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../emulator/core/journal/describe.ts';
import { createJournal, type Journal } from '../../emulator/core/journal/journal.ts';
import { traceOf } from '../../emulator/core/journal/trace.ts';
import type { JournalEntry, JournalEvent } from '../../emulator/wire/journal-entry.ts';
import { type JournalSubject, registrationSubject, subjectName } from '../../emulator/wire/journal-subject.ts';
import { createMasker } from '../../emulator/wire/mask.ts';

const subject = (registrationId: string) => registrationSubject({ idScope: '0ne1', registrationId });
const opened: JournalEvent = { kind: 'operation-opened', operationId: 'o', linkedHubs: [] };
const concluded: JournalEvent = { kind: 'concluded', operationId: 'o', status: 'assigned' };
const connected: JournalEvent = { kind: 'connected', transport: 'mqtt' };

const refused = { kind: 'refused', operation: 'register', transport: 'mqtt', reason: 'wrong-key', detail: '' } as const;
const polled = { kind: 'replied', operation: 'poll', transport: 'mqtt', status: 202, body: '' } as const;
const call = (requestText: string, response = ''): RecordedEvent => {
  return { kind: 'webhook-attempt', attempt: 1, url: 'http://h/', requestText, status: 500, response, durationMs: 1 };
};

function journalOf(timelinesMax: number, entriesPerTimelineMax = 100, now = (): number => 0): Journal {
  return createJournal({ now, timelinesMax, entriesPerTimelineMax });
}

const kept = (journal: Journal): readonly string[] => journal.timelines().map(subjectName).sort();

describe('the journal', () => {
  it('keeps one timeline per scope and id, whatever the case, in the first spelling', () => {
    const journal = journalOf(10);
    journal.record(subject('Device'), connected);
    journal.record(registrationSubject({ idScope: '0NE1', registrationId: 'DEVICE' }), opened);
    journal.record(registrationSubject({ idScope: '0ne2', registrationId: 'Device' }), connected);
    expect(journal.timelines().map(({ entries }) => entries.length)).toEqual([2, 1]);
    expect(journal.timeline('0ne1', 'device')?.registrationId).toBe('Device');
    expect(journal.timeline('0ne1', 'other')).toBeUndefined();
  });

  it('keeps a timeline for each hub device, listener and service as well; device ids differ by case', () => {
    const journal = journalOf(10);
    const about: readonly (readonly [JournalSubject, string])[] = [
      [{ kind: 'hub-device', hub: 'h.net', deviceId: 'd' }, 'd at h.net'],
      [{ kind: 'hub-device', hub: 'H.net', deviceId: 'd' }, 'd at h.net'],
      [{ kind: 'hub-device', hub: 'h.net', deviceId: 'D' }, 'D at h.net'],
      [{ kind: 'listener', listener: 'mqtt' }, 'the mqtt listener'],
      [{ kind: 'service', idScope: '0ne1' }, 'the service 0ne1'],
      [{ kind: 'service', idScope: '0NE1' }, 'the service 0ne1'],
    ];
    for (const [one] of about) journal.record(one, connected);
    journal.record(subject('d'), connected);
    const timelines = journal.timelines();
    expect(timelines.map(subjectName)).toEqual([...new Set(about.map(([, name]) => name)), 'd']);
    const counts = timelines.map(({ entries }) => entries.map(({ repeated }) => repeated?.count ?? 1));
    expect(counts).toEqual([[2], [1], [1], [2], [1]]);
    expect(timelines[1]).toMatchObject({ kind: 'hub-device', hub: 'h.net', deviceId: 'D', droppedEntries: 0 });
    expect(traceOf([...timelines])).toEqual([]);
  });

  it('numbers all entries in one row and stamps them by the clock', () => {
    let nowMs = 5;
    const journal = journalOf(10, 100, () => nowMs);
    journal.record(subject('a'), connected);
    nowMs = 7;
    journal.record(subject('b'), connected);
    journal.record(subject('a'), opened);
    expect(journal.timeline('0ne1', 'a')?.entries.map(({ sequence, atMs }) => [sequence, atMs])).toEqual([
      [1, 5],
      [3, 7],
    ]);
  });

  it('drops the oldest entries of a timeline that grows beyond its bound, and counts them', () => {
    const journal = journalOf(10, 3);
    for (const operationId of ['1', '2', '3', '4', '5']) journal.record(subject('a'), { ...concluded, operationId });
    const timeline = journal.timeline('0ne1', 'a');
    expect(timeline?.entries.map(({ event }) => event.kind === 'concluded' && event.operationId)).toEqual([
      '3',
      '4',
      '5',
    ]);
    expect(timeline?.droppedEntries).toBe(2);
  });

  it('drops the registration that was concluded longest ago first, and counts it', () => {
    const journal = journalOf(3);
    for (const id of ['a', 'b', 'c']) journal.record(subject(id), opened);
    for (const id of ['b', 'c', 'a']) journal.record(subject(id), concluded);
    journal.record(subject('d'), opened);
    expect(kept(journal)).toEqual(['a', 'c', 'd']);
    journal.record(subject('e'), opened);
    expect(kept(journal)).toEqual(['a', 'd', 'e']);
    expect(journal.droppedTimelines()).toBe(2);
  });

  it('drops one that is assigning only when all are', () => {
    const journal = journalOf(2);
    journal.record(subject('a'), opened);
    journal.record(subject('b'), opened);
    journal.record(subject('c'), opened);
    expect(kept(journal)).toEqual(['b', 'c']);
    journal.record(subject('c'), concluded);
    journal.record(subject('d'), connected);
    expect(kept(journal)).toEqual(['b', 'd']);
    expect(journal.droppedTimelines()).toBe(2);
  });

  it('never keeps more than it may, however many strangers knock', () => {
    const journal = journalOf(20);
    for (let n = 0; n < 2_000; n += 1) journal.record(subject(`x${n}`), connected);
    expect(journal.timelines()).toHaveLength(20);
    expect(journal.droppedTimelines()).toBe(1_980);
  });

  it('shortens an id that nobody has vetted', () => {
    const journal = journalOf(2);
    journal.record(registrationSubject({ idScope: 's'.repeat(9_000), registrationId: 'r'.repeat(9_000) }), connected);
    expect(journal.timelines()).toMatchObject([{ idScope: 's'.repeat(256), registrationId: 'r'.repeat(256) }]);
  });

  it('tells listeners of every entry as it is kept, until they leave', () => {
    const journal = journalOf(2);
    const heard: string[] = [];
    const leave = journal.subscribe((about, { sequence, event }) => {
      heard.push(`${subjectName(about)} ${sequence} ${event.kind === 'refused' ? event.detail : event.kind}`);
    });
    journal.record(subject('a'), connected);
    journal.record(subject('b'), {
      kind: 'refused',
      operation: 'register',
      transport: 'mqtt',
      reason: 'wrong-key',
      detail: 'sig=SECRET',
    });
    leave();
    journal.record(subject('a'), connected);
    expect(heard).toEqual(['a 1 connected', 'b 2 sig=****']);
  });

  it('reports a listener that throws, or that fails later, and neither the others nor who records notice', async () => {
    const bugs: string[] = [];
    const reportBug = (error: unknown, where: string): number => bugs.push(`${where}: ${(error as Error).message}`);
    const journal = createJournal({ now: () => 0, timelinesMax: 2, entriesPerTimelineMax: 9, reportBug });
    const heard: string[] = [];
    journal.subscribe(() => {
      throw new Error('at once');
    });
    journal.subscribe((async () => {
      throw new Error('later');
    }) as () => void);
    journal.subscribe((_subject, { event }) => heard.push(event.kind));
    journal.record(subject('a'), connected);
    journal.record(subject('a'), opened);
    await Promise.resolve();
    expect(heard).toEqual(['connected', 'operation-opened']);
    expect(bugs.sort()).toEqual([
      'a listener of the journal: at once',
      'a listener of the journal: at once',
      'a listener of the journal: later',
      'a listener of the journal: later',
    ]);
  });

  it('masks what its masker knows to be secret, in entries, words and trace, also when it learnt it after the recording', () => {
    const masker = createMasker();
    const journal = createJournal({ now: () => 0, timelinesMax: 2, entriesPerTimelineMax: 9, masker });
    const heard: JournalEntry[] = [];
    journal.subscribe((_subject, entry) => heard.push(entry));
    const payload = { note: 'my/key+1', 'my/key+1': [encodeURIComponent('my/key+1')] };
    journal.record(subject('a'), { kind: 'register-received', transport: 'mqtt', apiVersion: 'my/key+1', payload });
    masker.add(['my/key+1']);
    const shown = JSON.stringify([heard, journal.timelines(), traceOf(journal.timelines())]);
    expect(shown).not.toMatch(/my(\/|%2F)key/i);
    expect(heard[0]).toMatchObject({
      text: 'register over mqtt, api-version ****',
      event: { payload: { note: '****', '****': ['****'] } },
    });
  });

  it('folds what repeats since the latest decision, and listeners hear of each', () => {
    let nowMs = 0;
    const journal = journalOf(10, 100, () => nowMs);
    const heard: JournalEntry[] = [];
    journal.subscribe((_subject, entry) => heard.push(entry));
    journal.record(subject('a'), opened);
    for (nowMs = 1; nowMs <= 40; nowMs += 1) {
      journal.record(subject('a'), nowMs % 2 === 0 ? connected : { kind: 'disconnected', transport: 'mqtt' });
    }
    journal.record(subject('a'), { ...opened, operationId: 'p' });
    journal.record(subject('a'), connected);
    const entries = journal.timeline('0ne1', 'a')?.entries ?? [];
    expect(entries.map(({ event, repeated, atMs }) => [event.kind, repeated, atMs])).toEqual([
      ['operation-opened', undefined, 0],
      ['disconnected', { count: 20, sinceMs: 1 }, 39],
      ['connected', { count: 20, sinceMs: 2 }, 40],
      ['operation-opened', undefined, 41],
      ['connected', undefined, 41],
    ]);
    expect(entries[1]?.text).toBe('disconnected (20 times since 1970-01-01T00:00:00.001Z)');
    expect(heard.filter(({ repeated }) => repeated === undefined)).toHaveLength(43);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 40, 41, 42, 43]);
  });

  it('folds refusals of an impostor, whose replies differ only by their ids, and a decision of another kind stays', () => {
    const journal = journalOf(10, 20);
    journal.record(subject('a'), opened);
    for (let n = 0; n < 2_440; n += 1) {
      journal.record(subject('a'), { ...refused, detail: 'not the key' });
      journal.record(subject('a'), { ...polled, operation: 'register', status: 401, body: `{"trackingId":"${n}"}` });
    }
    expect(journal.timeline('0ne1', 'a')).toMatchObject({ droppedEntries: 0, entries: { length: 3 } });
    const [trace] = traceOf(journal.timelines());
    expect(trace?.events.map(({ kind }) => kind)).toEqual(['operation-opened', ...Array(2_440).fill('refused')]);
  });

  it('lets noise of many kinds push out noise alone, and counts it by kind', () => {
    const journal = journalOf(10, 10);
    journal.record(subject('a'), opened);
    for (let n = 0; n < 500; n += 1) journal.record(subject('a'), { ...polled, body: String(n) });
    const timeline = journal.timeline('0ne1', 'a');
    expect(timeline?.entries.map(({ event }) => event.kind)).toEqual(['operation-opened', 'replied', 'replied']);
    expect(timeline).toMatchObject({ droppedEntries: 498, dropped: { replied: 498 } });
    expect(journal.dropped()).toEqual({ replied: 498 });
  });

  it('counts what goes with a timeline too', () => {
    const journal = journalOf(1, 10);
    journal.record(subject('a'), call('{}'));
    journal.record(subject('a'), call('{}'));
    journal.record(subject('b'), connected);
    expect(journal.dropped()).toEqual({ 'webhook-attempt': 2 });
  });

  it('cuts what others have sent and says how long it was; what DPS sent stays whole', () => {
    const journal = journalOf(10);
    const request = JSON.stringify({ payload: 'p'.repeat(100_000) });
    journal.record(subject('a'), call(request, 'r'.repeat(1_000_000)));
    journal.record(subject('a'), { ...refused, detail: 'd'.repeat(70_000) });
    const [first, second] = journal.timeline('0ne1', 'a')?.entries ?? [];
    expect(first?.event).toMatchObject({ response: 'r'.repeat(16_384), responseLength: 1_000_000 });
    expect(first?.event).toMatchObject({ request: JSON.parse(request) });
    expect(second?.event).toMatchObject({ detail: `${'d'.repeat(16_384)}… (70000 characters)` });
  });

  it('never cuts a secret in two', () => {
    const masker = createMasker(['my-secret-key']);
    const journal = createJournal({ now: () => 0, timelinesMax: 2, entriesPerTimelineMax: 9, masker });
    journal.record(subject('a'), call('{}', `${'r'.repeat(16_380)}my-secret-key${'r'.repeat(99)}`));
    expect(journal.timeline('0ne1', 'a')?.entries[0]?.event).toMatchObject({ response: 'r'.repeat(16_380) });
  });

  it('keeps to its bytes: the oldest requests go first, and their entries say so; then the oldest registrations', () => {
    const journal = createJournal({
      now: () => 0,
      timelinesMax: 9_999,
      entriesPerTimelineMax: 100,
      bytesMax: 1_000_000,
    });
    const request = JSON.stringify({ payload: 'p'.repeat(99_000) });
    for (let n = 0; n < 20; n += 1) journal.record(subject(`d${n}`), call(request));
    const events = journal.timelines().map(({ entries }) => entries[0]?.event);
    expect(events).toHaveLength(20);
    expect(events[0]).toMatchObject({ request: null, requestDropped: request.length });
    expect(events[19]).toMatchObject({ request: { payload: expect.any(String) } });
    expect(events[19]).not.toHaveProperty('requestDropped');
    expect(journal.droppedTimelines()).toBe(0);
    for (let n = 0; n < 4_000; n += 1) journal.record(subject(`e${n}`), connected);
    expect(journal.droppedTimelines()).toBeGreaterThan(500);
    expect(journal.dropped()['webhook-attempt']).toBe(20);
    expect(journal.timelines().at(-1)).toMatchObject({ registrationId: 'e3999' });
  });

  it('keeps to its bytes with one registration too', () => {
    const journal = createJournal({ now: () => 0, timelinesMax: 9, entriesPerTimelineMax: 9_999, bytesMax: 100_000 });
    for (let n = 0; n < 100; n += 1) journal.record(subject('a'), { ...concluded, reason: 'r'.repeat(9_000) });
    expect(journal.timeline('0ne1', 'a')?.entries.length).toBeLessThan(11);
    expect(journal.dropped().concluded).toBeGreaterThan(89);
  });

  it('clear forgets everything but goes on counting', () => {
    const journal = journalOf(1);
    journal.record(subject('a'), connected);
    journal.record(subject('b'), connected);
    journal.clear();
    expect([journal.timelines(), journal.droppedTimelines()]).toEqual([[], 0]);
    journal.record(subject('a'), connected);
    expect(journal.timeline('0ne1', 'a')?.entries[0]?.sequence).toBe(3);
  });
});
