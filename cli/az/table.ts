/** `--output table`: a column for each scalar member, in the order in which the members stand. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { printable } from '../terminal.ts';

/** The line below a name is that much longer than the name. */
const HEADER_PADDING = 2;

export function tableLines(value: JsonValue): readonly string[] {
  const rows = (Array.isArray(value) ? value : [value]).map((row: JsonValue) => cellsOf(row));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (names.length === 0) return [];
  const widths = names.map((name) =>
    Math.max(name.length + HEADER_PADDING, ...rows.map((row) => (row.get(name) ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(names),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(names.map((name) => row.get(name) ?? ''))),
  ];
}

/** Members that `az` leaves out of its tables, of what a query selects too: who wants them gives them another name. */
const LEFT_OUT: ReadonlySet<string> = new Set(['id', 'type', 'etag']);

function cellsOf(row: JsonValue): ReadonlyMap<string, string> {
  if (Array.isArray(row)) {
    return new Map(row.map((cell: JsonValue, index): [string, string] => [`Column${index + 1}`, cellText(cell)]));
  }
  if (!isJsonObject(row)) return new Map([['Result', cellText(row)]]);
  return new Map(
    scalarsOf(row).map(([name, cell]): [string, string] => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      cellText(cell),
    ]),
  );
}

function scalarsOf(row: JsonObject): readonly [string, JsonValue][] {
  return Object.entries(row).filter(
    (entry): entry is [string, JsonValue] =>
      !LEFT_OUT.has(entry[0]) && entry[1] !== null && entry[1] !== undefined && typeof entry[1] !== 'object',
  );
}

function cellText(cell: JsonValue): string {
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  return typeof cell === 'object' ? '' : printable(String(cell));
}
