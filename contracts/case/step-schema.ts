/** The steps and devices of a case as JSON Schema: each step is an object with one member, the verb. */
import { DEVICE_TRANSPORTS } from '../../emulator/wire/transports.ts';

const name = { type: 'string', minLength: 1 } as const;

const registerSchema = {
  title: "a device's name, or an object with device, payload, apiVersion",
  anyOf: [
    name,
    {
      type: 'object',
      required: ['device'],
      properties: { device: name, payload: {}, apiVersion: { type: 'string' } },
      additionalProperties: false,
    },
  ],
} as const;

const changeSchema = {
  title: 'an object with set and one of enrollment, enrollmentGroup',
  type: 'object',
  required: ['set'],
  properties: {
    enrollment: { description: 'Registration id; a new enrollment is made where there is none.', ...name },
    enrollmentGroup: { description: 'Group id; a new group is made where there is none.', ...name },
    set: { description: 'Members to change; what is not named stays.', type: 'object' },
  },
  additionalProperties: false,
} as const;

const described = (description: string) => ({ description, ...name });

export const StepSchema = {
  title: 'an object with one member: one step each',
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  properties: {
    connect: described('Opens the connection, and sends nothing more.'),
    register: {
      description: 'Registers and polls until there is an outcome, or until the service waits on its clock.',
      ...registerSchema,
    },
    're-register': { description: 'The same on a new connection, as after a restart.', ...registerSchema },
    'send-register': {
      description: 'Sends the register, takes its first answer, and does not poll.',
      ...registerSchema,
    },
    poll: described('Asks once for the state of the operation.'),
    drop: described('Cuts the connection without a good-bye.'),
    reconnect: described('Opens a new connection; the operation goes on.'),
    advance: { description: "Seconds by which the emulator's clock moves on.", type: 'number', exclusiveMinimum: 0 },
    'wait-for-webhook-calls': {
      description: 'Waits until the webhook was called so many times in all.',
      type: 'integer',
      minimum: 1,
    },
    answer: {
      description: 'What the scripted webhook answers from now on.',
      type: 'array',
      minItems: 1,
      items: { $ref: '#/$defs/answer' },
    },
    'change-enrollment': { description: 'Changes an enrollment, or adds one.', ...changeSchema },
    expect: { $ref: '#/$defs/expect' },
  },
  additionalProperties: false,
} as const;

const keySchema = {
  title: 'a key in base64, or an object with from, which, group',
  anyOf: [
    name,
    {
      type: 'object',
      required: ['from'],
      properties: {
        from: {
          description: 'group: derived from the group key. group-key-itself: not derived. unknown: a key of nobody.',
          enum: ['individual', 'group', 'group-key-itself', 'unknown'],
        },
        which: { enum: ['primary', 'secondary'] },
        group: { description: 'Default: the first group.', ...name },
      },
      additionalProperties: false,
    },
  ],
} as const;

export const DeviceSchema = {
  description: 'A device that registers.',
  type: 'object',
  required: ['registrationId'],
  properties: {
    registrationId: { type: 'string', minLength: 1 },
    key: { description: 'Default: the key that its enrollment gives it.', ...keySchema },
    payload: { description: 'Custom data for the webhook.' },
    body: { description: 'The whole register body as text, of firmware that writes its own.', type: 'string' },
    transport: { description: 'Default: the transport of the run.', enum: DEVICE_TRANSPORTS },
    driver: { description: 'Default: the driver of the run.', enum: ['wire', 'sdk'] },
    apiVersion: { description: 'Default: 2019-03-31.', type: 'string' },
    idScope: { description: 'Default: the scope of the case.', type: 'string' },
    sas: {
      type: 'object',
      properties: {
        ttlSeconds: { description: 'Negative: the token has expired.', type: 'integer' },
        spelling: { description: 'Whose way of writing the token.', enum: ['node', 'c', 'python', 'java', 'csharp'] },
        resource: { description: "What the token is for, instead of the device's own registration.", ...name },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;
