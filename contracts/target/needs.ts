/** What a case needs of its target, read off the case itself. */
import type { ContractCase, DeviceExpect, Expect, Step } from '../case/case.ts';
import { ABILITIES, type Ability } from './target.ts';

interface AskedOf {
  readonly can: ReadonlySet<Ability>;
  /** The user's webhook stands in for the one of the case. */
  readonly hasOwnWebhook: boolean;
  /** Who plays the devices of the run. */
  readonly driver: 'wire' | 'sdk' | 'command';
}

/** Why a target that can only so much cannot be asked; `undefined` when it has all that the case needs. */
export function wanting(contract: ContractCase, asked: AskedOf): string | undefined {
  const missing = needsOf(contract, asked).find((need) => !asked.can.has(need));
  return missing === undefined ? undefined : `needs ${ABILITIES[missing]}`;
}

function needsOf(contract: ContractCase, { hasOwnWebhook, driver }: AskedOf): readonly Ability[] {
  const { given, devices } = contract;
  const expectations = [contract.expect, ...contract.steps.flatMap(({ expect }) => expect ?? [])].flatMap(devicesOf);
  const isScripted = given.webhook?.answers !== undefined && !hasOwnWebhook;
  const isOnOurMachine = given.webhook?.url !== undefined && !hasOwnWebhook && isReached(given.webhook.url);
  const isPlayedByProgram = driver !== 'wire' || Object.values(devices).some((device) => device.driver === 'sdk');
  const looksAtCalls = expectations.some(
    ({ webhookCalls, webhookRequests }) => webhookCalls !== undefined || webhookRequests !== undefined,
  );
  const needs: readonly (readonly [Ability, boolean])[] = [
    ['assume', given.assume !== undefined],
    ['options', given.options !== undefined],
    ['clock', needsClock(contract, expectations)],
    ['scripted-webhook', isScripted],
    ['bundled-webhook', given.webhook?.bundled === true && !hasOwnWebhook],
    ['local-webhook', isOnOurMachine],
    ['journal', isPlayedByProgram || (looksAtCalls && given.webhook !== undefined && !isScripted)],
    ['instance', changesInstance(contract)],
  ];
  return needs.filter(([, isNeeded]) => isNeeded).map(([need]) => need);
}

/** A clock is moved, or the service is looked at while it waits. */
function needsClock({ steps }: ContractCase, expectations: readonly DeviceExpect[]): boolean {
  const isMoved = steps.some((step: Step) => step.advance !== undefined);
  return isMoved || expectations.some(isMidway);
}

function isMidway({ callsAtSeconds = [], status, device }: DeviceExpect): boolean {
  // One call is at its own instant, whatever the clock.
  return (
    callsAtSeconds.length > 1 || status === 'assigning' || device?.outcome === 'assigning' || device?.result === null
  );
}

function devicesOf({ devices = {}, ...direct }: Expect): readonly DeviceExpect[] {
  return [direct, ...Object.values(devices)];
}

/** A name that nothing answers by is the same from everywhere. */
function isReached(url: string): boolean {
  return !new URL(url).hostname.endsWith('.invalid');
}

/** Links of a hub, the service's own policy, or no hub at all: only who makes the service can set them. */
function changesInstance({ given: { hubs = [], allocationPolicy } }: ContractCase): boolean {
  return allocationPolicy !== undefined || hubs.length === 0 || hubs.some((hub) => typeof hub !== 'string');
}
