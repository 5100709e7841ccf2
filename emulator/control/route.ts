/** What a route of the control API is, and how it reads the parts of a request. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { schemaFaults } from '../wire/check-shape.ts';
import { shown } from '../wire/fault.ts';
import { invalid } from './errors.ts';

export interface ControlCall {
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The parsed JSON; `undefined` without a body. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

interface RouteAddress {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As it is documented: `/journal/{idScope}/{registrationId}`. */
  readonly path: string;
  /** The query parameters it knows; others are refused. */
  readonly query?: readonly string[];
}

export interface AnswerRoute extends RouteAddress {
  /** What is sent as JSON, secrets masked. */
  answer(call: ControlCall): unknown;
  /**
   * What is masked: what is known to be a secret (default); only what looks like one, where a name that stands in a webhook's query too has to
   * be readable; nothing, where it is masked already or the caller asked for keys in clear.
   */
  masks?(call: ControlCall): 'known' | 'looks' | 'none';
}

export interface StreamRoute extends RouteAddress {
  /** Takes the connection over after what can be refused has been refused. */
  stream(call: ControlCall): (response: ServerResponse) => void;
}

export type ControlRoute = AnswerRoute | StreamRoute;

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export function checkQuery(query: Query, known: readonly string[] = []): void {
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const rule = known.length === 0 ? 'is not known; this route has none' : `is not known; known: ${known.join(', ')}`;
  throw invalid(
    'The query parameters break a rule',
    unknown.map((path) => ({ path, rule })),
  );
}

/** Every value of a parameter; none when it is absent. */
export function values(query: Query, name: string): readonly string[] {
  const value = query[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** A parameter that stands at most once. */
export function single(query: Query, name: string): string | undefined {
  const [value, ...more] = values(query, name);
  if (more.length === 0) return value;
  throw invalid('The query parameters break a rule', [{ path: name, rule: 'may stand only once' }]);
}

export function flag(query: Query, name: string): boolean {
  const value = single(query, name);
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalid('The query parameters break a rule', [
    { path: name, rule: 'must be true or false', value: shown(value) },
  ]);
}

/** @throws {ControlError} naming every fault of the body; without one it is an empty object */
export async function readBody<T>(schema: Readonly<Record<string, unknown>>, body: unknown): Promise<T> {
  const given = body ?? {};
  const faults = await schemaFaults(schema, given);
  if (faults.length > 0) throw invalid('The body breaks a rule', faults);
  return given as T;
}

const NothingSchema = { type: 'object', additionalProperties: false } as const;

/** For requests that say everything by their address; an empty object does no harm. */
export async function refuseBody(body: unknown): Promise<void> {
  if (body !== undefined && body !== null) await readBody(NothingSchema, body);
}
