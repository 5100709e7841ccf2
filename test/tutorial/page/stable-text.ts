/** Output as it stands on a page: what differs from run to run becomes a placeholder, and what is too long is cut. */

import { CONTOSO_DEVICES, CONTOSO_GROUP_KEY } from '../../../emulator/wire/contoso.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';

export interface Surroundings {
  /** Ports that the run has in place of those that the page speaks of. */
  readonly ports: readonly { readonly actual: number; readonly printed: number }[];
  /** Directories of the run, and what the page calls them. */
  readonly directories: readonly (readonly [actual: string, printed: string])[];
  /** Instants that an emulated clock makes exact stay as they are. */
  readonly isClockExact: boolean;
}

/** Of the demo, the same in every run and on the tutorial's own page. */
const DEMO_KEYS: readonly string[] = [
  CONTOSO_GROUP_KEY,
  ...CONTOSO_DEVICES.map((id) => deriveDeviceKey(CONTOSO_GROUP_KEY, id)),
];

const KEY = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)/g;

const PLACEHOLDERS: readonly (readonly [pattern: RegExp, placeholder: string])[] = [
  [/("etag":\s*)"(?:[^"\\]|\\.)*"/g, '$1"<etag>"'],
  [/\d+\.[0-9a-f]{16}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<operation id>'],
  [/0ne(?!00002193)[0-9A-F]{8}/g, '<ID scope>'],
  [/(\?code=)[\w-]{43}/g, '$1<function key>'],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, '<instant>'],
  [/\b(answered \d+, after )\d+(?:\.\d+)? ms\b/g, '$1<n> ms'],
  [/^dps-emulator \d+\.\d+\.\d+ /gm, 'dps-emulator <version> '],
];

/** Complete lines; nothing when there was no output. */
export function stableText(output: string, { ports, directories, isClockExact }: Surroundings): string {
  let text = output;
  for (const [actual, printed] of directories) text = text.replaceAll(actual, printed);
  text = text.replaceAll(KEY, (key) => (DEMO_KEYS.includes(key) ? key : '<key>'));
  for (const [pattern, placeholder] of PLACEHOLDERS) text = text.replaceAll(pattern, placeholder);
  if (!isClockExact) text = text.replaceAll(/\+\d+\.\d{3} s/g, '+n.nnn s');
  // Last: among the digits of a key or an instant a port could be found by chance.
  for (const { actual, printed } of ports) text = text.replaceAll(new RegExp(`\\b${actual}\\b`, 'g'), `${printed}`);
  const lines = text.replace(/\n+$/, '').split('\n');
  return text.trim() === '' ? '' : `${shortened(lines).map(cut).join('\n')}\n`;
}

const LINES_MAX = 40;
const LINES_SHOWN = 16;

/** A long list or object: its beginning and its end. */
function shortened(lines: readonly string[]): readonly string[] {
  return lines.length <= LINES_MAX ? lines : [...lines.slice(0, LINES_SHOWN), '  …', ...lines.slice(-1)];
}

const COLUMNS_MAX = 160;

/** JSON in one line: what it begins with is enough. Sentences stay whole. */
function cut(line: string): string {
  const isCut = line.length > COLUMNS_MAX && line.includes('{"');
  return isCut ? `${line.slice(0, COLUMNS_MAX - 1)}…` : line.trimEnd();
}
