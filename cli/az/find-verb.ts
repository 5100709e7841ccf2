/** Which verb the words on the command line name; and for words that name none, what there is and what is nearest. */
import { distance } from 'fastest-levenshtein';
import { argumentError } from './az-error.ts';
import type { AzVerb } from './verb.ts';

export type FoundVerb =
  | { readonly kind: 'verb'; readonly verb: AzVerb; readonly rest: readonly string[] }
  /** The words name a group of verbs, or nothing at all: this is its help. */
  | { readonly kind: 'group'; readonly help: readonly string[] };

/** Names that `az` had before, or has besides; the newer name stands behind. */
const OTHER_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^iot dps access-policy\b/, 'iot dps policy'],
  [/^iot dps registration\b/, 'iot dps enrollment-group registration'],
  [/^iot dps compute-device-key$/, 'iot dps enrollment-group compute-device-key'],
  [/^iot hub show-connection-string$/, 'iot hub connection-string show'],
];

/** @throws {AzError} for words that name nothing, with the nearest verb */
export function findVerb(verbs: readonly AzVerb[], words: readonly string[]): FoundVerb {
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const names = firstOption < 0 ? words : words.slice(0, firstOption);
  for (let length = names.length; length > 0; length -= 1) {
    const path = currentName(names.slice(0, length).join(' '));
    const verb = verbs.find((one) => one.path === path);
    if (verb !== undefined) return { kind: 'verb', verb, rest: words.slice(length) };
  }
  const group = currentName(names.join(' '));
  const inGroup = verbs.filter((verb) => group === '' || verb.path.startsWith(`${group} `));
  if (inGroup.length === 0) throw argumentError(unknown(verbs, group));
  // A line without its verb must not end as if it were carried out.
  const [option] = words.slice(names.length);
  if (option !== undefined && option !== '--help' && option !== '-h') {
    const name = option.split('=')[0];
    throw argumentError(`a verb is missing in front of ${name}; the verbs: az ${[group, '--help'].join(' ').trim()}`);
  }
  return { kind: 'group', help: groupHelp(group, inGroup) };
}

function currentName(path: string): string {
  const row = OTHER_NAMES.find(([old]) => old.test(path));
  return row === undefined ? path : path.replace(row[0], row[1]);
}

function unknown(verbs: readonly AzVerb[], path: string): string {
  const nearest = [...verbs].sort((a, b) => distance(path, a.path) - distance(path, b.path))[0];
  const hint = nearest === undefined ? '' : ` The most similar that it has: az ${nearest.path}`;
  return `'az ${path}' is misspelled or not recognized by dps-emulator, which has the verbs for provisioning only.${hint}`;
}

function groupHelp(group: string, verbs: readonly AzVerb[]): readonly string[] {
  const width = Math.max(...verbs.map(({ path }) => path.length));
  const [example = ''] = verbs[0]?.examples ?? [];
  return [
    `usage: az ${group === '' ? '…' : `${group} …`}`,
    '',
    'The lines of the Azure CLI for provisioning, carried out by the emulator.',
    '',
    ...verbs.map(({ path, summary }) => `  az ${path.padEnd(width)}  ${summary}`),
    '',
    'Examples:',
    ...(group === '' ? ["  $ alias az='npx dps-emulator az'"] : []),
    `  $ ${example}`,
    '',
    'Each has --help. Exit codes: 0 done, 1 refused by a service or no emulator found, 2 wrong usage, 3 not found.',
  ];
}
