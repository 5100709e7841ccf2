/** Flags that the commands of the bench share. */

/** @throws {Error} naming the flag and the rule */
export function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${flag}: must be a whole number, is "${text}"`);
  return Number(text);
}
