import { describe, expect, it } from 'vitest';
import { createJournal, type Journal } from '../../emulator/core/journal/journal.ts';
import { traceOf } from '../../emulator/core/journal/trace.ts';
import type { JournalEntry, JournalEvent } from '../../emulator/wire/journal-entry.ts';
import { type JournalSubject, registrationSubject, subjectName } from '../../emulator/wire/journal-subject.ts';
import { createMasker } from '../../emulator/wire/mask.ts';

const subject = (registrationId: string) => registrationSubject({ idScope: '0ne1', registrationId });
const opened: JournalEvent = { kind: 'operation-opened', operationId: 'o', linkedHubs: [] };
const concluded: JournalEvent = { kind: 'concluded', operationId: 'o', status: 'assigned' };
const connected: JournalEvent = { kind: 'connected', transport: 'mqtt' };

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
    expect(timelines.map(({ entries }) => entries.length)).toEqual([2, 1, 1, 2, 1]);
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
