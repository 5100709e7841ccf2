/** The customer's own rules: this id goes to that hub with this twin, that one is refused. */
import { readFile } from 'node:fs/promises';
import { schemaFaults } from '../../emulator/wire/check-shape.ts';
import { ruleText } from '../../emulator/wire/fault.ts';
import { parseJson, TOO_DEEP } from '../../emulator/wire/json-depth.ts';
import { isRegistrationId, REGISTRATION_ID_RULE } from '../../emulator/wire/registration-id.ts';
import { type InitialTwin, InitialTwinSchema } from '../../emulator/wire/twin.ts';
import type { With, Written } from '../case/case.ts';
import { isYamlTooDeep } from '../case/yaml-documents.ts';

const hubList = { type: 'array', minItems: 1, maxItems: 50, items: { type: 'string', minLength: 1 } } as const;

const ruleSchema = {
  type: 'object',
  required: ['registrationId'],
  properties: {
    id: { description: 'Shown in the report; the registration id when absent.', type: 'string', minLength: 1 },
    registrationId: { type: 'string' },
    enrollment: { enum: ['group', 'individual'] },
    attestation: { enum: ['symmetricKey', 'x509', 'tpm'] },
    payload: {},
    currentHub: { description: 'The hub that the device is assigned to already.', type: 'string', minLength: 1 },
    linkedHubs: hubList,
    hub: { description: 'Exactly one of `hub` and `refused` stands.', type: 'string', minLength: 1 },
    refused: { enum: [true] },
    initialTwin: {
      ...InitialTwinSchema,
      description: 'Compared as a whole; `null`: none.',
      type: ['object', 'null'],
    },
    responsePayload: {
      description: 'The `payload` of the answer, compared as a whole; `null`: none.',
      type: ['object', 'null'],
    },
  },
  additionalProperties: false,
} as const;

export const ExpectationsSchema = {
  type: 'object',
  required: ['rules'],
  properties: {
    $schema: { type: 'string' },
    linkedHubs: hubList,
    rules: { type: 'array', minItems: 1, items: ruleSchema },
  },
  additionalProperties: false,
} as const;

export type Expectation = With<Written<typeof ruleSchema>, { readonly initialTwin?: InitialTwin | null }>;
export type Expectations = With<Written<typeof ExpectationsSchema>, { readonly rules: readonly Expectation[] }>;

/** The file of expectations cannot be used; the message names file, path, rule and value. */
export class ExpectationsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpectationsError';
  }
}

/** @throws {ExpectationsError} */
export async function readExpectations(file: string): Promise<Expectations> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new ExpectationsError(`${file}: cannot be read: ${error.message}`);
  });
  return checkExpectations(await parseDocument(file, text), file);
}

/** @throws {ExpectationsError} naming every fault */
export async function checkExpectations(document: unknown, source: string): Promise<Expectations> {
  const faults = (await schemaFaults(ExpectationsSchema, document)).map(
    ({ path, ...rest }) => `${path || 'the document'}: ${ruleText(rest)}`,
  );
  const all =
    faults.length > 0
      ? faults
      : (document as Expectations).rules.flatMap((rule, index) => ruleFaults(rule, index, document as Expectations));
  if (all.length > 0) throw new ExpectationsError(all.map((fault) => `${source}: ${fault}`).join('\n'));
  return document as Expectations;
}

function ruleFaults(rule: Expectation, index: number, { linkedHubs }: Expectations): readonly string[] {
  const at = `rules[${index}]`;
  const { registrationId, hub, refused, initialTwin, responsePayload } = rule;
  const hasBoth = (hub === undefined) === (refused === undefined);
  const offered = rule.linkedHubs ?? linkedHubs;
  const describesAnswer = initialTwin !== undefined || responsePayload !== undefined;
  return [
    ...(isRegistrationId(registrationId)
      ? []
      : [`${at}.registrationId: must be ${REGISTRATION_ID_RULE} (is ${JSON.stringify(registrationId)})`]),
    ...(hasBoth ? [`${at}: must have either "hub" or "refused": true`] : []),
    ...(hub !== undefined && offered?.includes(hub) === false
      ? [`${at}.hub: must be one of the linkedHubs (is ${JSON.stringify(hub)})`]
      : []),
    ...(rule.attestation === 'tpm' && rule.enrollment === 'group'
      ? [`${at}.enrollment: must be "individual" with a TPM (is "group")`]
      : []),
    ...(refused && describesAnswer ? [`${at}: a refusal has no initialTwin and no responsePayload`] : []),
  ];
}

/** JSON, or YAML by the name of the file; YAML would read broken JSON in surprising ways. */
async function parseDocument(file: string, text: string): Promise<unknown> {
  const refuse = (why: string): never => {
    throw new ExpectationsError(`${file}: is ${why}`);
  };
  if (!/\.ya?ml$/i.test(file)) {
    const parsed = parseJson(text);
    if (parsed.kind === 'json') return parsed.value;
    return refuse(parsed.kind === 'broken' ? `not JSON: ${parsed.why}` : TOO_DEEP);
  }
  if (isYamlTooDeep(text)) return refuse(TOO_DEEP);
  const { parse } = await import('yaml');
  try {
    return parse(text) as unknown;
  } catch (error) {
    return refuse(`not YAML: ${(error as Error).message}`);
  }
}
