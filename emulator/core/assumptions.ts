/** What the public record leaves open: each choice has an id, a default and its alternatives, and is switchable. */

interface AssumptionRow {
  readonly default: string;
  readonly values: readonly string[];
  readonly says: string;
}

const retryOrFail = { default: 'retry', values: ['retry', 'fail'] } as const;
const failed = { default: '400207', values: ['400207', '400208'] } as const;
const notSpecified = { default: '400208', values: ['400208', '400207'] } as const;

export const ASSUMPTIONS = {
  'webhook-timeout': {
    ...retryOrFail,
    says: 'A webhook that does not answer in time is retried like a status >= 429.',
  },
  'webhook-refused': { ...retryOrFail, says: 'A refused connection to the webhook is retried like a status >= 429.' },
  'webhook-dns': { ...retryOrFail, says: 'A webhook name that does not resolve is retried like a status >= 429.' },
  'webhook-tls': { ...retryOrFail, says: 'A webhook whose certificate fails is retried like a status >= 429.' },
  'webhook-dropped': { ...retryOrFail, says: 'A connection dropped before the whole answer is retried like >= 429.' },
  'webhook-garbage': { ...retryOrFail, says: 'An answer that is not HTTP is retried like a status >= 429.' },
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
  'webhook-empty-body': { ...notSpecified, says: 'A 200 without a body names no hub.' },
  'webhook-not-json': { ...failed, says: 'A 200 whose body is not JSON fails the allocation.' },
  'webhook-not-object': { ...failed, says: 'A 200 whose body is JSON but no object fails the allocation.' },
  'webhook-hub-absent': { ...notSpecified, says: 'A 200 without the member iotHubHostName names no hub.' },
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
  'unknown-enrollment-member': {
    default: '400004',
    values: ['400004', 'ignore'],
    says: 'A member of an enrollment that the API does not know is refused, so that a typing error does not go unnoticed.',
  },
  'unknown-scope': {
    default: '404201',
    values: ['404201', '401002'],
    says: 'A register with an ID scope that no instance has is answered with 404201.',
  },
  'unsupported-api-version': {
    default: 'refuse',
    values: ['refuse', 'accept'],
    says: 'An api-version that was never published is answered with 400001.',
  },
  'body-id-differs': {
    default: '400004',
    values: ['400004', '401002', 'ignore'],
    says: 'A registrationId in the body that differs from the one of the connection or path is answered with 400004.',
  },
  'body-without-content-type': {
    default: 'accept',
    values: ['accept', 'refuse'],
    says: 'An HTTPS body without Content-Type is read as JSON; one of another type is answered with 415.',
  },
  'disabled-answer': {
    default: 'register',
    values: ['register', 'poll'],
    says: 'disabled is answered to the register itself, or only to the poll after a 202.',
  },
  'disabled-poll': {
    default: 'disabled',
    values: ['disabled', 'stored'],
    says: 'An enrollment that is disabled after the register answers disabled to the poll, or what the operation came to.',
  },
  'concurrent-register': {
    default: 'supersede',
    values: ['supersede', 'join'],
    says: 'A register while one is assigning opens a new operation and ends the older ladder, or joins the older one.',
  },
  'superseded-operation': {
    default: 'registration',
    values: ['registration', '404203'],
    says: 'A superseded operation id answers with the state of the registration.',
  },
  'credential-refusal': {
    default: 'reply',
    values: ['reply', 'connack'],
    says: 'Over MQTT a refused credential is a 401 reply to the register; the alternative is CONNACK 5.',
  },
  'connection-after-401': {
    default: 'close',
    values: ['close', 'stay'],
    says: 'Over MQTT the connection is closed once a request has been answered with 401, or it stays.',
  },
  'user-name-question-mark': {
    default: 'accept',
    values: ['accept', 'refuse'],
    says: 'A user name whose parameters begin with a question mark, as at a hub, is read, or answered with CONNACK 4.',
  },
  'same-client-id': {
    default: 'take-over',
    values: ['take-over', 'both'],
    says: 'A client with a good credential ends the older connections with its client id, or stands beside them.',
  },
  'unauthorized-code': {
    default: '401002',
    values: ['401002', '401000'],
    says: 'A well-formed token that does not verify is answered with 401002; both codes are on record.',
  },
  'resource-case': {
    default: 'insensitive',
    values: ['insensitive', 'exact'],
    says: 'The resource in a token is compared without regard to case.',
  },
  'far-expiry': {
    default: 'refuse',
    values: ['refuse', 'accept'],
    says: 'A token that expires after the year 9999 (its "se" counts milliseconds, say) is refused.',
  },
  'group-key-case': {
    default: 'as-sent-then-lower',
    values: ['as-sent-then-lower', 'as-sent'],
    says: 'A group key is derived for the id as it was sent, then for the id in lower case.',
  },
  'geo-latency': {
    default: 'hashed',
    values: ['hashed', 'first'],
    says: 'geoLatency chooses like hashed, or takes the first hub of the list.',
  },
  'no-linked-hub': {
    ...notSpecified,
    says: 'A registration for which no hub is left ends failed with 400208.',
  },
  'same-hub-reset': {
    default: 'keep',
    values: ['keep', 'reset'],
    says: 'A re-registration that ends on the same hub leaves the twin, whatever the policy.',
  },
  'failed-keeps-assignment': {
    default: 'keep',
    values: ['keep', 'forget'],
    says: 'A failed re-registration does not forget the hub that the device was assigned to before.',
  },
} as const satisfies Record<string, AssumptionRow>;

export type AssumptionId = keyof typeof ASSUMPTIONS;

/** The value in force for every assumption. */
export type Assumptions = { readonly [Id in AssumptionId]: (typeof ASSUMPTIONS)[Id]['values'][number] };

export function isAssumptionId(text: string): text is AssumptionId {
  return Object.hasOwn(ASSUMPTIONS, text);
}

/** What is wrong with a choice of values, after the name of the option. */
export function assumptionFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ': must be an object of id and value';
  for (const [id, choice] of Object.entries(value)) {
    if (!isAssumptionId(id)) return `.${id}: is not a named assumption; known: ${Object.keys(ASSUMPTIONS).join(', ')}`;
    const values: readonly string[] = ASSUMPTIONS[id].values;
    if (!values.includes(choice)) return `.${id}: must be one of ${values.join(', ')} (is ${JSON.stringify(choice)})`;
  }
  return undefined;
}

/** The defaults, with the user's choices laid over them. */
export function resolveAssumptions(chosen: Partial<Assumptions> = {}): Assumptions {
  const defaults = Object.fromEntries(Object.entries(ASSUMPTIONS).map(([id, row]) => [id, row.default]));
  return { ...defaults, ...chosen } as Assumptions;
}
