/** A page of documentation that can be played: its chapters, and in them the commands, the files and the prose. */

/**
 * `console`: commands after `$ `, each with what it prints below it. `terminal`: one command that goes on in a terminal of its
 * own, and what it prints until it is ready. `file`: a file to save. Everything else is text, and left as it is.
 */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly text: string; readonly name: string; readonly content: string }
  | { readonly kind: 'console' | 'terminal'; readonly info: string; readonly commands: readonly string[] };

export interface Chapter {
  readonly title: string;
  readonly text: string;
  readonly parts: readonly Part[];
}

const FENCED = /^```(\S.*)\n([\s\S]*?)^```\n/gm;

/** What stands before the first `## ` is a chapter without a title. */
export function chaptersOf(page: string): readonly Chapter[] {
  return page.split(/^(?=## )/m).map((text) => ({
    title: /^## (.*)/.exec(text)?.[1] ?? '',
    text,
    parts: partsOf(text),
  }));
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(FENCED)) {
    const part = fencedPart(match[0], match[1] ?? '', match[2] ?? '');
    if (part === undefined) continue;
    parts.push({ kind: 'text', text: text.slice(at, match.index) }, part);
    at = match.index + match[0].length;
  }
  return [...parts, { kind: 'text', text: text.slice(at) }];
}

/** ```` ```js enroll.mjs ```` is a file, ```` ```console ```` and ```` ```console terminal ```` are played. */
function fencedPart(text: string, info: string, content: string): Part | undefined {
  const [language, word] = info.split(' ');
  if (language === 'console')
    return { kind: word === 'terminal' ? 'terminal' : 'console', info, commands: commandsOf(content) };
  return word === undefined ? undefined : { kind: 'file', text, name: word, content };
}

/** A command goes on in the next line after a backslash. */
function commandsOf(content: string): readonly string[] {
  return [...content.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map((match) => match[1] ?? '');
}
