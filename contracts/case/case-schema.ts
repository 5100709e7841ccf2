/** The JSON Schema of a case file's documents, published as schema/contract-case.schema.json. */
import { DEVICE_TRANSPORTS } from '../../emulator/wire/transports.ts';
import { AnswerSchema } from './answer-schema.ts';
import { CONFIDENCES } from './case.ts';
import { ExpectSchema } from './expect-schema.ts';
import { GivenSchema } from './given-schema.ts';
import { DeviceSchema, StepSchema } from './step-schema.ts';

/** Letters, digits and hyphens: ids are typed on the command line and name rows in reports. */
const CASE_ID_PATTERN = '^[a-z0-9][a-z0-9-]*$';

const sentence = (description: string) => ({ description, type: 'string', minLength: 1 });

const CaseSchema = {
  title: 'a contract case',
  type: 'object',
  required: ['id', 'title', 'requirement', 'source', 'confidence', 'expect'],
  properties: {
    id: {
      description: 'Stable, unique: lower-case letters, digits, hyphens.',
      type: 'string',
      pattern: CASE_ID_PATTERN,
    },
    title: sentence('A fact about the service.'),
    requirement: sentence('What DPS has to do, in one sentence.'),
    source: sentence('Where that stands.'),
    confidence: {
      description: 'How well that is founded on the public record.',
      enum: CONFIDENCES,
    },
    tags: { type: 'array', items: { type: 'string', pattern: CASE_ID_PATTERN } },
    row: { description: "Row of the tutorial's troubleshooting table.", type: 'integer', minimum: 1, maximum: 6 },
    covers: { description: 'Rows of docs/fidelity.md that the case proves.', type: 'array', items: { type: 'string' } },
    transports: {
      description: 'Default: all that the emulator has.',
      type: 'array',
      minItems: 1,
      items: { enum: DEVICE_TRANSPORTS },
    },
    given: { $ref: '#/$defs/given' },
    device: { $ref: '#/$defs/device' },
    devices: {
      description: 'Several devices by name, instead of `device`.',
      type: 'object',
      minProperties: 1,
      additionalProperties: { $ref: '#/$defs/device' },
    },
    steps: {
      description: 'Default: every device registers.',
      type: 'array',
      minItems: 1,
      items: { $ref: '#/$defs/step' },
    },
    expect: { $ref: '#/$defs/expect' },
  },
  additionalProperties: false,
} as const;

const BaseSchema = {
  title: 'a base for `given.extends`',
  type: 'object',
  required: ['base', 'given'],
  properties: {
    base: { type: 'string', pattern: CASE_ID_PATTERN },
    given: { $ref: '#/$defs/given' },
  },
  additionalProperties: false,
} as const;

const $defs = {
  answer: AnswerSchema,
  device: DeviceSchema,
  expect: ExpectSchema,
  given: GivenSchema,
  step: StepSchema,
} as const;

/** What a document of a case file is checked with: the one that it is meant to be. */
export const CheckedSchemas = { case: { ...CaseSchema, $defs }, base: { ...BaseSchema, $defs } } as const;

/** What an editor checks a YAML document of a case file against. */
export const PublishedCaseSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'dps-emulator contract case',
  description: 'A contract case, or a base that cases extend: docs/contracts.md.',
  anyOf: [CaseSchema, BaseSchema],
  $defs,
} as const;
