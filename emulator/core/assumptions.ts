/** What the public record leaves open: each choice has an id, a default and its alternatives, and is switchable. */
import { shown } from '../wire/fault.ts';
import { maskLikelyKeys } from '../wire/mask.ts';
import { NOT_SPECIFIED, WEBHOOK_ASSUMPTIONS } from './webhook-assumptions.ts';

interface AssumptionRow {
  readonly default: string;
  readonly values: readonly string[];
  readonly says: string;
}

export const ASSUMPTIONS = {
  ...WEBHOOK_ASSUMPTIONS,
  'unknown-enrollment-member': {
    default: '400004',
    values: ['400004', 'ignore'],
    says: 'A member of an enrollment that the API does not know is refused, so that a typing error does not go unnoticed.',
  },
  'unknown-register-member': {
    default: '400012',
    values: ['400012', 'ignore'],
    says: 'A member of a register or look-up body that the service does not know makes it a deserialization error.',
  },
  'member-case': {
    default: 'insensitive',
    values: ['insensitive', 'exact'],
    says: "Names of members are compared without regard to case, in a device's body and in an enrollment.",
  },
  'device-payload-type': {
    default: 'accept',
    values: ['accept', '400012'],
    says: 'A payload of a device that is no object is handed on as it is; a note in the journal warns of it.',
  },
  'sas-raw-plus': {
    default: 'plus',
    values: ['plus', 'space'],
    says: 'A "+" in a signature that was not percent-encoded is a plus, or a space that makes the token unreadable.',
  },
  'early-api-version': {
    default: 'accept',
    values: ['accept', 'refuse'],
    says: 'Devices with the api-version 2019-01-15, which was never published, are served with a note.',
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
  'hub-refused': {
    default: 'retry',
    values: ['retry', 'fail'],
    says: 'A hub that refuses the service is asked again for 66 s, at 0, 1, 3, 7, 15, 31 and 66 s; then the registration fails.',
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
  'static-several-hubs': {
    default: 'fail',
    values: ['fail', 'first', 'hashed'],
    says: 'Under static allocation with several hubs to choose from and none named, the registration fails.',
  },
  'group-in-registration': {
    default: 'shown',
    values: ['shown', 'hidden'],
    says: 'The registration of a symmetric-key group device shows symmetricKey.enrollmentGroupId.',
  },
  'registration-id-edges': {
    default: 'end',
    values: ['end', 'both'],
    says: 'An id may not end with ".", "_" or ":"; the alternative: it neither begins nor ends with one of them or "-".',
  },
  'no-linked-hub': {
    ...NOT_SPECIFIED,
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
    if (!isAssumptionId(id)) {
      return `.${maskLikelyKeys(id)}: is not a named assumption; known: ${Object.keys(ASSUMPTIONS).join(', ')}`;
    }
    const values: readonly string[] = ASSUMPTIONS[id].values;
    if (!values.includes(choice)) return `.${id}: must be one of ${values.join(', ')} (is ${shown(choice)})`;
  }
  return undefined;
}

/** The defaults, with the user's choices laid over them. */
export function resolveAssumptions(chosen: Partial<Assumptions> = {}): Assumptions {
  const defaults = Object.fromEntries(Object.entries(ASSUMPTIONS).map(([id, row]) => [id, row.default]));
  return { ...defaults, ...chosen } as Assumptions;
}
