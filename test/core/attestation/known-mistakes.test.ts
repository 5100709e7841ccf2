import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SetUpInstance } from '../../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { DEVICE, eventsOf, GROUP_KEY, register, SCOPE, setUpOf, startHarness } from '../service-harness.ts';

const ID = 'Device-1';
const OWN_KEY = Buffer.alloc(32, 1).toString('base64');
const SECOND_KEY = Buffer.alloc(48, 9).toString('base64');
const SE = '4102444800';

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const derived = (id: string): Buffer => bytes(deriveDeviceKey(GROUP_KEY, id));

interface Made {
  readonly key: Buffer | string;
  readonly id?: string;
  readonly sr?: string;
  readonly se?: string;
  readonly over?: (sr: string, se: string) => string;
}

function token({ key, id = ID, sr = `${SCOPE}%2Fregistrations%2F${id}`, se = SE, over }: Made): string {
  const text = over?.(sr, se) ?? `${sr}\n${se}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(hmac(key, text).toString('base64'))}&se=${se}`;
}

const keys = (primaryKey: string) =>
  ({ type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey: SECOND_KEY } }) as const;
const GROUP = { enrollmentGroups: [{ enrollmentGroupId: 'fleet', attestation: keys(GROUP_KEY) }] };
const INDIVIDUAL = { enrollments: [{ registrationId: ID, attestation: keys(OWN_KEY) }] };

async function refusal(enrolled: Partial<SetUpInstance>, text: string, assume = {}): Promise<string> {
  const harness = await startHarness({ setUp: setUpOf(undefined, enrolled), assume });
  const reply = await register(harness, { id: ID, credential: { kind: 'sas', token: text } });
  expect(reply.status).toBe(401);
  const [event, ...more] = eventsOf(harness, 'refused', { id: ID });
  expect(more).toEqual([]);
  return `${event?.reason}: ${String(event?.detail)}`;
}

describe('a device that signed wrongly is told what it did', () => {
  const ofGroup: readonly (readonly [string, Made, RegExp])[] = [
    [
      "the group key's text",
      { key: hmac(GROUP_KEY, ID) },
      /group "fleet" gives this id if its key is taken as text: base64-decode/,
    ],
    ['the text of the group key itself', { key: GROUP_KEY }, /the text of the key of the group "fleet": derive/],
    ["the device key's text", { key: derived(ID).toString('base64') }, /gives this id, taken as text/],
    ['a line feed behind the id', { key: derived(`${ID}\n`) }, /with a line feed behind it: "echo -n"/],
    ['another line end', { key: derived(`${ID}\r\n`) }, /a carriage return and a line feed behind it/],
    ['upper case', { key: derived(ID.toUpperCase()) }, /in upper case: the id counts as the device sends it/],
    ['a space', { key: derived(`${ID} `) }, /with a space behind it/],
    ['quotes', { key: derived(`"${ID}"`) }, /within quotes/],
    ['the id of another device', { key: derived('device-2'), id: 'device-2' }, /another id, the one in "sr"/],
    [
      'the resource',
      { key: derived(`${SCOPE}/registrations/${ID}`) },
      /the whole resource: derive it from the registration id/,
    ],
    ['twice', { key: hmac(derived(ID), ID) }, /derived twice/],
    ['hexadecimal', { key: bytes(derived(ID).toString('hex')) }, /as hexadecimal text/],
    ["hexadecimal's text", { key: derived(ID).toString('hex') }, /hexadecimal text of the key/],
    ['the secondary key', { key: hmac(SECOND_KEY, ID) }, /its key is taken as text/],
  ];
  it.each(ofGroup)('%s', async (_title, made, says) => {
    expect(await refusal(GROUP, token(made))).toMatch(says);
  });

  const texts: readonly (readonly [string, (sr: string, se: string) => string, RegExp])[] = [
    ['no line feed', (sr, se) => sr + se, /no line feed between "sr" and "se"/],
    ['a line feed too many', (sr, se) => `${sr}\n${se}\n`, /a line feed behind "se" too/],
    ['an escaped one', (sr, se) => `${sr}\\n${se}`, /a backslash and an n/],
    ['CRLF', (sr, se) => `${sr}\r\n${se}`, /a carriage return and a line feed between/],
    ['the resource decoded', (sr, se) => `${decodeURIComponent(sr)}\n${se}`, /"sr" decoded/],
    ['the resource in lower case', (sr, se) => `${sr.toLowerCase()}\n${se}`, /"sr" in lower case/],
    ['the wrong order', (sr, se) => `${se}\n${sr}`, /"se" before "sr"/],
  ];
  it.each(texts)('signed over %s, with either kind of key', async (_title, over, says) => {
    expect(await refusal(GROUP, token({ key: derived(ID), over }))).toMatch(says);
    expect(await refusal(INDIVIDUAL, token({ key: bytes(OWN_KEY), over }))).toMatch(says);
  });

  it.each([
    ['%2f', /"sr" percent-encoded: sign it/],
    ['lower', /"sr" percent-encoded in lower case/],
  ])('signed over "sr" encoded (%s) where it stands bare', async (which, says) => {
    const encoded = `${SCOPE}%2Fregistrations%2F${ID}`;
    const signed = which === 'lower' ? encoded.replaceAll('%2F', '%2f') : encoded;
    const made = token({ key: derived(ID), sr: `${SCOPE}/registrations/${ID}`, over: (_sr, se) => `${signed}\n${se}` });
    expect(await refusal(GROUP, made)).toMatch(says);
  });

  it('an individual enrollment: its text, a derived key, and the key of the group beside it', async () => {
    expect(await refusal(INDIVIDUAL, token({ key: OWN_KEY }))).toMatch(
      /the text of the key of the individual enrollment "Device-1"/,
    );
    expect(await refusal(INDIVIDUAL, token({ key: hmac(bytes(OWN_KEY), ID) }))).toMatch(/used as it is/);
    const both = { ...INDIVIDUAL, ...GROUP };
    expect(await refusal(both, token({ key: derived(ID) }))).toMatch(
      /the group "fleet" gives this id: an individual enrollment decides alone/,
    );
  });

  it('nothing is made up where nothing fits', async () => {
    expect(await refusal(GROUP, token({ key: 'any other' }))).toBe(
      'wrong-key: there is no individual enrollment "Device-1", and the token is not signed with the key that any of the groups "fleet" gives this id',
    );
  });

  it('of many groups the likeliest mistake is found with the last, and three are listed', async () => {
    const others = Array.from({ length: 14 }, (_, n) => ({
      enrollmentGroupId: `g${n}`,
      attestation: keys(Buffer.alloc(32, n + 100).toString('base64')),
    }));
    const many = { enrollmentGroups: [...others, ...GROUP.enrollmentGroups] };
    const said = await refusal(many, token({ key: hmac(GROUP_KEY, ID) }));
    expect(said).toContain('any of the groups "g0", "g1", "g2" and 12 more gives this id; it is signed with');
    expect(said).toContain('the group "fleet" gives this id if its key is taken as text');
  });
});

describe('a text that is no token is told what it is', () => {
  const good = token({ key: derived(ID) });
  const [, signature = ''] = /sig=([^&]+)/.exec(good) ?? [];
  const forms: readonly (readonly [string, RegExp])[] = [
    ['', /it is empty/],
    [OWN_KEY, /it is a key/],
    ['HostName=x.azure-devices.net;DeviceId=d;SharedAccessKey=AA==', /a connection string/],
    [`Bearer ${good}`, /bearer token/],
    [`"${good}"`, /within quotes/],
    [good.toLowerCase(), /another case/],
    [good.slice('SharedAccessSignature '.length), /is missing/],
    [good.replace(signature, derived(ID).toString('hex')), /it is hexadecimal/],
    [good.replace(signature, encodeURIComponent(signature)), /percent-encoded twice/],
    [good.replace(signature, `${'-_a'.repeat(14)}A=`), /base64url/],
    [good.replace(signature, `!${signature.slice(1)}`), /\.NET Micro Framework/],
    [good.replace(signature, Buffer.alloc(20, 1).toString('base64')), /HMAC-SHA1/],
    [good.replace(signature, Buffer.alloc(64, 1).toString('base64')), /HMAC-SHA512/],
    [good.replace(`se=${SE}`, 'se=1651482003.5'), /"se" has a fraction/],
    [good.replace(`se=${SE}`, 'se=2026-01-01T00:00:00Z'), /"se" is a date/],
    [`${good}\n`, /white space behind it/],
  ];
  it.each(forms)('%j', async (text, says) => {
    const said = await refusal(GROUP, text);
    expect(said).toMatch(/^malformed-token: /);
    expect(said).toMatch(says);
  });
});

describe('"se" in milliseconds [assumption far-expiry]', () => {
  const made = token({ key: derived(ID), se: '1764000000000' });

  it('is refused, in words', async () => {
    expect(await refusal(GROUP, made)).toBe(
      'expiry-out-of-range: "se" is 1764000000000, after the year 9999; it counts seconds since 1970, not milliseconds',
    );
  });

  it('is a far instant when the assumption says so; the last one of the year 9999 always is', async () => {
    const harness = await startHarness({ setUp: setUpOf(undefined, GROUP), assume: { 'far-expiry': 'accept' } });
    expect((await register(harness, { id: ID, credential: { kind: 'sas', token: made } })).status).toBe(202);
    const last = token({ key: derived(DEVICE), id: DEVICE, se: '253402300799' });
    const strict = await startHarness({ setUp: setUpOf(undefined, GROUP) });
    expect((await register(strict, { credential: { kind: 'sas', token: last } })).status).toBe(202);
  });
});
