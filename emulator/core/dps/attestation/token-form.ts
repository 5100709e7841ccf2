/** What a text may be that was sent as a token and is none. */

const FORMS: readonly (readonly [pattern: RegExp, says: string])[] = [
  [/^\s*$/, 'it is empty'],
  [/(?:^|;)\s*HostName=/i, 'it is a connection string; a token signed with its key is wanted'],
  [/^[A-Za-z0-9+/]{22,86}={0,2}\s*$/, 'it is a key; a token signed with it is wanted'],
  [/^Bearer\s/i, 'it is a bearer token; devices sign a SharedAccessSignature'],
  [/^["']/, 'it stands within quotes'],
  [/^sr=/, 'its first word, "SharedAccessSignature", is missing'],
];

/** Of the field `sig`, as it stands in the token. */
const SIGNATURE_FORMS: readonly (readonly [pattern: RegExp, says: string])[] = [
  [/^[0-9a-f]{64}$/i, 'it is hexadecimal: write it as base64'],
  [/%25/, 'it is percent-encoded twice'],
  [/^[\w-]{43}(?:=|%3d)?$/i, 'it is in the alphabet of base64url: write + for - and / for _'],
  [/[!*]/, 'it is in the base64 alphabet of the .NET Micro Framework: write + for ! and / for *'],
];

const HASHES: readonly (readonly [bytes: number, name: string])[] = [
  [16, 'HMAC-MD5'],
  [20, 'HMAC-SHA1'],
  [48, 'HMAC-SHA384'],
  [64, 'HMAC-SHA512'],
];

/** What may have gone wrong with a text that is no token; `undefined` when nothing that is known fits. */
export function mistakeOfForm(text: string): string | undefined {
  if (/^sharedaccesssignature\s/i.test(text) && !text.startsWith('SharedAccessSignature ')) {
    return 'its first word is in another case';
  }
  const other = FORMS.find(([pattern]) => pattern.test(text));
  if (other !== undefined) return other[1];
  const [, signature] = /[ &]sig=([^&]*)/.exec(text) ?? [];
  const [, expiry] = /[ &]se=([^&]*)/.exec(text) ?? [];
  if (expiry !== undefined && /^\d+\.\d+$/.test(expiry)) return '"se" has a fraction: it counts whole seconds';
  if (expiry !== undefined && /^\d{4}-/.test(expiry)) return '"se" is a date: it counts seconds since 1970';
  if (expiry !== undefined && /^\d+\s+$/.test(expiry)) return 'there is white space behind it';
  if (signature === undefined) return undefined;
  const form = SIGNATURE_FORMS.find(([pattern]) => pattern.test(signature));
  if (form !== undefined) return `"sig": ${form[1]}`;
  const bytes = Buffer.from(signature.replaceAll(/%(?:2B|2F|3D)/gi, decodeURIComponent), 'base64').length;
  const hash = HASHES.find(([length]) => length === bytes);
  return hash === undefined ? undefined : `"sig": it has the length of ${hash[1]}; HMAC-SHA256 is wanted`;
}
