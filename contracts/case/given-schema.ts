/** The world of a case as JSON Schema; enrollments are the records of the set-up, their attestation optional. */
import { EnrollmentGroupSchema, IndividualEnrollmentSchema } from '../../emulator/wire/enrollment.ts';
import { IdScopeSchema, LinkedHubSchema } from '../../emulator/wire/set-up.ts';

const text = { type: 'string', minLength: 1 } as const;

const webhookSchema = {
  title: 'an object with exactly one of answers, url, bundled',
  description: 'What the enrollments with custom allocation call.',
  type: 'object',
  properties: {
    answers: {
      description: 'A scripted webhook; its last answer repeats.',
      type: 'array',
      minItems: 1,
      items: { $ref: '#/$defs/answer' },
    },
    functionKey: { description: 'The scripted webhook demands it as ?code=.', ...text },
    url: { description: 'A webhook that runs already.', ...text },
    bundled: { description: "The tutorial's function, served on this machine.", const: true },
  },
  additionalProperties: false,
} as const;

const milliseconds = { type: 'integer', minimum: 1 } as const;

const optionsSchema = {
  description: 'Options of the emulator (docs/configuration.md).',
  type: 'object',
  properties: {
    retryAfterSeconds: { type: 'integer', minimum: 0, maximum: 300 },
    webhookTimeoutMs: milliseconds,
    webhookRealTimeoutMs: milliseconds,
    webhookResponseBytesMax: { type: 'integer', minimum: 1 },
    operationLifetimeSeconds: { type: 'integer', minimum: 0 },
  },
  additionalProperties: false,
} as const;

export const GivenSchema = {
  description: 'The provisioning service, its enrollments, and the webhook.',
  type: 'object',
  properties: {
    extends: { description: 'A base to start from: contoso, plain, or one of your own.', ...text },
    idScope: IdScopeSchema,
    hubs: { description: 'Host names of the linked hubs.', type: 'array', items: LinkedHubSchema },
    allocationPolicy: {
      description: 'What an enrollment without a policy gets; hashed when absent.',
      enum: ['hashed', 'geoLatency', 'static'],
    },
    enrollments: {
      description: 'Individual enrollments. Keys that are left out are made from the seed.',
      type: 'array',
      items: { ...IndividualEnrollmentSchema, required: ['registrationId'] },
    },
    enrollmentGroups: {
      description: 'Enrollment groups. `webhookUrl: $webhook` stands for the webhook of the case, and is the default.',
      type: 'array',
      items: { ...EnrollmentGroupSchema, required: ['enrollmentGroupId'] },
    },
    webhook: webhookSchema,
    assume: {
      description: 'Named assumptions to switch (docs/fidelity.md).',
      type: 'object',
      additionalProperties: { type: 'string' },
    },
    options: optionsSchema,
  },
  additionalProperties: false,
} as const;
