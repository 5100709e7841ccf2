/** Webhooks to verify: one that is right, and what it takes to make it wrong. */
import type { postJson, WebhookOutcome } from '../../../emulator/service-door.ts';
import type { Answer, RecordedRequest, Script, ScriptFunction } from '../../../webhook/stand-in/index.ts';
import { runScript } from '../../../webhook/stand-in/script.ts';

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

/** Plays a script as a stand-in does, without a socket; only whole answers can be had so. */
export function withoutSocket(script: Script): typeof postJson {
  const nextAnswer = runScript(script);
  return async (url, bodyText) => {
    const { pathname: path, searchParams: query } = new URL(url);
    const json = (): unknown => JSON.parse(bodyText);
    return outcomeOf(nextAnswer({ method: 'POST', path, query, headers: {}, bodyText, json, atRealMs: 0 }));
  };
}

function outcomeOf(answer: Answer): WebhookOutcome {
  switch (answer.kind) {
    case 'json':
      return { kind: 'response', status: answer.status ?? 200, body: JSON.stringify(answer.body) ?? 'null' };
    case 'text':
      return { kind: 'response', status: answer.status ?? 200, body: answer.text };
    case 'status':
      return { kind: 'response', status: answer.status, body: '' };
    default:
      throw new Error(`an answer of the kind ${answer.kind} needs a socket`);
  }
}
