/** Judges what came of a case against what it expects. */

import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import { type DeviceExpect, type Expect, ONLY_DEVICE } from '../case/case.ts';
import { type MatchOptions, match } from './match.ts';
import type { Observation } from './observe.ts';
import type { Mismatch } from './result.ts';

interface Judged {
  readonly checks: number;
  readonly mismatches: readonly Mismatch[];
}

export interface ExpectContext {
  readonly observations: ReadonlyMap<string, Observation>;
  /** What is at each hub that the case names, sorted; `undefined`: there is no such hub. */
  readonly hubDevices: ReadonlyMap<string, readonly string[] | undefined>;
  readonly keyOf: MatchOptions['keyOf'];
}

/** @param path of the expectation inside the case */
export function judge(expect: Expect, path: string, context: ExpectContext): Judged {
  const { devices, hubDevices, traceEqualAcrossTransports: _judgedLater, ...direct } = expect;
  const [only = ONLY_DEVICE] = context.observations.keys();
  const judged = [
    ...judgeDevice(direct, only, path, context),
    ...Object.entries(devices ?? {}).flatMap(([name, one]) =>
      judgeDevice(one, name, `${path}.devices.${name}`, context),
    ),
    ...Object.entries(hubDevices ?? {}).map(([hub, ids]) => {
      return match([...ids].sort(), context.hubDevices.get(hub), `${path}.hubDevices.${hub}`, {
        mode: 'exact',
        keyOf: context.keyOf,
      });
    }),
  ];
  return { checks: judged.length, mismatches: judged.flat() };
}

type Check = readonly Mismatch[];

function judgeDevice(expect: DeviceExpect, name: string, path: string, context: ExpectContext): readonly Check[] {
  const seen = context.observations.get(name);
  if (seen === undefined) return [];
  const exact: MatchOptions = { mode: 'exact', keyOf: context.keyOf };
  const partial: MatchOptions = { mode: 'partial', keyOf: context.keyOf };
  const checks: Check[] = [];
  const check = (member: string, expected: unknown, actual: unknown, options: MatchOptions): void => {
    if (expected === undefined) return;
    checks.push(match(expected as JsonValue, actual as JsonValue | undefined, `${path}.${member}`, options));
  };
  const state: JsonObject = seen.state ?? {};
  check('status', expect.status, seen.status ?? describedAnswer(seen), exact);
  check('errorCode', expect.errorCode, state.errorCode, exact);
  check('errorMessage', expect.errorMessage, state.errorMessage, exact);
  check('hub', expect.hub, state.assignedHub, exact);
  check('deviceId', expect.deviceId, state.deviceId, exact);
  check('substatus', expect.substatus, state.substatus, exact);
  check('payload', expect.payload, state.payload, exact);
  if (expect.twin === null) check('twin', { $absent: true }, seen.twin, exact);
  check('twin.tags', expect.twin?.tags, seen.twin?.tags, exact);
  check('twin.desired', expect.twin?.desired, seen.twin?.desired, exact);
  check('hubDevice', expect.hubDevice, seen.hubDevice, partial);
  check('webhookCalls', expect.webhookCalls, seen.callCount, exact);
  check('callsAtSeconds', expect.callsAtSeconds, seen.callsAtSeconds, exact);
  if (expect.webhookCalls !== undefined || expect.callsAtSeconds !== undefined) {
    checks.push(judgeCallCount(seen, `${path}.webhookRequests (how many)`));
  }
  for (const [index, request] of (expect.webhookRequests ?? []).entries()) {
    check(`webhookRequests[${index}]`, request, seen.requests[index], partial);
  }
  if (expect.replies !== undefined && seen.replies !== undefined) {
    check('replies (how many)', expect.replies.length, seen.replies.length, exact);
    for (const [index, reply] of expect.replies.entries()) {
      check(`replies[${index}]`, reply, seen.replies[index], partial);
    }
  }
  check('lastReply', expect.lastReply, seen.lastReply, partial);
  return [...checks, ...judgeReport(expect, seen, `${path}.device`, exact)];
}

/** The journal tells what the target says of itself; a scripted webhook tells what came. */
function judgeCallCount({ callCount, answeredCalls, requests }: Observation, path: string): Check {
  const isPossible = requests.length >= answeredCalls && requests.length <= callCount;
  return isPossible ? [] : [{ path, expected: callCount, actual: requests.length }];
}

/** Where there is no registration status, the answer itself says more than "absent". */
function describedAnswer({ lastReply, facts }: Observation): JsonValue | undefined {
  if (lastReply !== undefined) return { answered: lastReply.status, body: lastReply.body };
  return facts.outcome === 'not-started' ? undefined : `${facts.outcome}: ${facts.message ?? ''}`;
}

function judgeReport({ device }: DeviceExpect, seen: Observation, path: string, exact: MatchOptions): readonly Check[] {
  const checks: Check[] = [];
  const { facts, cSdk } = seen;
  const isProgram = facts.replies === undefined;
  if (device?.outcome !== undefined) {
    // A program's exit status tells assigned from the rest; the names of the rest are the built-in device's.
    const isSame = isProgram
      ? isAssignedOrNot(device.outcome) === isAssignedOrNot(facts.outcome)
      : device.outcome === facts.outcome;
    const says = facts.message === undefined ? {} : { says: facts.message };
    const mismatch = { path: `${path}.outcome`, expected: device.outcome, actual: facts.outcome, ...says };
    checks.push(isSame ? [] : [mismatch]);
  }
  if (device?.result !== undefined) checks.push(match(device.result, cSdk.result, `${path}.result`, exact));
  if (device?.statuses !== undefined && !isProgram) {
    const statuses = cSdk.statuses.map((name) => name.replace('PROV_DEVICE_REG_STATUS_', ''));
    checks.push(match(device.statuses, statuses, `${path}.statuses`, exact));
  }
  return checks;
}

function isAssignedOrNot(outcome: string): string {
  return outcome === 'assigned' || outcome === 'assigning' ? outcome : 'not assigned';
}
