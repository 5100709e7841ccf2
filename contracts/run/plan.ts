/** What will be run: each case over the transports that it, the driver and the user allow; and why the rest is left out. */
import { DEVICE_TRANSPORTS, type DeviceTransport } from '../../emulator/wire/transports.ts';

import type { ContractCase, Step } from '../case/case.ts';
import type { LoadedCase } from '../case/read-cases.ts';
import { wanting } from '../target/needs.ts';
import { RunError } from '../target/run-error.ts';
import type { Target } from '../target/target.ts';
import type { CaseResult, LeftOut } from './result.ts';

/** Cases with this tag expect nothing that only scripted answers can give. */
export const OWN_WEBHOOK_TAG = 'own-webhook';

export type DriverKind = 'wire' | 'sdk' | 'command';

export interface PlanOptions {
  readonly target: Pick<Target, 'can' | 'whyNot'>;
  readonly driver: DriverKind;
  /** Default: all with the built-in device, MQTT with any other. */
  readonly transports: readonly DeviceTransport[] | undefined;
  readonly hasOwnWebhook: boolean;
  /** Whether the official SDK is installed, for the devices that ask for it. */
  readonly hasSdk: boolean;
}

export interface PlannedCase {
  readonly loaded: LoadedCase;
  readonly transports: readonly DeviceTransport[];
}

export interface Plan {
  readonly cases: readonly PlannedCase[];
  readonly leftOut: readonly LeftOut[];
}

/** @throws {RunError} when nothing is left to run */
export function planRun(selected: readonly LoadedCase[], options: PlanOptions): Plan {
  const cases: PlannedCase[] = [];
  const leftOut: LeftOut[] = [];
  const allowed = transportsOf(options);
  for (const loaded of selected) {
    const { contract } = loaded;
    const why = whyNot(contract, options);
    const transports = allowed.filter((transport) => contract.transports.includes(transport));
    if (why !== undefined) leftOut.push({ id: contract.id, why });
    else if (transports.length === 0) leftOut.push({ id: contract.id, why: `not over ${allowed.join(', ')}` });
    else cases.push({ loaded, transports });
  }
  if (cases.length > 0) return { cases, leftOut };
  const reasons = [...new Set(leftOut.map(({ why }) => why))].join('; ');
  throw new RunError(`no case is left to run: ${reasons}`);
}

/** @throws {RunError} when the driver cannot do what was asked for */
function transportsOf({ driver, transports }: PlanOptions): readonly DeviceTransport[] {
  if (driver === 'wire') return transports ?? DEVICE_TRANSPORTS;
  const wanted = transports ?? ['mqtt'];
  const impossible = wanted.filter((transport) => driver === 'sdk' && transport !== 'mqtt');
  if (impossible.length === 0) return wanted;
  throw new RunError(`the Node SDK takes a port over mqtt only, not over ${impossible.join(', ')}`);
}

function whyNot(contract: ContractCase, options: PlanOptions): string | undefined {
  const { target, driver, hasOwnWebhook, hasSdk } = options;
  if (hasOwnWebhook && !contract.tags.includes(OWN_WEBHOOK_TAG)) return 'needs a webhook with scripted answers';
  const lacking = wanting(contract, { can: target.can, hasOwnWebhook, driver }) ?? target.whyNot?.(contract);
  if (lacking !== undefined) return lacking;
  const devices = Object.values(contract.devices);
  const asksForSdk = devices.some((device) => device.driver === 'sdk');
  if (asksForSdk && !hasSdk) return 'asks for the official SDK, which is not installed';
  if (driver === 'wire') return undefined;
  if (asksForSdk && driver === 'command') return 'asks for the official SDK';
  if (contract.steps.some(isStepByStep)) return 'moves the device request by request';
  const isSpecial = devices.some(
    (device) =>
      device.body !== undefined ||
      device.apiVersion !== undefined ||
      device.sas !== undefined ||
      device.driver === 'wire',
  );
  return isSpecial ? 'sets what only the built-in device lets be set (token, api-version)' : undefined;
}

function isStepByStep(step: Step): boolean {
  const verbs = ['connect', 'send-register', 'drop', 'reconnect'] as const;
  if (verbs.some((verb) => step[verb] !== undefined)) return true;
  const change = step.register ?? step['re-register'];
  return typeof change === 'object' && change.apiVersion !== undefined;
}

/**
 * What was planned has a result, or the verdict would tell of a larger run than there was.
 * @throws {RunError} that names what is missing
 */
export function requireResults({ cases }: Plan, results: readonly CaseResult[]): void {
  const missing = cases.flatMap(({ loaded, transports }) =>
    transports
      .filter((transport) => !results.some((one) => one.id === loaded.contract.id && one.transport === transport))
      .map((transport) => `${loaded.contract.id} (${transport})`),
  );
  if (missing.length > 0) throw new RunError(`planned, and never run: ${missing.join(', ')}`);
}
