/** Text that a webhook wrote, as a report shows it: first masked, then shortened, so that no half of a secret stays. */

/** Kept until it is masked; far longer than what is shown. */
const KEPT_LENGTH_MAX = 10_000;

const SHOWN_LENGTH_MAX: Readonly<Record<string, number>> = { answer: 2_000, detail: 300, reason: 300 };

export function kept(text: string): string {
  return text.slice(0, KEPT_LENGTH_MAX);
}

/** The document with every string masked, and those members shortened that hold a webhook's words. */
export function shownText<T>(document: T, mask: (text: string) => string): T {
  return JSON.parse(JSON.stringify(document), (name, member: unknown) => {
    if (typeof member !== 'string') return member;
    const masked = mask(member);
    const lengthMax = SHOWN_LENGTH_MAX[name] ?? masked.length;
    return masked.length > lengthMax ? `${masked.slice(0, lengthMax)}…` : masked;
  }) as T;
}
