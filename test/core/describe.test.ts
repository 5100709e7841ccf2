/** The one narrator: an entry's words and its tone, made and masked when they are first read. */
import { describe, expect, it } from 'vitest';
import { createEntry, detailsOf } from '../../emulator/core/journal/describe.ts';
import type { JournalEvent, Tone } from '../../emulator/wire/journal-entry.ts';
import { createMasker } from '../../emulator/wire/mask.ts';

const attempt = { kind: 'webhook-attempt', attempt: 2, url: 'http://h/f?****', request: { a: 1 } } as const;
const vouched = { kind: 'authenticated', enrollmentKind: 'group', enrollmentId: 'g' } as const;
const concluded = { kind: 'concluded', operationId: 'o' } as const;

const said: readonly (readonly [JournalEvent, Tone, string, readonly string[]])[] = [
  [{ kind: 'connected', transport: 'mqtt' }, 'quiet', 'connected over mqtt', []],
  [
    { kind: 'connected', transport: 'mqtt-ws', apiVersion: '2019-03-31' },
    'quiet',
    'connected over mqtt-ws, api-version 2019-03-31',
    [],
  ],
  [{ kind: 'disconnected', transport: 'mqtt' }, 'quiet', 'disconnected', []],
  [{ kind: 'disconnected', transport: 'mqtt', why: 'it broke' }, 'warning', 'disconnected: it broke', []],
  [
    { kind: 'register-received', transport: 'https', apiVersion: '2021-06-01', payload: 'text' },
    'neutral',
    'register over https, api-version 2021-06-01',
    ['payload "text"'],
  ],
  [{ ...vouched, key: 'secondary' }, 'neutral', 'authenticated by the enrollment group "g", secondary key', []],
  [
    { ...vouched, enrollmentKind: 'individual', key: 'none' },
    'neutral',
    'found the individual enrollment "g"; its keys are not looked at',
    [],
  ],
  [
    { ...vouched, certificate: { subject: 'd', sha256Thumbprint: 'AB' } },
    'neutral',
    'authenticated by the enrollment group "g", certificate AB',
    [],
  ],
  [{ ...vouched, endorsementKey: 'ZWs=' }, 'neutral', 'authenticated by the enrollment group "g", its TPM', []],
  [
    {
      kind: 'refused',
      operation: 'poll',
      transport: 'https',
      errorCode: 401002,
      reason: 'expired',
      detail: 'too late',
    },
    'bad',
    'poll over https refused 401002: expired: too late',
    [],
  ],
  [
    { kind: 'refused', operation: 'connect', transport: 'mqtt', reason: 'connect-refused', detail: 'why' },
    'bad',
    'connect over mqtt refused: connect-refused: why',
    [],
  ],
  [
    { kind: 'operation-opened', operationId: 'o', linkedHubs: ['a', 'b'] },
    'neutral',
    'assigning; hubs to choose from: a, b',
    ['operation o'],
  ],
  [
    { kind: 'operation-opened', operationId: 'o', linkedHubs: [] },
    'neutral',
    'assigning; hubs to choose from: none',
    ['operation o'],
  ],
  [{ kind: 'superseded', operationId: 'o', by: 'p' }, 'warning', 'operation o gives way to a newer register, p', []],
  [
    { ...attempt, status: 204, response: '{}', durationMs: 3.14 },
    'neutral',
    'webhook call 2 answered 204, after 3.1 ms',
    ['POST http://h/f?****', 'request {"a":1}', 'response {}'],
  ],
  [
    { ...attempt, status: 503, response: '', durationMs: 1500 },
    'bad',
    'webhook call 2 answered 503, after 1.5 s',
    ['POST http://h/f?****', 'request {"a":1}', 'response '],
  ],
  [
    { ...attempt, failure: 'dns', detail: 'nobody', durationMs: 20 },
    'bad',
    'webhook call 2 no answer (dns): nobody, after 20 ms',
    ['POST http://h/f?****', 'request {"a":1}'],
  ],
  [
    { kind: 'retry-scheduled', attempt: 1, afterMs: 10_000, because: 'status 503' },
    'warning',
    'next webhook call in 10 s, because of status 503',
    [],
  ],
  [
    { ...concluded, status: 'assigned', hub: 'h', deviceId: 'd', substatus: 'initialAssignment', twin: { tags: {} } },
    'good',
    'assigned to h as d (initialAssignment)',
    ['twin {"tags":{}}'],
  ],
  [
    { ...concluded, status: 'failed', errorCode: 400208, errorMessage: 'No hub.', reason: 'it said ""' },
    'bad',
    'failed 400208 "No hub.": it said ""',
    [],
  ],
  [{ ...concluded, status: 'disabled', reason: 'it is' }, 'bad', 'disabled: it is', []],
  [
    { kind: 'replied', operation: 'register', transport: 'mqtt', status: 202, retryAfterSeconds: 3, body: '{"a":1}' },
    'quiet',
    'register answered 202, retry after 3 s',
    ['body {"a":1}'],
  ],
];

describe('an entry of the journal', () => {
  it.each(said)('%j is %s: %s', (event, tone, text, details) => {
    const entry = createEntry(1, 2, event, createMasker());
    expect({ text: entry.text, tone: entry.tone }).toEqual({ text, tone });
    expect(detailsOf(entry.event).map(({ name, text: more }) => `${name} ${more}`)).toEqual(details);
    expect(JSON.parse(JSON.stringify(entry))).toEqual({ sequence: 1, atMs: 2, text, tone, event });
  });

  it('costs nothing until it is read, and is made once', () => {
    let reads = 0;
    const event = {
      ...attempt,
      status: 200,
      durationMs: 1,
      get response() {
        reads += 1;
        return 'sig=SECRET';
      },
    } as const;
    const entry = createEntry(1, 0, event, createMasker());
    expect(reads).toBe(0);
    const first = entry.event;
    expect(first).toMatchObject({ response: 'sig=****' });
    expect([entry.text, entry.tone]).toEqual(['webhook call 2 answered 200, after 1 ms', 'neutral']);
    expect(entry.event).toBe(first);
    expect(reads).toBe(1);
  });

  it.each(['detail', 'reason'] as const)('has no secret in its words, wherever it came from: %s', (member) => {
    const refused = { kind: 'refused', operation: 'connect', transport: 'mqtt', reason: 'r', detail: 'd' } as const;
    const { text } = createEntry(
      1,
      0,
      { ...refused, [member]: 'http://u:SECRET@h/?code=SECRET sig=SECRET' },
      createMasker(),
    );
    expect(text).not.toContain('SECRET');
    expect(text).toContain('****');
  });
});
