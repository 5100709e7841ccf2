/** Reads what a service sent without trusting it. */
import type { JsonObject, JsonValue } from '../emulator/wire/twin.ts';

/** The object in a body; undefined when the text is no JSON or the JSON is no object. */
export function readJsonObject(body: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function objectMember(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isObject(value) ? value : undefined;
}

export function stringMember(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberMember(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' ? value : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
