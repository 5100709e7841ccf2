/** Reads what a service sent without trusting it. */
import { parsedJson } from '../emulator/wire/json.ts';
import { isJsonObject, type JsonObject } from '../emulator/wire/twin.ts';

/** The object in a body; undefined when the text is no JSON or the JSON is no object. */
export function readJsonObject(body: string): JsonObject | undefined {
  const value = parsedJson(body);
  return isJsonObject(value) ? value : undefined;
}

export function objectMember(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isJsonObject(value) ? value : undefined;
}

export function stringMember(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberMember(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' ? value : undefined;
}
