/** The flow that all transports share: register, then poll until the service has concluded. [dps-device-protocol §0, §1.6] */
import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceRegistrationResult } from '../emulator/wire/registration.ts';
import type { JsonObject } from '../emulator/wire/twin.ts';
import type { Conclusion, DeviceOptions, DeviceSession, Reply } from './device.ts';
import { numberMember, objectMember, readJsonObject, stringMember } from './json-body.ts';

/** What SDKs wait when no retry-after came. [dps-device-protocol §1.6] */
const DEFAULT_RETRY_AFTER_SECONDS = 2;
const DEFAULT_POLL_MAX = 1000;

export type Verdict =
  | { readonly kind: 'concluded'; readonly conclusion: Conclusion }
  | { readonly kind: 'assigning'; readonly operationId: string }
  | { readonly kind: 'send-again' };

type LoopOptions = Pick<DeviceOptions, 'pollMax' | 'signal' | 'onStatus' | 'waitSeconds'>;

/** Runs one registration over an open session. Transport trouble is thrown as `DeviceFailure`. */
export async function runRegistration(session: DeviceSession, options: LoopOptions): Promise<Conclusion> {
  const pollMax = options.pollMax ?? DEFAULT_POLL_MAX;
  let operationId: string | undefined;
  for (let followUps = 0; ; followUps += 1) {
    const reply = operationId === undefined ? await session.register() : await session.poll(operationId);
    const verdict = judge(reply);
    if (verdict.kind === 'concluded') return verdict.conclusion;
    if (verdict.kind === 'assigning') operationId = verdict.operationId;
    if (followUps === pollMax)
      return { outcome: 'timeout', message: `not concluded after ${pollMax} further requests` };
    await pause(reply, options);
  }
}

/** What one reply means for a device that follows the Node SDK over MQTT. */
export function judge(reply: Reply): Verdict {
  const status = reply.status ?? 0;
  // 429 and 5xx: the same request once more, whatever the body says. [dps-device-protocol §1.6]
  if (status >= 429) return { kind: 'send-again' };
  const body = readJsonObject(reply.body);
  if (body === undefined) return broken(`the ${reply.step} reply ${status} is not a JSON object: ${excerpt(reply)}`);
  if (status >= 300) return concluded('refused', body, undefined);
  const state = objectMember(body, 'registrationState');
  const operationId = stringMember(body, 'operationId');
  const word = stringMember(body, 'status');
  switch (word) {
    case 'assigned':
    case 'failed':
    case 'disabled':
      return concluded(word, state, state);
    case 'assigning':
      if (operationId === undefined || operationId === '') return broken('an assigning reply carries no operationId');
      return { kind: 'assigning', operationId };
    default:
      return broken(`the ${reply.step} reply has no status that a device knows: ${excerpt(reply)}`);
  }
}

/** `about` holds the error: the state itself, or the service's error body with other names. [dps-device-protocol §6.3, §6.4] */
function concluded(
  outcome: 'assigned' | 'failed' | 'disabled' | 'refused',
  about: JsonObject | undefined,
  state: JsonObject | undefined,
): Verdict {
  const errorCode = about && numberMember(about, 'errorCode');
  const message = about && stringMember(about, outcome === 'refused' ? 'message' : 'errorMessage');
  const conclusion: Conclusion = {
    outcome,
    // Handed over as it came: a test that wants to know whether the shape is right must see the wrong one too.
    ...(state === undefined ? {} : { registrationState: state as Partial<DeviceRegistrationResult> }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(message === undefined ? {} : { message }),
  };
  return { kind: 'concluded', conclusion };
}

function broken(message: string): Verdict {
  return { kind: 'concluded', conclusion: { outcome: 'transport-error', message } };
}

function excerpt(reply: Reply): string {
  return reply.body === '' ? 'it is empty' : reply.body.slice(0, 200);
}

async function pause(reply: Reply, options: LoopOptions): Promise<void> {
  const asked = reply.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS;
  const seconds = options.waitSeconds?.(asked) ?? asked;
  options.onStatus?.({ kind: 'waiting', seconds });
  await delay(seconds * 1000, undefined, options.signal === undefined ? {} : { signal: options.signal });
}
