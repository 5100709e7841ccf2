/** The file that tells of a real provisioning service and its hubs, or of an emulator that is addressed only as they are. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Address, addressOf } from '../../emulator/wire/address.ts';
import { TOO_DEEP } from '../../emulator/wire/json-depth.ts';
import { type ParsedConnectionString, parseConnectionString } from '../../emulator/wire/resource.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { isYamlTooDeep } from '../case/yaml-documents.ts';
import { RunError } from './run-error.ts';

export interface AzureFile {
  readonly service: ParsedConnectionString;
  readonly idScope: string;
  /** In the order in which they are linked. */
  readonly hubs: readonly ParsedConnectionString[];
  readonly mqtt: Address;
  readonly https: Address;
  /** Where service REST and hub REST are, when not at port 443 of their own names. */
  readonly rest: Address | undefined;
  /** PEM; the public ones count without it. */
  readonly ca: string | undefined;
  /** The public URL that leads to the place where the harness serves webhooks. */
  readonly webhook: string | undefined;
}

/** [dps-device-protocol §1.1] */
const GLOBAL_ENDPOINT = 'global.azure-devices-provisioning.net';
const MEMBERS = ['service', 'idScope', 'hubs', 'endpoints', 'ca', 'webhook'];
const ENDPOINTS = ['mqtt', 'https', 'rest'];

/** @throws {RunError} that names the file, and never a key of it */
export async function readAzureFile(path: string): Promise<AzureFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RunError(`${path} cannot be read: ${error.code ?? error.message}`);
  });
  const faults: string[] = [];
  const document = documentOf(text, path);
  const { endpoints = {} } = document;
  const addresses = isJsonObject(endpoints) ? endpoints : {};
  if (!isJsonObject(endpoints)) faults.push('endpoints must be an object');
  faults.push(...unknownMembers(document, MEMBERS, ''), ...unknownMembers(addresses, ENDPOINTS, 'endpoints.'));
  const service = credentialIn(document.service, 'service', faults);
  const { hubs: given } = document;
  if (!Array.isArray(given) || given.length === 0)
    faults.push('hubs must list the connection strings of the linked hubs');
  const hubs = Array.isArray(given)
    ? given.map((hub: JsonValue, index) => credentialIn(hub, `hubs[${index}]`, faults))
    : [];
  const idScope = textIn(document.idScope, 'idScope', faults);
  if (idScope === undefined) faults.push('idScope is required');
  const read = {
    mqtt: addressIn(addresses.mqtt, 'endpoints.mqtt', faults) ?? { host: GLOBAL_ENDPOINT, port: 8883 },
    https: addressIn(addresses.https, 'endpoints.https', faults) ?? { host: GLOBAL_ENDPOINT, port: 443 },
    rest: addressIn(addresses.rest, 'endpoints.rest', faults),
    webhook: urlIn(document.webhook, faults),
  };
  const caPath = textIn(document.ca, 'ca', faults);
  if (faults.length > 0) throw new RunError(`${path}: ${faults.join('; ')}`);
  const known = hubs.filter((hub) => hub !== undefined);
  if (service === undefined || idScope === undefined) throw new RunError(`${path} is not complete`);
  const ca = caPath === undefined ? undefined : await readCa(resolve(dirname(path), caPath), path);
  return { service, idScope, hubs: known, ca, ...read };
}

/** A parser's own message would quote the line, and with it the key. */
function documentOf(text: string, path: string): JsonObject {
  let document: unknown;
  if (isYamlTooDeep(text)) throw new RunError(`${path} is ${TOO_DEEP}`);
  try {
    document = parse(text);
  } catch {
    throw new RunError(`${path} is neither YAML nor JSON`);
  }
  if (isJsonObject(document)) return document;
  throw new RunError(`${path} must hold an object with ${MEMBERS.join(', ')}`);
}

function unknownMembers(object: JsonObject, known: readonly string[], path: string): readonly string[] {
  const unknown = Object.keys(object).filter((name) => !known.includes(name));
  return unknown.map((name) => `${path}${name} is not known; known: ${known.join(', ')}`);
}

function credentialIn(
  value: JsonValue | undefined,
  path: string,
  faults: string[],
): ParsedConnectionString | undefined {
  const credential = typeof value === 'string' ? parseConnectionString(value) : undefined;
  if (credential === undefined) {
    faults.push(`${path} must be a connection string: HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`);
  }
  return credential;
}

function textIn(value: JsonValue | undefined, path: string, faults: string[]): string | undefined {
  if (value !== undefined && typeof value !== 'string') faults.push(`${path} must be a text`);
  return typeof value === 'string' ? value : undefined;
}

function addressIn(value: JsonValue | undefined, path: string, faults: string[]): Address | undefined {
  const text = textIn(value, path, faults);
  const address = text === undefined ? undefined : addressOf(text);
  if (text !== undefined && address === undefined) faults.push(`${path} must be HOST:PORT`);
  return address;
}

function urlIn(value: JsonValue | undefined, faults: string[]): string | undefined {
  const text = textIn(value, 'webhook', faults);
  const isHttp = text === undefined || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol));
  if (!isHttp) faults.push('webhook must be an http or https URL');
  return text;
}

async function readCa(caPath: string, path: string): Promise<string> {
  return readFile(caPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RunError(`${path}: ca: ${caPath} cannot be read: ${error.code ?? error.message}`);
  });
}
