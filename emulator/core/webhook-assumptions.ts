/** What the public record leaves open of the webhook and of what comes of its answer. */

const retryOrFail = { default: 'retry', values: ['retry', 'fail'] } as const;
/** `fail-late`: what one report tells of, azure-docs #69789; that it is about custom allocation is inferred. */
const retryOrFailOrLate = { default: 'retry', values: ['retry', 'fail', 'fail-late'] } as const;
const failed = { default: '400207', values: ['400207', '400208'] } as const;
/** A registration that ends without a hub. */
export const NOT_SPECIFIED = { default: '400208', values: ['400208', '400207'] } as const;

export const WEBHOOK_ASSUMPTIONS = {
  'webhook-timeout': {
    ...retryOrFail,
    says: 'A webhook that does not answer in time is retried like a status >= 429.',
  },
  'webhook-refused': {
    ...retryOrFailOrLate,
    says: 'A refused connection to the webhook is retried like a status >= 429.',
  },
  'webhook-dns': {
    ...retryOrFailOrLate,
    says: 'A webhook name that does not resolve is retried like a status >= 429.',
  },
  'webhook-tls': { ...retryOrFailOrLate, says: 'A webhook whose certificate fails is retried like a status >= 429.' },
  'webhook-dropped': {
    ...retryOrFailOrLate,
    says: 'A connection dropped before the whole answer is retried like >= 429.',
  },
  'webhook-garbage': { ...retryOrFailOrLate, says: 'An answer that is not HTTP is retried like a status >= 429.' },
  'webhook-too-large': { ...failed, says: 'An answer over the size cap fails the registration at once.' },
  'webhook-redirect': {
    default: 'fail',
    values: ['fail', 'follow'],
    says: 'A redirect is not followed; it is any other status code, so 400207.',
  },
  'webhook-other-2xx': {
    default: 'accept',
    values: ['accept', 'fail'],
    says: 'A 2xx other than 200 is read like a 200.',
  },
  'webhook-empty-body': { ...NOT_SPECIFIED, says: 'A 200 without a body names no hub.' },
  'webhook-not-json': { ...failed, says: 'A 200 whose body is not JSON fails the allocation.' },
  'webhook-not-object': { ...failed, says: 'A 200 whose body is JSON but no object fails the allocation.' },
  'webhook-hub-absent': { ...NOT_SPECIFIED, says: 'A 200 without the member iotHubHostName names no hub.' },
  'webhook-hub-type': { ...failed, says: 'An iotHubHostName that is neither a string nor null fails the allocation.' },
  'webhook-hub-unlinked': { ...failed, says: 'A hub that is not among linkedHubs fails the allocation.' },
  'webhook-hub-case': {
    default: 'accept',
    values: ['accept', 'refuse'],
    says: 'A linked hub spelt in another case is that hub; the answer to the device keeps the linked spelling.',
  },
  'webhook-payload-scalar': {
    default: '400207',
    values: ['400207', 'drop'],
    says: 'A payload that is a string, number or boolean fails the allocation.',
  },
  'webhook-payload-array': {
    default: '400207',
    values: ['400207', 'drop'],
    says: 'A payload that is an array fails the allocation.',
  },
  'webhook-twin-type': {
    default: '400207',
    values: ['400207', 'ignore'],
    says: 'An initialTwin that has not the shape of a twin fails the allocation.',
  },
  'webhook-twin-refused': {
    default: '400207',
    values: ['400207', 'ignore'],
    says: 'An initialTwin beyond the limits of the hub fails the registration; nothing is created at the hub.',
  },
  'twin-null': {
    default: '400004',
    values: ['400004', 'keep'],
    says: "A null in an initial twin is refused by the hub, in its own words; the registration fails with the hub's code.",
  },
  'webhook-exhausted': {
    default: '400207',
    values: ['400207', '400209'],
    says: 'After the last retry the registration fails with 400207 and the last status code.',
  },
  'interrupted-webhook-call': {
    default: 'repeat',
    values: ['repeat', 'count'],
    says: 'A webhook call whose answer was lost with the process is made once more, or counts as a dropped connection.',
  },
} as const;
