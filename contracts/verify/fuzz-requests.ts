/** Requests that no service sends on a good day: odd ids, huge or missing members, unicode, nulls. */
import type fastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { jsonCopy } from '../../emulator/wire/json.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import type { ShapeInputs } from './shape.ts';

const HUGE_LENGTH = 20_000;

// Long because it is one grammar: each rule is used by the next, and none elsewhere.
/** @param fc the library, loaded by the caller: only the fuzzer needs it */
export function fuzzRequests(fc: typeof fastCheck, inputs: ShapeInputs): Arbitrary<JsonObject> {
  const oneOf = (...arbitraries: readonly Arbitrary<unknown>[]): Arbitrary<JsonValue> =>
    fc.oneof({ withCrossShrink: true }, ...arbitraries) as Arbitrary<JsonValue>;
  const anyText = fc.string({ unit: anyCharacter(fc), maxLength: 200, size: 'max' });
  // First among its alternatives, because a fault found with another text is shrunk to it: there the length alone counts.
  const plainText = fc.integer({ min: 1, max: HUGE_LENGTH }).map((length) => 'a'.repeat(length));
  const anyJson = fc.jsonValue({ maxDepth: 4 }) as Arbitrary<JsonValue>;
  const known = fc.constantFrom(...inputs.registrationIds);

  const grammarId = fc
    .string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:'),
      minLength: 1,
      maxLength: 127,
      size: 'max',
    })
    .map((id) => (/[A-Za-z0-9-]$/.test(id) ? id : `${id}0`));
  const knownAndMore = fc.tuple(anyText, known).map(([text, id]) => text + id);
  const registrationId = oneOf(plainText, grammarId, known, knownAndMore, anyText, anyJson);

  const hub = fc.oneof(fc.constantFrom(...inputs.hubs), fc.domain());
  const hubList = fc.uniqueArray(hub, { minLength: 1, maxLength: 50 });
  const linkedHubs = oneOf(
    fc.constant([...inputs.hubs]),
    hubList,
    fc.array(oneOf(hub, anyText, anyJson), { maxLength: 5 }),
    anyJson,
  );

  const attestation = fc.record({ type: oneOf(fc.constantFrom('symmetricKey', 'x509', 'tpm'), anyJson) });
  const enrollment = oneOf(
    fc.record(
      {
        enrollmentGroupId: oneOf(grammarId, anyText),
        registrationId: oneOf(grammarId, anyText),
        attestation,
        capabilities: anyJson,
        etag: anyText,
        initialTwin: anyJson,
        iotHubs: anyJson,
        customAllocationDefinition: anyJson,
      },
      { requiredKeys: [] },
    ),
    anyJson,
  );
  const context = fc.record(
    {
      registrationId,
      currentIotHubHostName: oneOf(hub, anyJson),
      currentDeviceId: oneOf(known, anyText, anyJson),
      symmetricKey: oneOf(fc.constant({}), anyJson),
      x509: anyJson,
      tpm: anyJson,
      payload: oneOf(anyJson, plainText, fc.dictionary(anyText, anyJson)),
    },
    { requiredKeys: [] },
  );
  const whole = fc.record(
    {
      enrollmentGroup: enrollment,
      individualEnrollment: enrollment,
      deviceRuntimeContext: fc.oneof({ weight: 9, arbitrary: context }, { weight: 1, arbitrary: anyJson }),
      linkedHubs,
      extra: oneOf(anyJson, plainText),
    },
    { requiredKeys: [] },
  );
  // As a wire would carry it: what JSON does not know is gone.
  return whole.map((request) => jsonCopy(request));
}

const SURROGATES_FROM = 0xd800;
const SURROGATES = 0x800;

/** The library's own `binary`, which fills a map with every character of Unicode first. */
function anyCharacter(fc: typeof fastCheck): Arbitrary<string> {
  return fc.nat({ max: 0x10ffff - SURROGATES }).map(
    (index) => String.fromCodePoint(index < SURROGATES_FROM ? index : index + SURROGATES),
    (character) => {
      const code = typeof character === 'string' ? character.codePointAt(0) : undefined;
      if (code === undefined || String.fromCodePoint(code) !== character) throw new Error('no single character');
      return code < SURROGATES_FROM ? code : code - SURROGATES;
    },
  );
}
