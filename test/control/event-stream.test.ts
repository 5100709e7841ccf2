import { describe, expect, it } from 'vitest';
import { type ControlServer, startControlServer } from '../../emulator/control/server.ts';
import type { Emulator } from '../../emulator/index.ts';
import { registrationSubject } from '../../emulator/wire/journal-subject.ts';
import { call } from './support/call.ts';
import { contosoForTests, DEVICE, register, SCOPE } from './support/contoso.ts';
import { openEvents } from './support/events.ts';

const start = contosoForTests();
const ALICE = registrationSubject({ idScope: SCOPE, registrationId: 'alice' });
const BOB = registrationSubject({ idScope: SCOPE, registrationId: 'bob' });
const connected = { kind: 'connected', transport: 'mqtt' } as const;
const left = { kind: 'disconnected', transport: 'mqtt' } as const;

function entryOf(subject: typeof ALICE, sequence: number, event: object) {
  return { id: String(sequence), event: 'entry', data: expect.objectContaining({ ...subject, sequence, event }) };
}

describe('GET /journal/events', () => {
  it('is a stream of server-sent events that begins before anything has happened', async () => {
    const { control } = await start();
    const reader = await openEvents(`${control}/journal/events`);
    expect(reader.response).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
    expect(await reader.next()).toEqual({ comment: 'the journal of dps-emulator' });
    reader.close();
  });

  it('tells of entries as they happen, and not of those before', async () => {
    const { emulator, control } = await start();
    emulator.journal.record(ALICE, connected);
    const reader = await openEvents(`${control}/journal/events`);
    emulator.journal.record(BOB, connected);
    emulator.journal.record(ALICE, left);
    expect(await reader.nextEvent()).toEqual(entryOf(BOB, 2, connected));
    expect(await reader.nextEvent()).toEqual(entryOf(ALICE, 3, left));
    reader.close();
  });

  it('with replay=true first sends what is on record, in the order in which it happened', async () => {
    const { emulator, control } = await start();
    emulator.journal.record(ALICE, connected);
    emulator.journal.record(BOB, connected);
    emulator.journal.record(ALICE, left);
    const reader = await openEvents(`${control}/journal/events?replay=true`);
    emulator.journal.record(BOB, left);
    for (const expected of [
      entryOf(ALICE, 1, connected),
      entryOf(BOB, 2, connected),
      entryOf(ALICE, 3, left),
      entryOf(BOB, 4, left),
    ]) {
      expect(await reader.nextEvent()).toEqual(expected);
    }
    reader.close();
  });

  it('goes on behind the entry that a returning reader saw last', async () => {
    const { emulator, control } = await start();
    for (const event of [connected, left, connected]) emulator.journal.record(ALICE, event);
    const reader = await openEvents(`${control}/journal/events`, { 'last-event-id': '2' });
    expect(await reader.nextEvent()).toEqual(entryOf(ALICE, 3, connected));
    reader.close();
  });

  it('filters what is replayed and what is live', async () => {
    const { emulator, control } = await start();
    emulator.journal.record(ALICE, left);
    emulator.journal.record(BOB, left);
    const reader = await openEvents(`${control}/journal/events?replay=true&registrationId=BOB&kind=disconnected`);
    emulator.journal.record(BOB, connected);
    emulator.journal.record(ALICE, left);
    emulator.journal.record(BOB, left);
    expect(await reader.nextEvent()).toEqual(entryOf(BOB, 2, left));
    expect(await reader.nextEvent()).toEqual(entryOf(BOB, 5, left));
    reader.close();
  });

  it('shows the same entries as the journal, secrets masked', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const { timelines } = (await call(control, '/journal')).json as { timelines: { entries: object[] }[] };
    const reader = await openEvents(`${control}/journal/events?replay=true`);
    for (const entry of timelines[0]?.entries ?? []) {
      expect((await reader.nextEvent()).data).toEqual({
        kind: 'registration',
        idScope: SCOPE,
        registrationId: DEVICE,
        ...entry,
      });
    }
    reader.close();
  });

  it.each(['replay=yes', 'kind=everything', 'follow=true'])('refuses %s with 400', async (query) => {
    const { control } = await start();
    expect(await call(control, `/journal/events?${query}`)).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid' } },
    });
  });

  it('ends when the emulator stops', async () => {
    const { emulator, control } = await start();
    const reader = await openEvents(`${control}/journal/events`);
    await reader.next();
    await emulator.stop();
    await expect(reader.next()).rejects.toThrow();
  });
});

describe('a reader of its own pace', () => {
  it('is kept alive by comments', async () => {
    const { emulator } = await start();
    await withServer(emulator, { keepAliveMs: 5 }, async ({ url }) => {
      const reader = await openEvents(`${url}/journal/events`);
      await reader.next();
      expect(await reader.next()).toEqual({ comment: 'keep-alive' });
      expect(await reader.next()).toEqual({ comment: 'keep-alive' });
      reader.close();
    });
  });

  it('that does not read is cut off with a last event, and nothing is kept for it', async () => {
    const { emulator } = await start();
    const { watched, untilNone } = countSubscribers(emulator);
    await withServer(watched, { backlogBytesMax: 64 * 1024 }, async ({ url }) => {
      const reader = await openEvents(`${url}/journal/events`);
      const event = { ...connected, apiVersion: 'x'.repeat(256 * 1024) };
      // Far more than the buffers of both ends of a socket hold.
      for (let count = 0; count < 200; count += 1) emulator.journal.record(ALICE, event);
      await untilNone;
      const events = await reader.rest();
      const last = events.at(-1);
      expect(last).toEqual({ event: 'overflow', data: { message: expect.stringMatching(/too slow: \d+ entries/) } });
      const sequences = events.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
      expect(sequences, 'what came before came without gaps').toEqual(sequences.map((_, index) => index + 1));
      expect(sequences.length).toBeLessThan(200);
    });
  });

  it('takes a replay that is larger than the backlog, as fast as it reads', async () => {
    const { emulator } = await start();
    const event = { kind: 'register-received', transport: 'mqtt', apiVersion: 'x'.repeat(64 * 1024) } as const;
    for (let count = 0; count < 300; count += 1) emulator.journal.record(ALICE, event);
    await withServer(emulator, { backlogBytesMax: 64 * 1024 }, async ({ url }) => {
      const reader = await openEvents(`${url}/journal/events?replay=true`);
      for (let sequence = 1; sequence <= 300; sequence += 1) {
        expect((await reader.nextEvent()).id).toBe(String(sequence));
      }
      reader.close();
    });
  });

  it('that leaves is forgotten', async () => {
    const { emulator } = await start();
    const { watched, untilNone } = countSubscribers(emulator);
    await withServer(watched, {}, async ({ url }) => {
      const reader = await openEvents(`${url}/journal/events`);
      await reader.next();
      reader.close();
      await untilNone;
    });
  });
});

async function withServer(
  emulator: Emulator,
  streamLimits: { keepAliveMs?: number; backlogBytesMax?: number },
  use: (server: ControlServer) => Promise<void>,
): Promise<void> {
  const server = await startControlServer({
    state: emulator,
    around: emulator,
    connections: () => [],
    host: '127.0.0.1',
    port: 0,
    streamLimits,
  });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** An emulator whose journal tells when its last listener has gone. */
function countSubscribers(emulator: Emulator): { readonly watched: Emulator; readonly untilNone: Promise<void> } {
  const { promise, resolve } = resolvable();
  let count = 0;
  const subscribe: Emulator['journal']['subscribe'] = (listener) => {
    count += 1;
    const end = emulator.journal.subscribe(listener);
    let isOpen = true;
    return () => {
      end();
      if (isOpen) count -= 1;
      isOpen = false;
      if (count === 0) resolve();
    };
  };
  return { watched: { ...emulator, journal: { ...emulator.journal, subscribe } }, untilNone: promise };
}

function resolvable(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
