/** Keeps the secrets of a webhook's URL out of everything that is shown, also where the webhook echoes them. */
import { MASK, maskText } from '../../emulator/wire/mask.ts';

/** Shorter values are no keys, and replacing them would garble the text around them. */
const SECRET_LENGTH_MIN = 6;

/** `code`, and what else a key may travel as. Other parameters may be words that the report needs, such as a hub. */
const SECRET_NAME = /code|key|token|sig|secret|pass|auth|sas/i;

/** Replaces the secrets of this URL wherever they stand in a text. */
export function createSecretMask(url: string): (text: string) => string {
  const parsed = new URL(url);
  const values = [parsed.password, ...secretQueryValues(parsed)].filter((value) => value.length >= SECRET_LENGTH_MIN);
  const spellings = [...new Set(values.flatMap(spellingsOf))].sort((one, other) => other.length - one.length);
  return (text) => maskText(spellings.reduce((masked, secret) => masked.replaceAll(secret, MASK), text));
}

/** The URL with the value of every query parameter masked, whatever its length. */
export function maskWebhookUrl(url: string): string {
  const parsed = new URL(url);
  const query = parsed.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => `${part.split('=')[0] ?? ''}=${MASK}`);
  parsed.search = '';
  return maskText(`${parsed.href}${query.length > 0 ? `?${query.join('&')}` : ''}`);
}

function secretQueryValues(url: URL): readonly string[] {
  return url.search
    .slice(1)
    .split('&')
    .map((part) => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)] as const)
    .filter(([name]) => SECRET_NAME.test(name))
    .map(([, value]) => value);
}

/** As it stands in the URL, decoded, and decoded with `+` for a space; each also as JSON escapes it. */
function spellingsOf(raw: string): readonly string[] {
  const plain = decode(raw);
  return [raw, plain, decode(raw.replaceAll('+', ' ')), JSON.stringify(plain).slice(1, -1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
