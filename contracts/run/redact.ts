/** Takes every secret of a case out of what is reported about it: by shape, and by value. */
import { MASK, maskJson, maskText } from '../../emulator/wire/mask.ts';
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';

/** Shorter ones would take ordinary words out of the reports. */
const SECRET_LENGTH_MIN = 6;

export interface Redactor {
  /** From now on this is a secret. */
  add(secrets: Iterable<string | undefined>): void;
  text(text: string): string;
  json(value: JsonValue): JsonValue;
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  const replace = (text: string): string => {
    let masked = maskText(text);
    for (const secret of secrets) masked = masked.replaceAll(secret, MASK);
    return masked;
  };
  const replaceAll = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return replace(value);
    if (Array.isArray(value)) return value.map((item: JsonValue) => replaceAll(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [replace(name), replaceAll(member)]));
  };
  return {
    add: (more) => {
      for (const secret of more) {
        if (secret === undefined || secret.length < SECRET_LENGTH_MIN) continue;
        secrets.add(secret);
        secrets.add(encodeURIComponent(secret));
        // As it stands inside a JSON text.
        secrets.add(JSON.stringify(secret).slice(1, -1));
      }
    },
    text: replace,
    json: (value) => replaceAll(maskJson(value)),
  };
}

/** The secret part of a webhook's URL: what stands behind the `?`, value by value, and a password in it. */
export function secretsOfUrl(url: string): readonly string[] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) return [];
  return [...parsed.searchParams.values(), decodeURIComponent(parsed.password)];
}
