/** What a webhook owes DPS: a row per rule, with the sentence it rests on and where that sentence stands. */
import type { Confidence } from '../case/case.ts';

interface RuleRow {
  readonly requirement: string;
  readonly source: string;
  readonly confidence: Confidence;
}

const CONCEPTS = 'Microsoft Learn, "Understand custom allocation policies"';
const TABLE = 'Microsoft Learn, custom allocation tutorial, "Troubleshoot custom allocation policies"';
const TWINS = 'Microsoft Learn, "Understand and use device twins in IoT Hub", limits';

/** [dps-service-behaviour §1.5, §1.6, §1.7, §6] */
export const RULES = {
  'in-time': {
    requirement: 'The webhook answers in time.',
    source: 'docs/fidelity.md, assumption webhook-timeout: no limit is documented, and a silent webhook is retried',
    confidence: 'assumed',
  },
  connection: {
    requirement: 'The webhook keeps the connection until it has answered, and answers with HTTP.',
    source: 'docs/fidelity.md, assumptions webhook-dropped, webhook-garbage and webhook-refused: retried',
    confidence: 'assumed',
  },
  'answer-size': {
    requirement: 'The answer is not larger than 1 MiB.',
    source: 'docs/fidelity.md, assumption webhook-too-large: no limit is documented',
    confidence: 'assumed',
  },
  authorized: {
    requirement: 'The webhook does not answer 401: DPS ends the registration with 400209 and does not try again.',
    source: `${TABLE}, row "The webhook returns 401 Unauthorized"`,
    confidence: 'documented',
  },
  'not-retried': {
    requirement: 'The webhook does not answer 429 or above: DPS retries 10 times while the device waits.',
    source: `${TABLE}, row "The webhook returns error code >= 429"`,
    confidence: 'documented',
  },
  json: {
    requirement: 'The body of a successful answer is a JSON object.',
    source: `${CONCEPTS}, the AllocationResponse object`,
    confidence: 'documented',
  },
  'hub-specified': {
    requirement: 'iotHubHostName is a string that is not empty.',
    source: `${TABLE}, row "iotHubHostName … set to an empty string or null"`,
    confidence: 'documented',
  },
  'hub-linked': {
    requirement: 'iotHubHostName is one of the linkedHubs of this very request, spelt as it is there.',
    source: `${CONCEPTS}, linkedHubs and iotHubHostName`,
    confidence: 'documented',
  },
  'twin-shape': {
    requirement: 'initialTwin, where there is one, holds tags and properties.desired as objects.',
    source: `${CONCEPTS}, initialTwin`,
    confidence: 'documented',
  },
  'twin-limits': {
    requirement: "The initial twin keeps the hub's limits on size, depth, keys, strings and integers.",
    source: TWINS,
    confidence: 'documented',
  },
  'twin-null': {
    requirement: 'No member of the initial twin is null, and no list in it holds a null: the hub refuses such a twin.',
    source: 'azure-iot-cli-extension issue 693, azure-iot-sdk-csharp issue 1741; that DPS meets it is inferred',
    confidence: 'inferred',
  },
  'payload-object': {
    requirement: 'payload, where there is one, is a JSON object.',
    source: `${CONCEPTS}, payload; the published API description types it as an object`,
    confidence: 'documented',
  },
  'same-hub': {
    requirement: 'The same request again gets the same decision: DPS asks at every registration and at every retry.',
    source: 'Microsoft Learn, "IoT Hub Device reprovisioning concepts": the webhook is called at every registration',
    confidence: 'inferred',
  },
  'key-order': {
    requirement: 'The order of the members of the request does not change the decision.',
    source: 'RFC 8259, section 4: the members of a JSON object have no order',
    confidence: 'documented',
  },
  expected: {
    requirement: 'The webhook decides as your own rules say.',
    source: 'the file given with --expect',
    confidence: 'documented',
  },
} as const satisfies Record<string, RuleRow>;

export type RuleId = keyof typeof RULES;
