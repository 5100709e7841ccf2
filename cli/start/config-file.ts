/** Reads `--config FILE`: the set-up document, plus the options of the emulator under `options`. */
import { dirname, resolve } from 'node:path';
import { shown } from '../../emulator/wire/fault.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import { isJsonObject, type JsonObject } from '../../emulator/wire/twin.ts';
import { CliError } from '../exit.ts';
import { notJson, readJsonText } from '../json-fault.ts';
import { readTextFile } from '../option-values.ts';

export interface ConfigFile {
  /** As the user named it. */
  readonly path: string;
  readonly options: JsonObject;
  /** Not checked yet. Absent when the file gives options only: the emulator then holds the demo. */
  readonly setUp?: SetUp;
}

/** Options that name files: relative to the configuration file, so that it means the same from everywhere. */
const PATH_OPTIONS = ['ca', 'webhookCa'];

/** @throws {CliError} naming the file, the place in it and the rule */
export function readConfigFile(path: string): ConfigFile {
  const document = parse(path, readTextFile(`${path}:`, path));
  if (!isJsonObject(document)) {
    throw new CliError('usage', `${path}: the document: must be an object (is ${shown(document)})`);
  }
  const { options = {}, ...setUp } = document;
  if (!isJsonObject(options)) throw new CliError('usage', `${path}: options: must be an object (is ${shown(options)})`);
  const hasSetUp = Object.keys(setUp).some((name) => name !== '$schema');
  return { path, options: absolutePaths(options, path), ...(hasSetUp && { setUp: setUp as SetUp }) };
}

function parse(path: string, text: string): unknown {
  const read = readJsonText(text);
  if (read.kind === 'json') return read.value;
  const hint = YAML_NAME.test(path) || YAML_BEGIN.test(text) ? '; this is YAML, and the file must be JSON' : '';
  throw new CliError('usage', `${path}:${notJson(read.fault)}${hint}`);
}

const YAML_NAME = /\.ya?ml$/i;
/** Behind comments and empty lines: a document, a list, or a name with a colon. */
const YAML_BEGIN = /^(?:\s*(?:#.*)?\n)*\s*(?:---|- |[A-Za-z$][\w$-]*:\s)/;

function absolutePaths(options: JsonObject, path: string): JsonObject {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      PATH_OPTIONS.includes(name) && typeof value === 'string' && value !== '' ? resolve(dirname(path), value) : value,
    ]),
  );
}
