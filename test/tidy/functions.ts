/** The functions of a file and how long each is: read off the formatter's indentation, since TypeScript 7 has no parser to call. */
import type { SourceFile } from './source-file.ts';

export interface MeasuredFunction {
  /** From 1. */
  readonly line: number;
  /** Of code, from the line on which it is declared to its closing brace: what a comment says does not count. */
  readonly lines: number;
  /** Whether a comment directly above it begins a sentence with `Long because`. */
  readonly hasReason: boolean;
}

const DECLARATION = /^\s*(?:export |default |async )*function\b/;
/** A method, a getter or a constructor, and nothing that a block of a statement begins with. */
const METHOD =
  /^\s*(?!(?:if|for|while|switch|catch|with|do)\b)(?:(?:async|get|set|static|override) )*[#\w$]+(?:<.*>)?\(.*\)(?::.*)? \{$/;

export function functionsIn({ code, text }: Pick<SourceFile, 'code' | 'text'>): readonly MeasuredFunction[] {
  const lines = code.split('\n').map((line) => line.trimEnd());
  const texts = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!line.endsWith('{')) return [];
    const first = declaredAt(lines, index);
    const head = lines[first] ?? '';
    const isFunction =
      line.endsWith('=> {') ||
      DECLARATION.test(head) ||
      METHOD.test(`${head.replace(/\($/, '()')}${first < index ? ' {' : ''}`);
    if (!isFunction) return [];
    const end = lines.findIndex((other, at) => at > index && indent(other) === indent(line) && /^\s*\}/.test(other));
    return [
      {
        line: first + 1,
        lines: lines.slice(first, end + 1).filter((one) => one !== '').length,
        hasReason: hasReason(texts, first),
      },
    ];
  });
}

/** Parameters on lines of their own end with a line that begins with a bracket, as far in as the line of the declaration. */
function declaredAt(lines: readonly string[], index: number): number {
  const line = lines[index] ?? '';
  if (!/^\s*[)\]}]/.test(line)) return index;
  for (let at = index - 1; at >= 0; at -= 1) {
    const above = lines[at] ?? '';
    if (above !== '' && indent(above) === indent(line) && !/^\s*[)\]}]/.test(above)) return at;
  }
  return index;
}

function indent(line: string): number {
  return line.search(/\S|$/);
}

/** Looks up through the comment that ends on the line above. */
function hasReason(texts: readonly string[], first: number): boolean {
  for (let at = first - 1; at >= 0 && /^\s*(?:\/\/|\/?\*)/.test(texts[at] ?? ''); at -= 1) {
    if (/(?:\/\/|\*|[.:;]) Long because \w/.test(texts[at] ?? '')) return true;
  }
  return false;
}
