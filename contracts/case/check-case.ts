/** The rules that a schema cannot say: names that must exist, and members that belong together. */

import type { Fault } from '../../emulator/wire/fault.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type ContractCase, type Expect, type Given, ONLY_DEVICE, type Step } from './case.ts';
import { matcherFaults } from './matchers.ts';

export function checkCase(contract: ContractCase): readonly Fault[] {
  const names = Object.keys(contract.devices);
  return [
    ...givenFaults(contract.given),
    ...contract.steps.flatMap((step, index) => stepFaults(step, `steps[${index}]`, names)),
    ...expectFaults(contract.expect, 'expect', names),
  ];
}

export function webhookFaults({ webhook }: Given): readonly Fault[] {
  if (webhook === undefined) return [];
  const sources = [webhook.answers, webhook.url, webhook.bundled].filter((source) => source !== undefined);
  const path = 'given.webhook';
  if (sources.length !== 1) return [{ path, rule: 'must have exactly one of answers, url, bundled' }];
  if (webhook.functionKey === undefined || webhook.answers !== undefined) return [];
  return [{ path: `${path}.functionKey`, rule: 'goes with answers only' }];
}

/** @param given with everything its bases say */
function givenFaults(given: Given): readonly Fault[] {
  const records = [...(given.enrollments ?? []), ...(given.enrollmentGroups ?? [])];
  const asks = records.some(
    ({ allocationPolicy, customAllocationDefinition }) =>
      allocationPolicy === 'custom' && (customAllocationDefinition?.webhookUrl ?? '$webhook') === '$webhook',
  );
  if (!asks || given.webhook !== undefined) return [];
  return [{ path: 'given.webhook', rule: 'is required: an enrollment has custom allocation' }];
}

function stepFaults(step: Step, path: string, names: readonly string[]): readonly Fault[] {
  const faults: Fault[] = [];
  for (const verb of ['connect', 'poll', 'drop', 'reconnect'] as const) {
    faults.push(...nameFaults(step[verb], `${path}.${verb}`, names));
  }
  for (const verb of ['register', 're-register', 'send-register'] as const) {
    const value = step[verb];
    if (typeof value === 'object') faults.push(...nameFaults(value.device, `${path}.${verb}.device`, names));
    else faults.push(...nameFaults(value, `${path}.${verb}`, names));
  }
  const change = step['change-enrollment'];
  if (change !== undefined && 'enrollment' in change === 'enrollmentGroup' in change) {
    faults.push({ path: `${path}.change-enrollment`, rule: 'must have exactly one of enrollment, enrollmentGroup' });
  }
  return [...faults, ...(step.expect === undefined ? [] : expectFaults(step.expect, `${path}.expect`, names))];
}

function nameFaults(name: string | undefined, path: string, names: readonly string[]): readonly Fault[] {
  if (name === undefined || names.includes(name)) return [];
  return [{ path, rule: `must be a device of the case: ${names.join(', ')}`, value: JSON.stringify(name) }];
}

function expectFaults(expect: Expect, path: string, names: readonly string[]): readonly Fault[] {
  const { devices, hubDevices, traceEqualAcrossTransports, ...direct } = expect;
  const faults: Fault[] = [...matcherFaults(expect as JsonValue, path, names)];
  const isNamed = Object.keys(direct).length > 0;
  if (isNamed && (names.length > 1 || devices !== undefined)) {
    faults.push({ path, rule: `must name the device: expect.devices.${names[0] ?? ONLY_DEVICE}` });
  }
  if (!isNamed && devices === undefined && hubDevices === undefined && path === 'expect') {
    faults.push({ path, rule: 'must say what comes of the registration, not of the trace alone' });
  }
  for (const name of Object.keys(devices ?? {})) {
    faults.push(...nameFaults(name, `${path}.devices.${name}`, names));
  }
  if (traceEqualAcrossTransports !== undefined && path !== 'expect') {
    faults.push({ path: `${path}.traceEqualAcrossTransports`, rule: 'belongs to the end of the case' });
  }
  return faults;
}
