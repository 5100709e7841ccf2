/** What to do about a registration that did not end well, by its reason, in the words of the command that was used. */
import type { WebhookWithoutKey } from './webhook-without-key.ts';

/** Whose options an advice may name: `dps-emulator register`, or `az iot device registration create`. */
export type AdviceFor = 'register' | 'az';

export interface Trouble {
  readonly registrationId: string;
  readonly outcome: string;
  /** The journal's name for it: a `RefusalReason` or the name of an error. */
  readonly reason?: string | undefined;
  readonly errorCode?: number | undefined;
  /** Default: `register`. */
  readonly adviceFor?: AdviceFor | undefined;
  /** When the webhook answered 401 and its URL has no key. */
  readonly withoutKey?: WebhookWithoutKey | undefined;
}

type Advice = Readonly<Record<AdviceFor, string>>;

const CLOCKS =
  "compare this machine's clock with the one that tokens are judged by: dps-emulator clock, start --auth-clock";

const BY_REASON: Readonly<Record<string, Advice>> = {
  'wrong-key': {
    register:
      "give the key of its enrollment: --key for the device's own, --group-key for its group's; or leave both away to take the emulator's",
    az: "give the device's own key as --symmetric-key, or its group's with --compute-key; or leave both away and give --dps-name, with --group-id for a group",
  },
  'group-key-used-directly': {
    register: "give that key as --group-key: the device's own key is then derived from it",
    az: "add --compute-key: the device's own key is then derived from that one",
  },
  'unknown-registration': {
    register:
      'add an enrollment: dps-emulator az iot dps enrollment create, or enrollment-group create; or start --config FILE',
    az: 'add an enrollment: az iot dps enrollment create, or az iot dps enrollment-group create',
  },
  expired: { register: CLOCKS, az: CLOCKS },
  IdScopeNotFound: {
    register: "leave --id-scope away to take the emulator's, or add the scope: start --config FILE",
    az: "give --dps-name in place of --id-scope, or look the scope up: az iot dps list --query '[].properties.idScope'",
  },
};

const ENABLE: Advice = {
  register:
    'enable the enrollment: dps-emulator az iot dps enrollment update, or enrollment-group update, with --provisioning-status enabled',
  az: 'enable the enrollment: az iot dps enrollment update, or az iot dps enrollment-group update, with --provisioning-status enabled',
};

/** The service's codes for a custom allocation that failed. [dps-service-behaviour §1.6] */
const WEBHOOK_CODES = [400207, 400208, 400209];

export function nextStep(trouble: Trouble): string {
  const { registrationId, outcome, reason, errorCode, adviceFor = 'register', withoutKey } = trouble;
  const known = reason === undefined ? undefined : BY_REASON[reason];
  if (known !== undefined) return known[adviceFor];
  if (outcome === 'disabled') return ENABLE[adviceFor];
  if (outcome === 'transport-error')
    return 'see where the emulator listens: dps-emulator ready; and which CA to trust: dps-emulator ca';
  if (withoutKey !== undefined) return giveTheKey(withoutKey);
  if (errorCode !== undefined && WEBHOOK_CODES.includes(errorCode)) {
    return `see what the webhook was asked and what it answered: dps-emulator log ${registrationId}`;
  }
  return `see the whole story: dps-emulator log ${registrationId}`;
}

/** The tip of the tutorial: the trap that nobody sees who has created an enrollment in the portal before. [dps-service-behaviour §1.2] */
function giveTheKey({ enrollmentKind, enrollmentId, dpsName, url }: WebhookWithoutKey): string {
  const verb = enrollmentKind === 'group' ? 'enrollment-group' : 'enrollment';
  const [address = url, query] = url.split('?');
  const withKey = `${address}?${query === undefined ? '' : '…&'}code=<function key>`;
  const line = `az iot dps ${verb} update --dps-name ${dpsName ?? '…'} --enrollment-id ${enrollmentId} --webhook-url '${withKey}'`;
  return `the webhook wants a key and its URL has none: a function with the authorization level Function is called with ?code=<function key>. The portal puts the key in by itself, every other program has to give it: dps-emulator ${line}`;
}
