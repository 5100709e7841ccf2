import { describe, expect, it } from 'vitest';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import {
  customGroup,
  GROUP_KEY,
  type Harness,
  HUB_A,
  lookup,
  poll,
  provision,
  register,
  setUpOf,
  startHarness,
  webhook,
} from './service-harness.ts';

const SECRET = 'c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU';

/** A secret in every place where a device, a webhook or a set-up can put one. */
const leaky: JsonValue = {
  primaryKey: SECRET,
  nested: [{ password: SECRET, connectionString: `HostName=h;DeviceId=d;SharedAccessKey=${SECRET}=` }],
  token: `SharedAccessSignature sr=x&sig=${SECRET}%3D&se=1`,
  url: `https://user:${SECRET}@host/api?code=${SECRET}==`,
  text: JSON.stringify({ secondaryKey: SECRET, deep: { 'x-functions-key': SECRET } }),
};

/** Everything that a user of the emulator is shown of a run. */
function shown({ journal }: Harness): string {
  return JSON.stringify(journal.timelines());
}

function expectNoSecret(text: string): void {
  const at = text.indexOf(SECRET);
  expect(at < 0 ? '' : text.slice(Math.max(0, at - 120), at + 60)).toBe('');
}

describe('secrets in the journal', () => {
  it('of a device payload and of a webhook that sends it back', async () => {
    const body = { iotHubHostName: HUB_A, payload: leaky, initialTwin: { tags: leaky } };
    const standIn = await webhook([{ kind: 'json', body }]);
    const url = `${standIn.url}?code=${SECRET}`;
    const harness = await startHarness({ setUp: setUpOf(customGroup(url, { initialTwin: { tags: { leaky } } })) });
    const { registrationState } = await provision(harness, { payload: leaky });
    // The device itself and the webhook get what is theirs.
    expect(registrationState?.payload).toEqual(leaky);
    expect(standIn.requests[0]?.json()).toMatchObject({ deviceRuntimeContext: { payload: leaky } });
    await lookup(harness);
    expectNoSecret(shown(harness));
    expect(shown(harness)).toContain('****');
    expect(harness.bugs).toEqual([]);
  });

  it.each([
    ['a body that is no JSON', `primaryKey: x?code=${SECRET}`],
    ['an unlinked hub', JSON.stringify({ iotHubHostName: `h?code=${SECRET}` })],
  ])('of a webhook that fails with %s', async (_title, text) => {
    const standIn = await webhook([{ kind: 'text', text }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness);
    expectNoSecret(shown(harness));
  });

  it.each([
    `http://user:${SECRET}@dps-emulator.invalid/?code=${SECRET}`,
    `http://127.0.0.1:1/?code=${SECRET}`,
  ])('of a webhook that cannot be reached: %s', async (url) => {
    const harness = await startHarness({
      setUp: setUpOf(customGroup(url)),
      assume: { 'webhook-dns': 'fail', 'webhook-refused': 'fail' },
    });
    await provision(harness);
    expectNoSecret(shown(harness));
  });

  it('of a webhook URL that is none: it is refused, without a word of it', async () => {
    const setUp = setUpOf(customGroup(`not a URL?code=${SECRET}`));
    const error = await startHarness({ setUp }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('webhookUrl: must be an http or https URL');
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain(SECRET);
  });

  it.each([
    `SharedAccessSignature sr=a&sig=${SECRET}&se=1&se=2`,
    `SharedAccessSignature sr=a?sig=${SECRET}&sig=x&se=1`,
    SECRET,
  ])('of a token that cannot be read', async (token) => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    for (const ask of [register, lookup, (h: Harness, d: object) => poll(h, `x?code=${SECRET}`, d)]) {
      await ask(harness, { credential: { kind: 'sas', token } });
    }
    await poll(harness, `x?code=${SECRET}`);
    expectNoSecret(shown(harness));
  });

  it('of keys: none is shown, neither in the journal nor in the trace nor to the webhook', async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness);
    for (const key of [GROUP_KEY, deriveDeviceKey(GROUP_KEY, 'device-1')]) {
      expect(shown(harness) + standIn.requests.map(({ bodyText }) => bodyText).join()).not.toContain(key);
    }
  });
});
