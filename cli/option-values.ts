/** Values of options that commander hands on as text: read and checked, refused with what they must be. */
import { existsSync, readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { JsonValue } from '../emulator/wire/twin.ts';
import { CliError } from './exit.ts';
import { notJson, readJsonText } from './json-fault.ts';

export function readUrl(text: string): string {
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isHttp) throw new InvalidArgumentError('It must be an http or https URL.');
  return text;
}

/** @param min the least; by default a wait of no time is none */
export function secondsUpTo(max: number, min = Number.MIN_VALUE): (text: string) => number {
  return (text) => {
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (seconds >= min && seconds <= max) return seconds;
    throw new InvalidArgumentError(`It must be a number of seconds up to ${max}.`);
  };
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** @param min 0 where any free port is one as well */
export function portFrom(min: 0 | 1): (text: string) => number {
  return (text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (port >= min && port <= 65_535) return port;
    throw new CliError('usage', `--port: must be ${min} to 65535 (is "${text}")`);
  };
}

/** JSON, or `@file` with JSON in it; never repeated. */
export function readPayload(given: string): JsonValue {
  const file = given.startsWith('@') ? given.slice(1) : undefined;
  const read = readJsonText(file === undefined ? given : readTextFile(`--payload: ${file}`, file));
  if (read.kind === 'json') return read.value;
  const isName = file === undefined && given !== '' && existsSync(given);
  const hint = isName ? `; to send what is in that file: --payload @${given}` : '';
  throw new CliError('usage', `${file ?? '--payload'}:${notJson(read.fault)}${hint}`);
}

/** What people call it; other codes are shown as they are. */
const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a directory: name the file in it',
  EACCES: 'this user may not',
};

/** @param named how a message begins: with the option, or the file itself */
export function readTextFile(named: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\u{feff}/u, '');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CliError('usage', `${named} cannot be read (${READ_FAULTS[code] ?? code})`);
  }
}

/** @throws {CliError} when it holds no certificate */
export function readPem(option: string, path: string): string {
  const text = readTextFile(`${option}: ${path}`, path);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new CliError('usage', `${option}: must be a PEM file with a certificate (is "${path}")`);
}
