/** `--query` and `--output`: which part of an answer is printed, and how. */
import jmespath from 'jmespath';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { AzError, argumentError } from './az-error.ts';
import { tableLines } from './table.ts';

export const OUTPUT_FORMATS = ['json', 'jsonc', 'tsv', 'table', 'none'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface Presentation {
  readonly format: OutputFormat;
  /** A JMESPath expression. */
  readonly query: string | undefined;
  /** Whether colours may be used. */
  readonly isColoured: boolean;
}

/**
 * Told before a verb changes anything.
 * @throws {AzError} when the text is no JMESPath expression
 */
export function checkQuery(query: string | undefined): void {
  if (query === undefined) return;
  try {
    jmespath.search(null, query);
  } catch (error) {
    // Whether a function likes what it is given is seen with the answer.
    if (!isTypeFault(error)) {
      throw argumentError(`argument --query: invalid jmespath_type value: '${query}' (${reasonOf(error)})`);
    }
  }
}

/**
 * Lines of text; none for `none`, and none when the query selects nothing.
 * @throws {AzError} when the query cannot be applied to the answer
 */
export function rendered(answer: JsonValue, { format, query, isColoured }: Presentation): readonly string[] {
  // What a query makes keeps the order that it was asked for in; everything else is sorted by name, as `az` prints it.
  const isSorted = format === 'tsv' || (format === 'table' && query === undefined);
  const value = selected(isSorted ? sorted(answer) : answer, query);
  if (value === null) return [];
  switch (format) {
    case 'json':
      return [JSON.stringify(sorted(value), null, 2)];
    case 'jsonc': {
      const text = JSON.stringify(sorted(value), null, 2);
      return [isColoured ? coloured(text) : text];
    }
    case 'tsv':
      return (Array.isArray(value) ? value : [value]).map((row: JsonValue) => tsvRow(row));
    case 'table':
      return tableLines(value);
    case 'none':
      return [];
  }
}

function selected(value: JsonValue, query: string | undefined): JsonValue {
  if (query === undefined) return value;
  try {
    return (jmespath.search(value, query) ?? null) as JsonValue;
  } catch (error) {
    throw new AzError('service', `Invalid jmespath query supplied for \`--query\`: ${reasonOf(error)}`);
  }
}

function isTypeFault(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('TypeError');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item));
  if (!isJsonObject(value)) return value;
  const members: JsonObject = value;
  return Object.fromEntries(
    Object.keys(members)
      .sort()
      .map((name) => [name, sorted(members[name] ?? null)]),
  );
}

/** Cells are separated by tabs; an object in a cell is empty, a list its length. `az` prints a lone truth in lower case. */
function tsvRow(row: JsonValue): string {
  if (typeof row === 'boolean') return String(row);
  const cells = Array.isArray(row) || isJsonObject(row) ? Object.values(row) : [row];
  return cells.map((cell: JsonValue) => tsvCell(cell)).join('\t');
}

/** `az` is a Python program: its words for what is not there, and for truth, are Python's. */
function tsvCell(cell: JsonValue): string {
  if (cell === null) return 'None';
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  if (Array.isArray(cell)) return String(cell.length);
  return isJsonObject(cell) ? '' : String(cell);
}

const JSON_TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** Names blue, text yellow, the rest cyan. */
function coloured(text: string): string {
  return text.replace(JSON_TOKENS, (token, string: string | undefined, colon: string | undefined) => {
    const code = string === undefined ? 36 : colon === undefined ? 33 : 34;
    return `\u001b[${code}m${string ?? token}\u001b[0m${colon ?? ''}`;
  });
}
