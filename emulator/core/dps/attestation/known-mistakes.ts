/** The doctor of 401002: tries the mistakes that devices are known to make, and names the one that explains a token. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EnrollmentGroup, IndividualEnrollment, SymmetricKeys } from '../../../wire/enrollment.ts';
import type { SasToken } from '../../../wire/sas-token.ts';

/** Whose keys are tried, in the order of the search. */
export interface KeyOwner {
  readonly kind: 'individual' | 'group';
  readonly id: string;
  readonly keys: SymmetricKeys;
}

/** Enough for three groups with both keys; a token that nothing explains costs no more. */
export const TRIALS = 130;
/** For a person who asks. */
export const THOROUGH_TRIALS = 20_000;

interface Subject {
  readonly registrationId: string;
  readonly token: SasToken;
}

/** What a device that makes the mistake signs, and with what. */
interface Trial {
  readonly key: Buffer;
  readonly text: string;
}

interface Mistake {
  readonly madeWith: KeyOwner['kind'];
  /** Completes "the token is signed with". @param owner `the group "G"` */
  readonly says: (owner: string) => string;
  /** `undefined`: this device cannot have made it. */
  readonly trial: (keyText: string, subject: Subject) => Trial | undefined;
}

const keyOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
const asText = (text: string): Buffer => Buffer.from(text, 'utf8');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
const rightText = ({ token }: Subject): string => `${token.resourceText}\n${token.expiryText}`;

/** The right key of a device, by what vouches for it. */
const RIGHT_KEY: Readonly<Record<KeyOwner['kind'], (keyText: string, subject: Subject) => Buffer>> = {
  individual: (keyText) => keyOf(keyText),
  group: (keyText, { registrationId }) => hmac(keyOf(keyText), registrationId),
};

/**
 * Likeliest first. Collected from public threads: the key's text as bytes (azure-docs #86690), `echo` without `-n`
 * (azure-docs' own openssl lines), the group's key on the device (azure-sdk-c pull 1450), the id's case (node #721),
 * what is signed (the forums' ESP32 and NetMF samples).
 */
const KEY_MISTAKES: readonly Mistake[] = [
  ofGroup(
    'the key that @ gives this id if its key is taken as text: base64-decode it first',
    (key, { registrationId }) => hmac(asText(key), registrationId),
  ),
  ofGroup("the text of the key of @: derive the device's key from it (dps-emulator key derive)", asText),
  ofGroup(
    "the key that @ gives this id, taken as text: base64-decode the device's key before signing",
    (key, subject) => asText(RIGHT_KEY.group(key, subject).toString('base64')),
  ),
  ofId('with a line feed behind it: "echo -n", not "echo"', (id) => `${id}\n`),
  ofId('in lower case: the id counts as the device sends it', (id) => id.toLowerCase()),
  ofId('in upper case: the id counts as the device sends it', (id) => id.toUpperCase()),
  ofId('with a carriage return and a line feed behind it', (id) => `${id}\r\n`),
  ofId('with a space behind it', (id) => `${id} `),
  ofId('within quotes', (id) => `"${id}"`),
  ofGroup('the key that @ gives another id, the one in "sr"', (key, { token }) => {
    const id = token.resource.split('/').at(-1) ?? '';
    return hmac(keyOf(key), id);
  }),
  ofGroup('the key that @ gives the whole resource: derive it from the registration id alone', (key, { token }) =>
    hmac(keyOf(key), token.resource),
  ),
  ofGroup('a key that was derived twice from that of @: derive it once', (key, subject) =>
    hmac(RIGHT_KEY.group(key, subject), subject.registrationId),
  ),
  ofGroup('the key that @ gives this id, as hexadecimal text: write it as base64', (key, subject) =>
    keyOf(RIGHT_KEY.group(key, subject).toString('hex')),
  ),
  ofGroup('the hexadecimal text of the key that @ gives this id: use its bytes', (key, subject) =>
    asText(RIGHT_KEY.group(key, subject).toString('hex')),
  ),
  ofIndividual('the text of the key of @: base64-decode it first', asText),
  ofIndividual(
    "a key derived from that of @: an individual enrollment's key is used as it is",
    (key, { registrationId }) => hmac(keyOf(key), registrationId),
  ),
];

/** What is signed with the right key, when it is not `sr`, a line feed and `se`. */
const TEXT_MISTAKES: readonly (readonly [says: string, text: (token: SasToken) => string])[] = [
  ['no line feed between "sr" and "se"', ({ resourceText, expiryText }) => resourceText + expiryText],
  ['a line feed behind "se" too', ({ resourceText, expiryText }) => `${resourceText}\n${expiryText}\n`],
  ['a backslash and an n instead of a line feed', ({ resourceText, expiryText }) => `${resourceText}\\n${expiryText}`],
  ['a carriage return and a line feed between', ({ resourceText, expiryText }) => `${resourceText}\r\n${expiryText}`],
  ['"sr" decoded: sign it as it stands in the token', ({ resource, expiryText }) => `${resource}\n${expiryText}`],
  [
    '"sr" percent-encoded: sign it as it stands in the token',
    ({ resource, expiryText }) => `${encodeURIComponent(resource)}\n${expiryText}`,
  ],
  [
    '"sr" percent-encoded in lower case: sign it as it stands in the token',
    ({ resource, expiryText }) =>
      `${encodeURIComponent(resource).replace(/%../g, (hex) => hex.toLowerCase())}\n${expiryText}`,
  ],
  ['"sr" in lower case', ({ resourceText, expiryText }) => `${resourceText.toLowerCase()}\n${expiryText}`],
  ['"se" before "sr"', ({ resourceText, expiryText }) => `${expiryText}\n${resourceText}`],
];

const MISTAKES: readonly Mistake[] = [
  ...KEY_MISTAKES,
  ...TEXT_MISTAKES.flatMap(([says, text]) =>
    (['group', 'individual'] as const).map(
      (madeWith): Mistake => ({
        madeWith,
        says: (owner) => `the right key of ${owner}, but over ${says}`,
        trial: (keyText, subject) => {
          const wrong = text(subject.token);
          return wrong === rightText(subject) ? undefined : { key: RIGHT_KEY[madeWith](keyText, subject), text: wrong };
        },
      }),
    ),
  ),
];

/**
 * What a device did that has signed so; completes "the token is". Each mistake is tried with every owner before the next
 * one, so that many groups do not hide the likeliest.
 * @param trials how many signatures are computed at most
 * @returns `undefined` when nothing that is known explains it
 */
export function mistakeOf(subject: Subject, owners: readonly KeyOwner[], trials: number): string | undefined {
  let left = trials;
  for (const { madeWith, says, trial } of MISTAKES) {
    for (const { kind, id, keys } of owners) {
      if (kind !== madeWith) continue;
      for (const keyText of [keys.primaryKey, keys.secondaryKey]) {
        if (left === 0) return undefined;
        const tried = trial(keyText, subject);
        if (tried === undefined) continue;
        left -= 1;
        if (timingSafeEqual(hmac(tried.key, tried.text), subject.token.signature))
          return `signed with ${says(named(kind, id))}`;
      }
    }
  }
  return undefined;
}

/** The group whose derived key signed the token of a device that has an individual enrollment; its id. */
export function groupOf(
  token: SasToken,
  registrationId: string,
  owners: readonly KeyOwner[],
  trials: number,
): string | undefined {
  const groups = owners.filter(({ kind }) => kind === 'group').slice(0, trials / 2);
  const text = rightText({ registrationId, token });
  return groups.find(({ keys }) =>
    [keys.primaryKey, keys.secondaryKey].some((key) =>
      timingSafeEqual(hmac(RIGHT_KEY.group(key, { registrationId, token }), text), token.signature),
    ),
  )?.id;
}

export function ownerOf(record: IndividualEnrollment | EnrollmentGroup): KeyOwner | undefined {
  if (record.attestation.type !== 'symmetricKey') return undefined;
  const keys = record.attestation.symmetricKey;
  return 'enrollmentGroupId' in record
    ? { kind: 'group', id: record.enrollmentGroupId, keys }
    : { kind: 'individual', id: record.registrationId, keys };
}

function named(kind: KeyOwner['kind'], id: string): string {
  return kind === 'group' ? `the group "${id}"` : `the individual enrollment "${id}"`;
}

function ofGroup(says: string, wrongKey: (keyText: string, subject: Subject) => Buffer): Mistake {
  return keyMistake('group', says, wrongKey);
}

function ofIndividual(says: string, wrongKey: (keyText: string, subject: Subject) => Buffer): Mistake {
  return keyMistake('individual', says, wrongKey);
}

/** The group's key derives another id than the one that the device sends. */
function ofId(says: string, wrong: (registrationId: string) => string): Mistake {
  return {
    madeWith: 'group',
    says: (owner) => `the key that ${owner} gives this id ${says}`,
    trial: (keyText, subject) => {
      const id = wrong(subject.registrationId);
      if (id === subject.registrationId) return undefined;
      return { key: hmac(keyOf(keyText), id), text: rightText(subject) };
    },
  };
}

function keyMistake(
  madeWith: KeyOwner['kind'],
  says: string,
  wrongKey: (keyText: string, subject: Subject) => Buffer,
): Mistake {
  return {
    madeWith,
    says: (owner) => says.replace('@', owner),
    trial: (keyText, subject) => ({ key: wrongKey(keyText, subject), text: rightText(subject) }),
  };
}
