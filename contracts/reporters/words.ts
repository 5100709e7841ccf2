/** The words that all reports share. */
import type { JsonValue } from '../../emulator/wire/twin.ts';
import {
  BUILT_IN_DRIVER,
  type CaseResult,
  type LeftOut,
  type Mismatch,
  type RunFacts,
  SDK_DRIVER,
  type Verdict,
} from '../run/result.ts';

/** A value as JSON; `absent` where there is none. */
export function valueText(value: JsonValue | undefined, lengthMax = Number.POSITIVE_INFINITY): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}… (${text.length} characters)` : text;
}

/** One line: `expect.status: expected "assigned", got "failed"`. */
export function mismatchText({ path, expected, actual, says }: Mismatch): string {
  if (expected === undefined && actual === undefined) return `${path}: ${says ?? ''}`;
  const values = `expected ${valueText(expected)}, got ${valueText(actual)}`;
  return `${path}: ${says === undefined ? values : `${says}: ${values}`}`;
}

export function secondsText(seconds: number): string {
  return `${Number(seconds.toFixed(3))} s`;
}

/** `332 passed, 1 broken, 1 could not be run` */
export function countsText({ passed, failed, errors }: Pick<Verdict, 'passed' | 'failed' | 'errors'>): string {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} broken`);
  if (errors > 0) parts.push(`${errors} could not be run`);
  return parts.join(', ');
}

/** `not run, because it needs a clock that can be moved` */
export function notRunText(why: string): string {
  return `not run, because it ${why.startsWith('not ') ? `is ${why}` : why}`;
}

const NAMES_MAX = 6;

/** `one, two, and 7 more` */
export function someOf(names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? `, and ${names.length - NAMES_MAX} more` : '';
  return `${names.slice(0, NAMES_MAX).join(', ')}${more}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As text, or as the value of an attribute, of HTML and of XML. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Lines of so many columns, broken at blanks; a word that is longer stays whole. */
export function wrapped(text: string, columns = 80, indent = '  '): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `${indent}${word}`);
  }
  return lines;
}

/** What was left out, by reason. */
export function leftOutByReason(leftOut: readonly LeftOut[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { id, transport, why } of leftOut) {
    const names = reasons.get(why) ?? [];
    names.push(transport === undefined ? id : `${id} (${transport})`);
    reasons.set(why, names);
  }
  return reasons;
}

/** The command that runs the case again, just so; what only the user knows is left open as `…`. */
export function againText({ id, transport, file }: CaseResult, { seed, webhook, driver }: RunFacts): string {
  const parts = [`dps-emulator contracts run ${id} --transport ${transport} --seed ${seed}`];
  if (!file.startsWith('shipped/')) parts.push('--cases …');
  if (webhook !== undefined) parts.push('--webhook …');
  if (driver === SDK_DRIVER) parts.push('--driver sdk');
  else if (driver !== BUILT_IN_DRIVER) parts.push('--device …');
  return parts.join(' ');
}
