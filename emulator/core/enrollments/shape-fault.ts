/** Checks a value against the part of JSON Schema that the wire shapes are written in; the first fault, in words. */
import { isJsonObject } from '../../wire/twin.ts';

export interface Shape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: Shape };
  readonly additionalProperties?: boolean;
  readonly items?: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** @param path where the value stands: `attestation.type`; empty for the document */
export function shapeFault(shape: Shape, value: unknown, path: string): string | undefined {
  if (shape.enum !== undefined && !shape.enum.some((one) => one === value)) {
    return `${path} must be one of ${shape.enum.join(', ')}.`;
  }
  const types = shape.type === undefined ? [] : [shape.type].flat();
  if (types.length > 0 && !types.includes(typeOf(value))) return `${path || 'The body'} must be ${article(types)}.`;
  if (typeof value === 'string') return lengthFault(shape, value, path);
  if (Array.isArray(value))
    return first(value.entries(), ([index, item]) => itemFault(shape, item, `${path}[${index}]`));
  return isJsonObject(value) ? memberFault(shape, value, path) : undefined;
}

function itemFault({ items }: Shape, item: unknown, path: string): string | undefined {
  return items === undefined ? undefined : shapeFault(items, item, path);
}

function lengthFault({ minLength = 0, maxLength = Infinity }: Shape, text: string, path: string): string | undefined {
  if (text.length < minLength) return `${path} must not be empty.`;
  return text.length > maxLength ? `${path} must be at most ${maxLength} characters long.` : undefined;
}

function memberFault(shape: Shape, value: object, path: string): string | undefined {
  const { properties = {}, required = [], additionalProperties = true } = shape;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${join(path, missing)} is required.`;
  return first(Object.entries(value), ([name, member]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) return shapeFault(known, member, join(path, name));
    return additionalProperties ? undefined : `${join(path, name).slice(0, 160)} is not a known member.`;
  });
}

function first<T>(items: Iterable<T>, faultOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function article(types: readonly string[]): string {
  return types
    .map((type) => (/^[aeiou]/.test(type) ? `an ${type}` : type === 'null' ? type : `a ${type}`))
    .join(' or ');
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
