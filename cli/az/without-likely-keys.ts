/** Takes what looks like a key out of words that a message repeats. */
import { MASK } from '../../emulator/wire/mask.ts';

const LIKE_A_KEY = /[A-Za-z0-9+/]{22,}={0,2}/g;

export function withoutLikelyKeys(text: string): string {
  return text.replace(LIKE_A_KEY, MASK);
}
