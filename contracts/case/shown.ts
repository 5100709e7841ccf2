/** Values and places as messages name them: short, and without secrets. */
import { maskJson } from '../../emulator/wire/mask.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';

const SHOWN_LENGTH_MAX = 80;

export function shown(value: unknown): string {
  const text = JSON.stringify(maskJson((value ?? null) as JsonValue));
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** `steps[2].register` */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (/^\d+$/.test(String(part))) return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${part}`;
  }, '');
}
