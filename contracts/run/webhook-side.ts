/** The webhook of a case: scripted, the bundled function, one that runs already, or the user's own instead of any. */

import { parsedJson } from '../../emulator/wire/json.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type LocalHost, startLocalHost } from '../../webhook/host/local-host.ts';
import { type Answer, type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';
import type { GivenWebhook } from '../case/case.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

export interface WebhookSide {
  readonly url: string | undefined;
  /** What came, as it came; `undefined` where the webhook is not ours to look into. */
  seen(): readonly SeenRequest[] | undefined;
  /** Resolves as soon as so many requests came in; only a scripted webhook knows before it has answered. */
  readonly untilCalled?: (count: number) => Promise<void>;
  /** @throws when the webhook is not a scripted one */
  answer(answers: readonly Answer[]): void;
  stop(): Promise<void>;
}

export async function startWebhook(given: GivenWebhook | undefined, own: string | undefined): Promise<WebhookSide> {
  if (given === undefined) return elsewhere(undefined);
  if (own !== undefined) return elsewhere(own);
  if (given.url !== undefined) return elsewhere(given.url);
  if (given.bundled === true) return bundled(await startLocalHost({ port: 0 }));
  const { answers = [], functionKey } = given;
  return scripted(await startStandIn(answers, functionKey === undefined ? {} : { functionKey }));
}

const notScripted = (): never => {
  throw new Error('the step `answer` needs a scripted webhook: given.webhook.answers');
};

function elsewhere(url: string | undefined): WebhookSide {
  return { url, seen: () => undefined, answer: notScripted, stop: async () => undefined };
}

function bundled(host: LocalHost): WebhookSide {
  return { url: host.url, seen: () => undefined, answer: notScripted, stop: () => host.stop() };
}

function scripted(standIn: StandIn): WebhookSide {
  return {
    url: standIn.url,
    seen: () =>
      standIn.requests.map((request) => ({
        method: request.method,
        path: request.path,
        query: Object.fromEntries(request.query),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body: jsonOrText(request.bodyText),
      })),
    untilCalled: (count) => standIn.untilCalled(count),
    answer: (answers) => standIn.answer(answers),
    stop: () => standIn.stop(),
  };
}

/** What is no JSON stays a text. */
export function jsonOrText(text: string): JsonValue {
  const value = parsedJson(text);
  return value === undefined ? text : value;
}
