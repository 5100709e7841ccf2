import { describe, expect, it } from 'vitest';
import { createHeldSecrets } from '../../emulator/core/journal/secrets.ts';
import { createMemoryStore } from '../../emulator/core/store/memory/memory-store.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import {
  customGroup,
  DEVICE,
  eventsOf,
  GROUP,
  GROUP_KEY,
  type Harness,
  HUB_A,
  provision,
  register,
  SCOPE,
  setUpOf,
  startHarness,
  webhook,
} from './service-harness.ts';

const CODE = 'SECRETcode/12+345==';
/** All that the journal tells. */
const shown = ({ journal, engine }: Harness): string =>
  JSON.stringify([journal.timelines(), engine.state.trace()]).replaceAll('\\"', '"');

/** What is left of it when some of it is masked would be seen. */
function expectHidden(text: string, ...more: readonly string[]): void {
  for (const part of ['SECRETcode', 'U0VDUkVUY29kZ', '%53%45%43', ...more]) {
    const at = text.toLowerCase().indexOf(part.toLowerCase());
    expect(at < 0 ? '' : text.slice(Math.max(0, at - 90), at + 60)).toBe('');
  }
}

describe("a webhook's code that it sends back", () => {
  it.each<[how: string, write: (code: string) => string]>([
    ['bare', (code) => `bad code ${code}`],
    ['HTML-escaped, behind another parameter', (code) => `<a href="/api/x?clientId=app&amp;code=${code}">`],
    ['with HTML entities for what is no letter', (code) => code.replace(/\W/g, (one) => `&#${one.charCodeAt(0)};`)],
    ['percent-encoded', encodeURIComponent],
    ['percent-encoded in lower case', (code) => encodeURIComponent(code).replace(/%../g, (one) => one.toLowerCase())],
    ['in base64', (code) => Buffer.from(code).toString('base64')],
    ['in base64 of a whole request', (code) => Buffer.from(`GET /api/x?a=1&code=${code} HTTP/1.1`).toString('base64')],
    ['in base64url', (code) => Buffer.from(code).toString('base64url')],
    ['inside of JSON inside of JSON', (code) => JSON.stringify({ error: JSON.stringify({ url: `?k=${code}` }) })],
    ['in JSON as .NET escapes it', (code) => code.replaceAll('+', '\\u002B').replaceAll('=', '\\u003d')],
  ])('is masked %s, in answer, sentence and trace', async (_how, write) => {
    const standIn = await webhook([{ kind: 'text', status: 400, text: write(CODE) }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(`${standIn.url}?clientId=app&code=${CODE}`)) });
    await provision(harness);
    expectHidden(shown(harness));
    expect(shown(harness)).toContain('****');
  });

  it('is masked with the short values beside it where its URL is repeated, and they are words elsewhere', async () => {
    const text = 'Cannot POST /api/HttpTrigger1?clientId=app&mode=x of the app';
    const standIn = await webhook([{ kind: 'text', status: 404, text }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(`${standIn.url}?clientId=app&mode=x`)) });
    await provision(harness);
    expect(eventsOf(harness, 'webhook-attempt')[0]?.response).toBe('Cannot POST /api/HttpTrigger1?**** of the app');
  });

  it('leaves the names of hubs and versions of APIs readable, which a URL may hold too', async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const url = `${standIn.url}?hub=${HUB_A}&api-version=2019-03-31&code=${CODE}`;
    const harness = await startHarness({ setUp: setUpOf(customGroup(url)) });
    await provision(harness);
    expect(eventsOf(harness, 'concluded')).toMatchObject([{ hub: HUB_A }]);
    expect(eventsOf(harness, 'register-received')).toMatchObject([{ apiVersion: '2019-03-31' }]);
  });
});

describe('a secret in the wrong place', () => {
  it('is masked as a registration id, and its timeline is found by it', async () => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    const id = `x-${GROUP_KEY.replaceAll(/[+/=]/g, '-')}`.slice(0, 90);
    await register(harness, { id });
    expect(harness.journal.timeline(SCOPE, id)?.registrationId).toMatch(/^x-\*{4}/);
    expect(shown(harness)).not.toContain(GROUP_KEY.slice(0, 20));
  });

  it('is masked across the place where a long id is cut', async () => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    await register(harness, { id: `${'x'.repeat(240)}${GROUP_KEY}` });
    expect(shown(harness)).not.toContain(GROUP_KEY.slice(0, 8));
  });

  it("is masked as a member's name of a payload", async () => {
    const harness = await startHarness({ setUp: setUpOf({ allocationPolicy: 'static', iotHubs: [HUB_A] }) });
    const payload: JsonValue = { [GROUP_KEY]: [{ [encodeURIComponent(GROUP_KEY)]: 1 }] };
    await provision(harness, { payload });
    expect(shown(harness)).not.toContain(GROUP_KEY.slice(0, 20));
  });
});

describe('an entry keeps the secrets that were in force when it was written', () => {
  const echo = { kind: 'text', status: 400, text: `bad ${CODE}` } as const;
  const written = async (): Promise<Harness> => {
    const standIn = await webhook([echo]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(`${standIn.url}?code=${CODE}`)) });
    await provision(harness);
    return harness;
  };

  it('after the code was changed', async () => {
    const harness = await written();
    await harness.seed(setUpOf(customGroup('http://127.0.0.1:9/?code=another-code')));
    expectHidden(shown(harness));
  });

  it('after a deletion and after so many newer secrets that the old ones are swept out', async () => {
    const harness = await written();
    const { transaction } = harness.ports;
    await transaction('set-up', async (tx) => void (await tx.enrollments.deleteGroup(SCOPE, GROUP)));
    const enrollments = Array.from({ length: 1_200 }, (_, n) => ({
      registrationId: `e${n}`,
      attestation: { type: 'symmetricKey' } as const,
    }));
    await harness.seed(setUpOf(undefined, { enrollments }));
    // The sweep is on its way.
    await new Promise((resolve) => setImmediate(resolve));
    expectHidden(shown(harness));
  });

  it('after a reset, for whoever kept it', async () => {
    const harness = await written();
    const kept = harness.journal.timelines();
    await harness.engine.state.reset();
    expectHidden(JSON.stringify(kept));
  });
});

describe('what is known of secrets', () => {
  const keyRecord = (n: number, key: string) => ({
    collection: 'groups',
    key: String(n),
    lists: ['groups'],
    value: { attestation: { symmetricKey: { primaryKey: key } } },
  });
  const commit = { isClearing: false, expected: [] };

  it('is learnt from what another engine has left in the store, as soon as it is read', async () => {
    const store = createMemoryStore();
    await store.commit({ ...commit, writes: [keyRecord(1, GROUP_KEY)] });
    const secrets = createHeldSecrets({ readAll: async () => undefined, maskAll: () => undefined });
    await secrets.watch(store).page('groups', { count: 9 });
    expect(secrets.masker.text(GROUP_KEY)).toBe('****');
  });

  it('is forgotten once it has left the store and everything written before is masked', async () => {
    const order: string[] = [];
    const store = createMemoryStore();
    const secrets = createHeldSecrets({
      readAll: async () => void (await watched.page('groups', { count: 99 })),
      maskAll: () => order.push(secrets.masker.text('key-number-0-of-many')),
    });
    const watched = secrets.watch(store);
    for (let n = 0; n <= 2_000; n += 1) {
      await watched.commit({ ...commit, writes: [keyRecord(1, `key-number-${n}-of-many`)] });
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual(['****']);
    expect(secrets.masker.text('key-number-0-of-many key-number-2000-of-many')).toBe('key-number-0-of-many ****');
  });
});

describe('the narrator', () => {
  it("repeats the webhook's own words where it tells of its fault: one line, short, masked", async () => {
    const page = `<html>\r\n\u001b[31mTraceback \u202E (most recent call last) ?code=${CODE} ${'x'.repeat(400)}</html>`;
    const standIn = await webhook([{ kind: 'text', status: 400, text: page }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(`${standIn.url}?code=${CODE}`)) });
    await provision(harness);
    const texts = harness.journal.timeline(SCOPE, DEVICE)?.entries.map(({ text }) => text) ?? [];
    const call = texts.find((text) => text.startsWith('webhook call 1 answered 400')) ?? '';
    expect(call).toMatch(/: "<html> \[31mTraceback (?:.*)\?code=\*{4} x+…"$/);
    expect(call.slice(call.indexOf('"')).length).toBeLessThanOrEqual(203);
    expectHidden(texts.join());
  });

  it('says that the device of a disabled enrollment stays as it is at its hub', async () => {
    const group = { allocationPolicy: 'static', iotHubs: [HUB_A] } as const;
    const harness = await startHarness({ setUp: setUpOf(group) });
    await provision(harness);
    await harness.seed(setUpOf({ ...group, provisioningStatus: 'disabled' }));
    await register(harness);
    expect(eventsOf(harness, 'concluded').at(-1)?.reason).toBe(
      `the enrollment group "${GROUP}" is disabled; its device "${DEVICE}" at the hub ${HUB_A} stays enabled`,
    );
  });
});
