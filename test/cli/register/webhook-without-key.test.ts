/** When a 401 of the webhook is put down to a URL without a key: only where the journal or the set-up shows it. */
import { describe, expect, it } from 'vitest';
import { type Evidence, webhookWithoutKey } from '../../../cli/register/webhook-without-key.ts';
import { createEntry } from '../../../emulator/core/journal/describe.ts';
import type { JournalEvent } from '../../../emulator/wire/journal-entry.ts';
import { createMasker } from '../../../emulator/wire/mask.ts';
import type { SetUp } from '../../../emulator/wire/set-up.ts';

const VOUCHED: JournalEvent = {
  kind: 'authenticated',
  enrollmentKind: 'group',
  enrollmentId: 'Devices',
  key: 'primary',
};

function called(url: string, status = 401): JournalEvent {
  return { kind: 'webhook-attempt', attempt: 1, url, request: {}, status, durationMs: 1 };
}

function storing(webhookUrl: string): SetUp {
  const custom = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
  } as const;
  return {
    dps: [
      {
        name: 'one',
        idScope: '0ne1',
        enrollmentGroups: [{ enrollmentGroupId: 'devices', ...custom }],
        enrollments: [{ registrationId: 'mine', ...custom }],
      },
    ],
  };
}

function judged(
  events: readonly JournalEvent[],
  setUp?: SetUp,
  idScope = '0NE1',
): ReturnType<typeof webhookWithoutKey> {
  const entries: Evidence['entries'] = events.map((event, index) => createEntry(index, 0, event, createMasker()));
  return webhookWithoutKey({ entries, idScope, setUp });
}

describe('a webhook', () => {
  it('that was called without a query had no key, whatever is stored by now', () => {
    const found = { enrollmentKind: 'group', enrollmentId: 'Devices', url: 'http://h/f' };
    expect(judged([VOUCHED, called('http://h/f')])).toEqual({ ...found, dpsName: undefined });
    expect(judged([VOUCHED, called('http://h/f')], storing('http://h/f?code=x'))).toEqual({ ...found, dpsName: 'one' });
  });

  it.each([
    ['http://h/f?code=x', false],
    ['http://h/f?clientId=1&code=x', false],
    ['http://h/f?clientId=1', true],
    ['http://h/f?Code=x', true],
    ['http://other/f?clientId=1', false],
  ])('that was called with a query is known by the URL that is stored: %s', (stored, isWithout) => {
    expect(judged([VOUCHED, called('http://h/f?****')], storing(stored)) !== undefined).toBe(isWithout);
  });

  it('of an individual enrollment is looked up among those', () => {
    const vouched: JournalEvent = { ...VOUCHED, enrollmentKind: 'individual', enrollmentId: 'MINE' };
    expect(judged([vouched, called('http://h/f?****')], storing('http://h/f?a=1'))).toMatchObject({ dpsName: 'one' });
    const stranger: JournalEvent = { ...vouched, enrollmentId: 'devices' };
    expect(judged([stranger, called('http://h/f?****')], storing('http://h/f?a=1'))).toBeUndefined();
  });

  it.each<[string, readonly JournalEvent[]]>([
    ['it was not called', [VOUCHED]],
    ['it answered something else at last', [VOUCHED, called('http://h/f'), called('http://h/f', 500)]],
    ['nobody vouched for the device', [called('http://h/f')]],
    ['nothing is known of the query', [VOUCHED, called('http://h/f?****')]],
  ])('is not suspected when %s', (_why, events) => {
    expect(judged(events)).toBeUndefined();
  });
});
