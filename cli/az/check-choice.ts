/** Values of options that have a list of them: compared without regard to case, refused in the words of `az`. */
import { distance } from 'fastest-levenshtein';
import { argumentError } from './az-error.ts';
import type { AzOption, AzVerb } from './verb.ts';

/**
 * The choice as it is declared.
 * @throws {AzError} for a value that is none, with those that there are
 */
export function checkedChoice(
  value: string,
  { names, choices = [] }: Pick<AzOption, 'names' | 'choices'>,
  verb: Pick<AzVerb, 'path'>,
): string {
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  const near = choices
    .map((choice) => ({ choice, slips: distance(value.toLowerCase(), choice.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips)[0];
  // With more slips than that it is another word.
  const hint = near !== undefined && near.slips <= value.length / 2 ? `\nDid you mean '${near.choice}' ?` : '';
  const allowed = choices.join(', ');
  throw argumentError(
    `az ${verb.path}: '${value}' is not a valid value for '${names[0]}'. Allowed values: ${allowed}.${hint}`,
  );
}
