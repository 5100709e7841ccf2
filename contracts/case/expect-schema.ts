/** The expectations of a case as JSON Schema. */
import { C_SDK_RESULTS } from '../../device/c-sdk-result.ts';

const anyValue = (description: string) => ({ description });

const replySchema = {
  description: 'One answer to a register or a poll. Partial: members that are not named do not matter.',
  type: 'object',
  minProperties: 1,
  properties: {
    step: { enum: ['register', 'poll'] },
    status: anyValue('HTTP status, or the status in the MQTT topic.'),
    retryAfterSeconds: anyValue('Seconds, or { $absent: true }.'),
    body: anyValue('The JSON body.'),
  },
  additionalProperties: false,
} as const;

const webhookRequestSchema = {
  description: 'A request as the webhook saw it. Partial; header names in lower case.',
  type: 'object',
  minProperties: 1,
  properties: {
    method: anyValue('POST'),
    path: anyValue('Without the query.'),
    query: { type: 'object' },
    headers: { type: 'object' },
    body: anyValue('The AllocationRequest.'),
  },
  additionalProperties: false,
} as const;

const reportSchema = {
  description: 'What the device itself found.',
  type: 'object',
  minProperties: 1,
  properties: {
    outcome: {
      enum: ['assigned', 'failed', 'disabled', 'refused', 'transport-error', 'timeout', 'assigning'],
    },
    result: {
      description:
        "What the C SDK reports after the same bytes, the troubleshooting table's third column; null: it still polls.",
      enum: [...C_SDK_RESULTS, null],
    },
    statuses: {
      description: "The C SDK's status callbacks in their order; judged with the built-in device only.",
      type: 'array',
      items: { enum: ['CONNECTED', 'ASSIGNING'] },
    },
  },
  additionalProperties: false,
} as const;

/** What may be expected of one device. */
const deviceProperties = {
  status: anyValue('Registration status that the device read last: assigned, failed, disabled, assigning.'),
  errorCode: anyValue('Code in registrationState, 400207 say.'),
  errorMessage: anyValue('Message in registrationState.'),
  hub: anyValue('assignedHub'),
  deviceId: anyValue('deviceId at the hub.'),
  substatus: anyValue('initialAssignment, deviceDataMigrated, deviceDataReset, reprovisionedToInitialAssignment.'),
  payload: anyValue('What the webhook sent back to the device, as a whole.'),
  twin: {
    description: 'The twin at the hub, each member as a whole; null: no hub has the device.',
    type: ['object', 'null'],
    properties: { tags: {}, desired: {} },
    additionalProperties: false,
  },
  hubDevice: { description: 'The device as its hub lists it. Partial.', type: 'object' },
  webhookCalls: { description: 'How often the webhook was called in all.', type: 'integer', minimum: 0 },
  callsAtSeconds: {
    description: "The instants of the calls on the emulator's clock, from the first one.",
    type: 'array',
    items: { type: 'number', minimum: 0 },
  },
  webhookRequests: {
    description: 'One after the other; more calls may follow.',
    type: 'array',
    items: webhookRequestSchema,
  },
  replies: {
    description: 'All answers of the latest registration; judged with the built-in device only.',
    type: 'array',
    items: replySchema,
  },
  lastReply: replySchema,
  device: reportSchema,
} as const;

export const DeviceExpectSchema = {
  type: 'object',
  minProperties: 1,
  properties: deviceProperties,
  additionalProperties: false,
} as const;

export const ExpectSchema = {
  description: 'What has to come of it. With one device its expectations stand here, with several under `devices`.',
  type: 'object',
  minProperties: 1,
  properties: {
    ...deviceProperties,
    devices: {
      description: 'Expectations by device name.',
      type: 'object',
      minProperties: 1,
      additionalProperties: DeviceExpectSchema,
    },
    hubDevices: {
      description: 'The ids of the devices at each hub that is named.',
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
    traceEqualAcrossTransports: {
      description: 'The event trace is the same, byte for byte, on every transport of the case.',
      type: 'boolean',
    },
  },
  additionalProperties: false,
} as const;
