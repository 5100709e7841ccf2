/** JSON that was well formed once: documents of the API with members changed, taken away, doubled, or cut off as text. */
import fc, { type Arbitrary } from 'fast-check';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What programs stumble over. */
export const WEIRD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'a'.repeat(300),
  'x'.repeat(20_000),
  '../../etc/passwd',
  "'; DROP TABLE x",
  '0001-01-01T00:00:00Z',
  [],
  {},
  [null],
  [[[]]],
  JSON.parse('{"__proto__":{"a":1},"constructor":{}}') as Json,
  { $version: 1, $etag: 2, 'a.b': 1, '': 2 },
];

const weird: Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WEIRD) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) as Arbitrary<Json> },
);

interface Edit {
  /** Which of the document's places, counted round. */
  readonly place: number;
  readonly what: 'change' | 'remove' | 'add' | 'rename';
  readonly value: Json;
  readonly name: string;
}

const edit: Arbitrary<Edit> = fc.record({
  place: fc.nat(200),
  what: fc.constantFrom('change', 'change', 'remove', 'add', 'rename'),
  value: weird,
  name: fc.constantFrom('a', '__proto__', 'Payload', 'registrationid', 'csr', '$', 'ETag', 'x'.repeat(200)),
});

/** The text of one of the documents, none to three edits away; now and then broken as text. */
export function mutated(...documents: readonly Json[]): Arbitrary<string> {
  const edited = fc
    .tuple(fc.constantFrom(...documents), fc.array(edit, { maxLength: 3 }))
    .map(([document, edits]) => JSON.stringify(edits.reduce(applyEdit, document)));
  return fc.oneof(
    { weight: 12, arbitrary: edited },
    { weight: 1, arbitrary: weird.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.tuple(edited, fc.nat(100)).map(([text, at]) => text.slice(0, at % (text.length + 1))) },
    { weight: 1, arbitrary: edited.map((text) => `${text}\r\n   \r\n`) },
    { weight: 1, arbitrary: edited.map((text) => `\ufeff${text.replace('{', '{"a":1,"a":2,')}`) },
    { weight: 1, arbitrary: fc.constantFrom(...DEEP, ' ', '[', 'null', 'undefined', '{"a":01}', '"\\ud800"') },
  );
}

const DEEP = [65, 3000, 20_000].map((levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

function applyEdit(document: Json, { place, what, value, name }: Edit): Json {
  const paths = placesIn(document);
  const path = paths[place % paths.length] ?? [];
  return atPath(document, path, (found) => {
    if (what === 'add') return isRecord(found) ? { ...found, [name]: value } : value;
    if (what === 'change') return value;
    return what === 'remove' ? undefined : { [name]: found };
  });
}

type Path = readonly (string | number)[];

function placesIn(value: Json, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => placesIn(item, [...path, index]))];
  if (!isRecord(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]))];
}

/** `undefined` takes the place away; the whole document becomes `null` then. */
function atPath(value: Json, path: Path, change: (found: Json) => Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(value) ?? null;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (index === step ? kept(changedAt(item, rest, change)) : [item]));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      name === step ? kept(changedAt(member, rest, change)).map((next) => [name, next]) : [[name, member]],
    ),
  ) as Json;
}

function changedAt(value: Json, rest: Path, change: (found: Json) => Json | undefined): Json | undefined {
  return rest.length === 0 ? change(value) : atPath(value, rest, change);
}

function kept(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
