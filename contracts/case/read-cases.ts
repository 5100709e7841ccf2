/** Reads folders of case files: every document is checked, and every fault is told at once. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaFaults } from '../../emulator/wire/check-shape.ts';
import { DEVICE_TRANSPORTS } from '../../emulator/wire/transports.ts';
import { isJsonObject } from '../../emulator/wire/twin.ts';
import { type ContractCase, type Given, type GivenDevice, ONLY_DEVICE } from './case.ts';
import { CaseError, type CaseFault } from './case-error.ts';
import { CheckedSchemas } from './case-schema.ts';
import { checkCase, webhookFaults } from './check-case.ts';
import { extend } from './extend.ts';
import { readYaml, type YamlDocument } from './yaml-documents.ts';

export interface LoadedCase {
  readonly contract: ContractCase;
  /** As it is shown: relative to where the program runs, or `shipped/NAME`. */
  readonly file: string;
  readonly line: number;
}

export interface LoadedCases {
  readonly cases: readonly LoadedCase[];
  readonly files: number;
}

/** Our own cases: data beside the sources, where the build does not copy them to. */
export function shippedFolder(): string {
  const up = import.meta.url.endsWith('.ts') ? '../cases' : '../../../contracts/cases';
  return fileURLToPath(new URL(up, import.meta.url));
}

const BASES_FILE = 'bases.yaml';

/**
 * @param folders of the user's own; ours when there is none. Our bases can be extended by either.
 * @throws {CaseError} naming every fault of every file
 */
export async function readCases(folders: readonly string[]): Promise<LoadedCases> {
  // Of ours, the user's own cases need the bases alone.
  const shipped = await readParts(folders.length === 0 ? shippedFolder() : join(shippedFolder(), BASES_FILE));
  const own = await Promise.all(folders.map(readParts));
  const chosen = folders.length === 0 ? [shipped] : own;
  const parts =
    folders.length === 0 ? shipped.parts : [...shipped.parts.filter(isBase), ...own.flatMap((o) => o.parts)];
  const faults = [...(folders.length === 0 ? [shipped] : own).flatMap((folder) => folder.faults), ...duplicates(parts)];
  const bases = new Map(parts.filter(isBase).map(({ value }) => [value.base, value.given]));
  const cases = parts.filter(isCase).map((part) => complete(part, bases));
  const all = [...faults, ...cases.flatMap((one) => one.faults)];
  if (all.length > 0) throw new CaseError(all);
  return {
    cases: cases.map(({ part, contract }) => ({ contract, file: part.file, line: part.document.lineOf('') })),
    files: chosen.reduce((count, folder) => count + folder.files, 0),
  };
}

interface Part<T> {
  readonly file: string;
  readonly document: YamlDocument;
  readonly value: T;
}

interface GivenBase {
  readonly base: string;
  readonly given: Given;
}

/** As it stands in the file: a single device may stand alone, and much has a default. */
type WrittenCase = Partial<ContractCase> &
  Pick<ContractCase, 'id' | 'title' | 'requirement' | 'source' | 'confidence' | 'expect'> & {
    readonly device?: GivenDevice;
  };

type AnyPart = Part<GivenBase> | Part<WrittenCase>;

const isBase = (part: AnyPart): part is Part<GivenBase> => 'base' in part.value;
const isCase = (part: AnyPart): part is Part<WrittenCase> => !isBase(part);

interface Folder {
  readonly parts: readonly AnyPart[];
  readonly faults: readonly CaseFault[];
  readonly files: number;
}

async function readParts(folder: string): Promise<Folder> {
  const found = await filesIn(folder);
  if (found.length === 0) {
    return { parts: [], files: 0, faults: [{ file: folder, path: '', rule: 'holds no .yaml file' }] };
  }
  const read = await Promise.all(found.map((file) => readOne(file, folder)));
  return { parts: read.flatMap((one) => one.parts), faults: read.flatMap((one) => one.faults), files: found.length };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts === undefined) throw new CaseError([{ file: folder, path: '', rule: 'does not exist' }]);
  if (facts.isFile()) return [folder];
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function readOne(path: string, folder: string): Promise<Pick<Folder, 'parts' | 'faults'>> {
  const file = folder.startsWith(shippedFolder()) ? `shipped/${basename(path)}` : relative('.', path);
  const yaml = readYaml(file, await readFile(path, 'utf8'));
  if (yaml.kind === 'broken') return { parts: [], faults: yaml.faults };
  const checked = await Promise.all(yaml.documents.map((document) => checkDocument(file, document)));
  return { parts: checked.flatMap((one) => one.parts), faults: checked.flatMap((one) => one.faults) };
}

async function checkDocument(file: string, document: YamlDocument): Promise<Pick<Folder, 'parts' | 'faults'>> {
  const { value } = document;
  if (!isJsonObject(value)) {
    const fault = { file, line: document.lineOf(''), path: '', rule: 'a document must be a case or a base' };
    return { parts: [], faults: [fault] };
  }
  const faults = await schemaFaults('base' in value ? CheckedSchemas.base : CheckedSchemas.case, value);
  const about = { file, subject: subjectOf(value) };
  if (faults.length > 0) {
    return { parts: [], faults: faults.map((fault) => ({ ...about, line: document.lineOf(fault.path), ...fault })) };
  }
  return { parts: [{ file, document, value } as unknown as AnyPart], faults: [] };
}

function subjectOf(value: Readonly<Record<string, unknown>>): string {
  return 'base' in value ? `base ${String(value.base)}` : String(value.id ?? 'without id');
}

function duplicates(parts: readonly AnyPart[]): readonly CaseFault[] {
  const first = new Map<string, AnyPart>();
  return parts.flatMap((part) => {
    const name = isBase(part) ? `base ${part.value.base}` : part.value.id;
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, part);
      return [];
    }
    const path = isBase(part) ? 'base' : 'id';
    const rule = `stands twice: also in ${other.file}:${other.document.lineOf(path)}`;
    return [{ file: part.file, line: part.document.lineOf(path), subject: name, path, rule }];
  });
}

interface Completed {
  readonly part: Part<WrittenCase>;
  readonly contract: ContractCase;
  readonly faults: readonly CaseFault[];
}

function complete(part: Part<WrittenCase>, bases: ReadonlyMap<string, Given>): Completed {
  const { device, ...written } = part.value;
  const extended = extend(written.given ?? {}, bases);
  const devices = device === undefined ? (written.devices ?? {}) : { [ONLY_DEVICE]: device };
  const contract: ContractCase = {
    ...written,
    tags: written.tags ?? [],
    covers: written.covers ?? [],
    transports: written.transports ?? DEVICE_TRANSPORTS,
    given: extended.kind === 'given' ? extended.given : {},
    devices,
    steps: written.steps ?? Object.keys(devices).map((name) => ({ register: name })),
  };
  const own = [
    ...(extended.kind === 'broken' ? [{ path: 'given.extends', rule: extended.rule }] : []),
    ...webhookFaults(written.given ?? {}),
    ...((device === undefined) === (written.devices === undefined)
      ? [{ path: '', rule: 'must have exactly one of device, devices' }]
      : checkCase(contract)),
  ];
  const about = { file: part.file, subject: contract.id };
  return {
    part,
    contract,
    faults: own.map((fault) => ({ ...about, line: part.document.lineOf(fault.path), ...fault })),
  };
}
