/** The answers of a scripted webhook, as a case may write them: the stand-in's own vocabulary. */

const status = { type: 'integer', minimum: 200, maximum: 599 } as const;

const KINDS = {
  json: { required: ['body'], properties: { status, body: {}, headers: { type: 'object' } } },
  text: { required: ['text'], properties: { status, text: { type: 'string' }, contentType: { type: 'string' } } },
  status: { required: ['status'], properties: { status } },
  hang: { required: [], properties: {} },
  'hang-after-headers': { required: [], properties: {} },
  drop: { required: [], properties: {} },
  'drop-mid-body': { required: [], properties: {} },
  garbage: { required: [], properties: {} },
  huge: { required: ['bytes'], properties: { bytes: { type: 'integer', minimum: 1 }, body: {} } },
  redirect: { required: ['to'], properties: { to: { type: 'string' }, status } },
  slow: {
    required: ['delayMs', 'answer'],
    properties: { delayMs: { type: 'integer', minimum: 0 }, answer: { $ref: '#/$defs/answer' } },
  },
} as const;

export const AnswerSchema = {
  title: 'an answer',
  description: 'What the webhook answers, in the vocabulary of the stand-in (webhook/README.md).',
  type: 'object',
  required: ['kind'],
  properties: { kind: { enum: Object.keys(KINDS) } },
  // Told apart by `kind`, so that an editor offers and a fault names the members of that kind alone.
  oneOf: Object.entries(KINDS).map(([kind, { required, properties }]) => ({
    type: 'object',
    required: ['kind', ...required],
    properties: { kind: { const: kind }, ...properties },
    additionalProperties: false,
  })),
};
