/** What to do about a registration that did not end well, by its reason. */

export interface Trouble {
  readonly registrationId: string;
  readonly outcome: string;
  /** The journal's name for it: a `RefusalReason` or the name of an error. */
  readonly reason?: string | undefined;
  readonly errorCode?: number | undefined;
}

const BY_REASON: Readonly<Record<string, string>> = {
  'wrong-key':
    "give the key of its enrollment: --key for the device's own, --group-key for its group's; or leave both away to take the emulator's",
  'group-key-used-directly': "give that key as --group-key: the device's own key is then derived from it",
  'unknown-registration': 'add an enrollment: start --config FILE, or POST /seed (docs/control-api.md)',
  expired:
    "compare this machine's clock with the one that tokens are judged by: dps-emulator clock, start --auth-clock",
  IdScopeNotFound: "leave --id-scope away to take the emulator's, or add the scope: start --config FILE",
};

/** The service's codes for a custom allocation that failed. [dps-service-behaviour §1.6] */
const WEBHOOK_CODES = [400207, 400208, 400209];

export function nextStep({ registrationId, outcome, reason, errorCode }: Trouble): string {
  const known = reason === undefined ? undefined : BY_REASON[reason];
  if (known !== undefined) return known;
  if (outcome === 'disabled')
    return 'set provisioningStatus of the enrollment to "enabled": start --config FILE, or POST /seed';
  if (outcome === 'transport-error')
    return 'see where the emulator listens: dps-emulator ready; and which CA to trust: dps-emulator ca';
  if (errorCode !== undefined && WEBHOOK_CODES.includes(errorCode)) {
    return `see what the webhook was asked and what it answered: dps-emulator log ${registrationId}`;
  }
  return `see the whole story: dps-emulator log ${registrationId}`;
}
