import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../emulator/wire/canonical-json.ts';
import { registrationSubject } from '../../emulator/wire/journal-subject.ts';
import { call } from './support/call.ts';
import { DEVICE, FUNCTION_KEY, lentContosoForTests, register, SCOPE } from './support/contoso.ts';

const start = lentContosoForTests();
const OTHER = 'second-device';

interface JournalAnswer {
  readonly droppedTimelines: number;
  readonly timelines: readonly { registrationId: string; entries: readonly { event: { kind: string } }[] }[];
}

async function journal(control: string, query = ''): Promise<JournalAnswer> {
  return (await call(control, `/journal${query}`)).json as JournalAnswer;
}

function kinds({ timelines }: JournalAnswer): readonly (readonly string[])[] {
  return timelines.map(({ entries }) => entries.map(({ event }) => event.kind));
}

describe('GET /journal', () => {
  it('tells what happened to each registration, oldest first, with instants in both forms', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    await register(emulator, OTHER);
    const { timelines, droppedTimelines } = await journal(control);
    expect(droppedTimelines).toBe(0);
    expect(timelines.map(({ registrationId }) => registrationId)).toEqual([DEVICE, OTHER]);
    expect(timelines[0]).toMatchObject({ idScope: SCOPE, droppedEntries: 0 });
    expect(kinds({ timelines, droppedTimelines })[0]).toEqual(
      expect.arrayContaining([
        'register-received',
        'authenticated',
        'operation-opened',
        'webhook-attempt',
        'concluded',
      ]),
    );
    expect(timelines[0]?.entries[0]).toMatchObject({
      sequence: 1,
      at: '2026-01-01T00:00:00.000Z',
      atMs: Date.parse('2026-01-01T00:00:00Z'),
    });
  });

  it('filters by scope, registration and kinds', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    await register(emulator, OTHER);
    expect((await journal(control, `?registrationId=${OTHER.toUpperCase()}`)).timelines).toHaveLength(1);
    expect((await journal(control, `?idScope=${SCOPE.toUpperCase()}`)).timelines).toHaveLength(2);
    expect((await journal(control, '?idScope=0ne00000009')).timelines).toEqual([]);
    const wanted = [
      ['webhook-attempt', 'concluded'],
      ['webhook-attempt', 'concluded'],
    ];
    expect(kinds(await journal(control, '?kind=webhook-attempt,concluded'))).toEqual(wanted);
    expect(kinds(await journal(control, '?kind=webhook-attempt&kind=concluded'))).toEqual(wanted);
    expect((await journal(control, '?kind=superseded')).timelines).toEqual([]);
  });

  it('counts the timelines that made room', async () => {
    const { emulator, control } = await start([{ kind: 'status', status: 500 }], { journalTimelinesMax: 1 });
    await register(emulator, DEVICE);
    await register(emulator, OTHER);
    expect(await journal(control)).toMatchObject({ droppedTimelines: 1, timelines: [{ registrationId: OTHER }] });
  });

  it('masks function codes and signatures', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const { text } = await call(control, '/journal');
    expect(text).toContain('/api/HttpTrigger1?****');
    expect(text).not.toContain(FUNCTION_KEY);
    expect(text).not.toMatch(/sig=[^*]/);
  });

  it.each([
    ['?kind=webhook', 'kind'],
    ['?idScope=a&idScope=b', 'idScope'],
    ['?registration=a', 'registration'],
  ])('refuses the filter %s', async (query, path) => {
    const { control } = await start();
    const answer = await call(control, `/journal${query}`);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path }] } } });
  });
});

describe('GET /journal/{idScope}/{registrationId}', () => {
  it('is one timeline, in any case of the ids, and filters by kind', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const { timelines } = await journal(control);
    const path = `/journal/${SCOPE.toUpperCase()}/${DEVICE.toUpperCase()}`;
    expect((await call(control, path)).json).toEqual(timelines[0]);
    expect((await call(control, `${path}?kind=concluded`)).json).toMatchObject({
      entries: [{ event: { kind: 'concluded' } }],
    });
  });

  it('answers 404 when nothing is on record', async () => {
    const { control } = await start();
    const answer = await call(control, `/journal/${SCOPE}/nobody`);
    expect(answer).toMatchObject({
      status: 404,
      json: { error: { code: 'not-found', message: expect.stringContaining('nobody') } },
    });
  });

  it('finds ids of 128 characters that need percent-encoding', async () => {
    const { emulator, control } = await start();
    const registrationId = `${':'.repeat(127)}a`;
    emulator.journal.record(registrationSubject({ idScope: SCOPE, registrationId }), {
      kind: 'connected',
      transport: 'mqtt',
    });
    const answer = await call(control, `/journal/${SCOPE}/${encodeURIComponent(registrationId)}`);
    expect(answer).toMatchObject({ status: 200, json: { registrationId } });
  });
});

describe('GET /trace', () => {
  it('has a hash that can be made again from what was answered', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const { hash, trace } = (await call(control, '/trace')).json as { hash: string; trace: never };
    expect(trace).toEqual(JSON.parse(JSON.stringify(emulator.trace())));
    expect(hash).toBe(`sha256:${createHash('sha256').update(canonicalJson(trace)).digest('hex')}`);
  });

  it('is equal for equal seeds and inputs, and differs when the outcome does', async () => {
    const hashOf = async (script: Parameters<typeof start>[0]): Promise<unknown> => {
      const { emulator, control } = await start(script);
      await register(emulator, DEVICE);
      return ((await call(control, '/trace')).json as { hash: string }).hash;
    };
    const first = await hashOf(undefined);
    expect(await hashOf(undefined)).toBe(first);
    expect(await hashOf([{ kind: 'status', status: 400 }])).not.toBe(first);
  });
});

it.each([
  [{ b: [1, { d: 'x\n', c: null }], a: true }, '{"a":true,"b":[1,{"c":null,"d":"x\\n"}]}'],
  [{ é: 1, Z: 2, a: 3 }, '{"Z":2,"a":3,"é":1}'],
  ['text', '"text"'],
  [[], '[]'],
])('the canonical JSON of %j is %s', (value, text) => expect(canonicalJson(value)).toBe(text));
