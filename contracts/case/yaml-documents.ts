/** Reads the YAML documents of a file, and knows on which line each part of them stands. */
import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml';
import type { CaseFault } from './case-error.ts';

export interface YamlDocument {
  readonly value: unknown;
  /** The line of a member; that of the nearest part around it where the member is missing. */
  lineOf(path: readonly (string | number)[]): number | undefined;
}

export type YamlFile =
  | { readonly kind: 'read'; readonly documents: readonly YamlDocument[] }
  | { readonly kind: 'broken'; readonly faults: readonly CaseFault[] };

export function readYaml(file: string, text: string): YamlFile {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  // An empty stream comes back as an object of another kind.
  const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
  const faults = documents.flatMap(({ errors }) =>
    errors.map(
      ({ message, pos }): CaseFault => ({ file, line: lineCounter.linePos(pos[0]).line, path: [], rule: message }),
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
      faults: [{ file, path: [], rule: error instanceof Error ? error.message : String(error) }],
    };
  }
}

function lineOf(document: Document, path: readonly (string | number)[], counter: LineCounter): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const keys = path.slice(0, length).map((part) => (/^\d+$/.test(String(part)) ? Number(part) : part));
    const node: unknown = length === 0 ? document.contents : document.getIn(keys, true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return undefined;
}
