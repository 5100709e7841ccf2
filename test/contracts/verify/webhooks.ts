/** Webhooks to verify: one that is right, and what it takes to make it wrong. */
import type { Answer, RecordedRequest, ScriptFunction } from '../../../webhook/stand-in/index.ts';

export interface Asked {
  readonly registrationId: string;
  readonly linkedHubs: readonly string[];
}

/** What a webhook reads of a request; members that are missing count as empty. */
export function askedIn(request: RecordedRequest): Asked {
  const body = request.json() as {
    readonly deviceRuntimeContext?: { readonly registrationId?: unknown } | null;
    readonly linkedHubs?: unknown;
  };
  const registrationId = body.deviceRuntimeContext?.registrationId;
  const { linkedHubs } = body;
  return {
    registrationId: typeof registrationId === 'string' ? registrationId : '',
    linkedHubs: Array.isArray(linkedHubs) ? (linkedHubs as readonly string[]) : [],
  };
}

/** Takes the first hub that is offered; refuses what offers none. */
export const firstHub: ScriptFunction = (request) => {
  const [iotHubHostName] = askedIn(request).linkedHubs;
  return typeof iotHubHostName === 'string' ? answer({ iotHubHostName }) : { kind: 'status', status: 400 };
};

export function answer(body: unknown): Answer {
  return { kind: 'json', body };
}

/** The right hub, with something more in the answer. */
export function firstHubWith(members: object): ScriptFunction {
  return (request) => answer({ iotHubHostName: askedIn(request).linkedHubs[0], ...members });
}
