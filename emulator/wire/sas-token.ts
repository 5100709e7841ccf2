/** Shared access signatures: reading and checking one, over the very characters that were received, and a back end's own. */
import { timingSafeEqual } from 'node:crypto';
import { decodeBase64, signed } from './symmetric-key.ts';

export interface SasToken {
  /** `sr` as it stands in the token: the text that was signed. */
  readonly resourceText: string;
  /** `sr` decoded, for comparing. */
  readonly resource: string;
  readonly signature: Buffer;
  /** `se` as it stands in the token. */
  readonly expiryText: string;
  readonly expiryMs: number;
  /** `skn`: absent (Python), empty (Java) or `registration`. [dps-device-protocol §4] */
  readonly keyName: string | undefined;
}

export type ParsedSasToken =
  | { readonly kind: 'parsed'; readonly token: SasToken }
  | { readonly kind: 'malformed'; readonly why: string };

const PREFIX = 'SharedAccessSignature ';
const SIGNATURE_BYTES = 32;

/** Splits a token into its fields, in any order; says what is wrong with it in words for the user of the emulator. */
export function parseSasToken(text: string): ParsedSasToken {
  if (!text.startsWith(PREFIX)) return malformed(`the token does not begin with "${PREFIX}"`);
  const fields = new Map<string, string>();
  for (const part of text.slice(PREFIX.length).split('&')) {
    const equals = part.indexOf('=');
    if (equals < 1) return malformed('a part of the token has no "name="');
    const name = part.slice(0, equals);
    if (fields.has(name)) return malformed(`the field "${name}" stands twice in the token`);
    fields.set(name, part.slice(equals + 1));
  }
  return readFields(fields);
}

/** A signature that was not percent-encoded: who reads a token as a form takes its `+` for a space. [found/2026-11 A17] */
export function hasRawPlus(token: string): boolean {
  return /(?:^|[ &])sig=[^&]*\+/.test(token);
}

function readFields(fields: ReadonlyMap<string, string>): ParsedSasToken {
  const resourceText = fields.get('sr');
  const signatureText = fields.get('sig');
  const expiryText = fields.get('se');
  if (!resourceText) return malformed('the field "sr" (resource) is missing');
  if (!signatureText) return malformed('the field "sig" (signature) is missing');
  if (!expiryText) return malformed('the field "se" (expiry) is missing');
  if (!/^\d{1,13}$/.test(expiryText)) return malformed('the field "se" is not a number of seconds since 1970');
  const resource = percentDecode(resourceText);
  const signatureBase64 = percentDecode(signatureText);
  if (resource === undefined) return malformed('the field "sr" is not valid percent-encoding');
  if (signatureBase64 === undefined) return malformed('the field "sig" is not valid percent-encoding');
  const signature = decodeBase64(signatureBase64);
  if (signature?.length !== SIGNATURE_BYTES) return malformed('the field "sig" is not the base64 of 32 bytes');
  const keyNameText = fields.get('skn');
  const keyName = keyNameText === undefined ? undefined : percentDecode(keyNameText);
  if (keyNameText !== undefined && keyName === undefined)
    return malformed('the field "skn" is not valid percent-encoding');
  return {
    kind: 'parsed',
    token: { resourceText, resource, signature, expiryText, expiryMs: Number(expiryText) * 1000, keyName },
  };
}

/** HMAC-SHA256 over the literal `sr`, a line feed and the literal `se`; compared in constant time. */
export function isSignedWith(token: SasToken, keyBase64: string): boolean {
  return timingSafeEqual(signed(keyBase64, `${token.resourceText}\n${token.expiryText}`), token.signature);
}

export interface ServiceSasOptions {
  /** The host name of the provisioning service or hub. */
  readonly host: string;
  readonly keyName: string;
  /** base64 */
  readonly key: string;
}

/** A back end's token, in the spelling of the service SDK for Node: the host stands unencoded. [dps-service-behaviour §4.4] */
export function makeServiceSas({ host, keyName, key }: ServiceSasOptions, expiresAtSeconds: number): string {
  const signature = encodeURIComponent(signed(key, `${host}\n${expiresAtSeconds}`).toString('base64'));
  return `${PREFIX}sr=${host}&sig=${signature}&skn=${keyName}&se=${expiresAtSeconds}`;
}

function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function malformed(why: string): ParsedSasToken {
  return { kind: 'malformed', why };
}
