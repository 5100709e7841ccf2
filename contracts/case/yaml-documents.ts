/** Reads the YAML documents of a file, and knows on which line each part of them stands. */
import {
  CST,
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  parseAllDocuments,
} from 'yaml';
import { JSON_DEPTH_MAX, TOO_DEEP } from '../../emulator/wire/json-depth.ts';
import type { CaseFault } from './case-error.ts';

export interface YamlDocument {
  readonly value: unknown;
  /** The line of a member; that of the nearest part around it where the member is missing. */
  lineOf(path: string): number;
}

type YamlFile =
  | { readonly kind: 'read'; readonly documents: readonly YamlDocument[] }
  | { readonly kind: 'broken'; readonly faults: readonly CaseFault[] };

export function readYaml(file: string, text: string): YamlFile {
  if (isYamlTooDeep(text)) return { kind: 'broken', faults: [{ file, path: '', rule: `must not be ${TOO_DEEP}` }] };
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  // An empty stream comes back as an object of another kind.
  const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
  const faults = documents.flatMap(({ errors }) =>
    errors.map(
      ({ message, pos }): CaseFault => ({ file, line: lineCounter.linePos(pos[0]).line, path: '', rule: message }),
    ),
  );
  if (faults.length > 0) return { kind: 'broken', faults };
  try {
    return {
      kind: 'read',
      documents: documents
        .filter((document) => document.contents !== null)
        .map((document) => ({
          value: document.toJS() as unknown,
          lineOf: (path) => lineOf(document, path, lineCounter),
        })),
    };
  } catch (error) {
    // Aliases that unfold without end, say: only found out while the value is made.
    return {
      kind: 'broken',
      faults: [{ file, path: '', rule: error instanceof Error ? error.message : String(error) }],
    };
  }
}

/** Asked of the parser's own list before anything is built: what builds, calls itself, and may end the process. */
export function isYamlTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // The parts that are complete do not matter here.
    for (const _part of parser.next(lexeme));
    if (parser.stack.filter(CST.isCollection).length > JSON_DEPTH_MAX) return true;
  }
  return false;
}

function lineOf(document: Document, path: string, counter: LineCounter): number {
  let node: unknown = document.contents;
  let rest = path;
  for (;;) {
    const inner = partOf(node, rest);
    if (inner === undefined) break;
    [node, rest] = inner;
  }
  // Whatever was parsed has a range.
  return isNode(node) && node.range ? counter.linePos(node.range[0]).line : 1;
}

/** The member or item that the path begins with, and what is left of the path: a member's name may hold a dot itself. */
function partOf(node: unknown, path: string): readonly [node: unknown, rest: string] | undefined {
  if (isSeq(node)) {
    const [whole = '', index] = /^\[(\d+)\]\.?/.exec(path) ?? [];
    const item = index === undefined ? undefined : node.items[Number(index)];
    return item === undefined ? undefined : [item, path.slice(whole.length)];
  }
  if (!isMap(node)) return undefined;
  const isNamed = (name: string): boolean => path === name || /^[.[]/.test(path.slice(name.length));
  const found = node.items
    .map(({ key, value }) => ({ name: String(isScalar(key) ? key.value : key), value }))
    .filter(({ name }) => path.startsWith(name) && isNamed(name))
    .sort((a, b) => b.name.length - a.name.length)[0];
  return isNode(found?.value) ? [found.value, path.slice(found.name.length).replace(/^\./, '')] : undefined;
}
