/** Reads the body of a register or a look-up as the service does: what it cannot deserialize it refuses without a word on why. */
import { isAtLeast } from '../../wire/api-version.ts';
import { registrationSubject } from '../../wire/journal-subject.ts';
import { kindOfJson } from '../../wire/json.ts';
import { parseJson, TOO_DEEP } from '../../wire/json-depth.ts';
import { withKnownNames } from '../../wire/known-members.ts';
import type { DeviceRegistration } from '../../wire/registration.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';
import { DpsError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { CheckedCall } from './checks.ts';

type BodyPorts = Pick<Ports, 'journal' | 'settings'>;

/** Empty is fine. [dps-device-protocol §6.1] */
export function readRegistrationBody(checked: CheckedCall, body: string, ports: BodyPorts): DeviceRegistration {
  if (body.trim() === '') return {};
  const { call, apiVersion } = checked;
  const { assumptions } = ports.settings;
  const shape = shapeAt(apiVersion);
  const given = withKnownNames(shape, parsed(body), { case: assumptions['member-case'], unknown: 'keep' });
  const { registrationId, payload, csr } = checkMembers(shape, given as JsonObject, ports);
  if (typeof registrationId === 'string' && registrationKey(registrationId) !== registrationKey(call.registrationId)) {
    refuseOtherId(registrationId, checked, ports);
  }
  const note = (detail: string): void => ports.journal.record(registrationSubject(call), { kind: 'noted', detail });
  if (typeof csr === 'string') {
    if (call.request.operation === 'lookup') {
      const reason = 'a look-up carries a csr; certificate signing requests belong in a register';
      throw new DpsError('RequestInvalid', { reason });
    }
    note('the csr is not looked at: certificates are not issued by this emulator');
  }
  if (payload !== undefined && payload !== null && !isJsonObject(payload)) judgePayload(payload, ports, note);
  return {
    ...(typeof registrationId === 'string' && { registrationId }),
    ...(payload !== undefined && { payload }),
  };
}

interface MemberShape {
  /** Absent: any JSON. */
  readonly type?: 'string' | 'object';
  readonly properties?: Readonly<Record<string, MemberShape>>;
  readonly additionalProperties?: false;
}

interface ObjectShape extends MemberShape {
  readonly properties: Readonly<Record<string, MemberShape>>;
}

const text = { type: 'string' } as const;

/** The published DeviceRegistration; what a certificate is asked with came under two names. [dps-device-protocol §6.1] */
function shapeAt(apiVersion: string): ObjectShape {
  return {
    properties: {
      registrationId: text,
      tpm: { type: 'object', properties: { endorsementKey: text, storageRootKey: text }, additionalProperties: false },
      payload: {},
      ...(isAtLeast(apiVersion, '2025-07-01-preview') && { csr: text }),
      ...(apiVersion === '2021-11-01-preview' && { clientCertificateCsr: text }),
    },
    additionalProperties: false,
  };
}

function parsed(body: string): JsonObject {
  const json = parseJson(body);
  if (json.kind === 'too-deep') throw broken(`the body is ${TOO_DEEP}`);
  if (json.kind === 'broken') throw broken(`the body is not JSON: ${json.why}`);
  if (isJsonObject(json.value)) return json.value;
  throw broken(`the body is ${kindOfJson(json.value)}; it must be an object, {"registrationId":…,"payload":{…}}`);
}

function checkMembers({ properties }: ObjectShape, given: JsonObject, ports: BodyPorts, path = ''): JsonObject {
  for (const [name, value] of Object.entries(given)) {
    const shape = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const shown = `${path}${name.slice(0, 160)}`;
    if (shape === undefined) {
      if (ports.settings.assumptions['unknown-register-member'] === 'ignore') continue;
      throw broken(`the service knows no member "${shown}". ${whereItBelongs(name, shown, properties)}`);
    }
    // What an SDK leaves unset it may send as null; the id it always has.
    if (shape.type === undefined || (value === null && name !== 'registrationId')) continue;
    const isOfType = shape.type === 'string' ? typeof value === 'string' : isJsonObject(value);
    if (!isOfType) throw broken(`the member "${shown}" is ${kindOfJson(value)}; it must be ${ARTICLES[shape.type]}`);
    if (shape.properties && isJsonObject(value)) checkMembers(shape as ObjectShape, value, ports, `${shown}.`);
  }
  return given;
}

const ARTICLES = { string: 'a string', object: 'an object' } as const;

function whereItBelongs(name: string, shown: string, known: ObjectShape['properties']): string {
  const spelling = Object.keys(known).find((one) => one.toLowerCase() === name.toLowerCase());
  if (spelling !== undefined) return `It is spelt ${spelling}.`;
  if (name === 'csr') return 'A csr is known from api-version 2025-07-01-preview on.';
  return `${shown} belongs inside payload: {"payload":{"${shown}":…}}; --assume unknown-register-member=ignore passes over it.`;
}

function broken(reason: string): DpsError {
  return new DpsError('DeserializationFailed', { reason });
}

function refuseOtherId(inBody: string, { call }: CheckedCall, { settings }: BodyPorts): void {
  const rule = settings.assumptions['body-id-differs'];
  if (rule === 'ignore') return;
  const reason = `registrationId in the body is "${inBody.slice(0, 160)}", the request is for "${call.registrationId}"`;
  throw new DpsError(rule === '401002' ? 'Unauthorized' : 'RequestInvalid', { reason });
}

/** The description says an object; reports contradict each other, and Java's client sends a text. */
function judgePayload(payload: JsonValue, { settings }: BodyPorts, note: (detail: string) => void): void {
  const what = `the payload is ${kindOfJson(payload)}; the service's description has an object there`;
  if (settings.assumptions['device-payload-type'] === '400012') throw broken(what);
  note(`${what}, and the real service may refuse this (--assume device-payload-type=400012)`);
}
