/** Splits a command line into words, as a shell does with quotes, and without anything else that a shell does. */

/** What is wrong with the command line. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** @throws {CommandLineError} when a quote stays open, or there is no word */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    const next = line.charAt(index + 1);
    // Only before what would mean something else: paths of Windows are full of backslashes.
    if (character === '\\' && quote !== "'" && isEscapable(next, quote)) {
      word = (word ?? '') + next;
      index += 1;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw new CommandLineError(`the quote ${quote} is never closed: ${line}`);
  if (word !== undefined) words.push(word);
  if (words.length === 0 || words[0] === '') throw new CommandLineError('names no program');
  return words;
}

function isEscapable(character: string, quote: string | undefined): boolean {
  return character === '\\' || character === '"' || (quote === undefined && /['\s]/.test(character));
}
