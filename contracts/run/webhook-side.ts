/** The webhook of a case: scripted, the bundled function, one that runs already, or the user's own instead of any. */

import { parsedJson } from '../../emulator/wire/json.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type LocalHost, startLocalHost } from '../../webhook/host/local-host.ts';
import { type Answer, type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';
import type { GivenWebhook } from '../case/case.ts';
import type { WebhookPlace } from '../target/target.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
  /** When it came, in real milliseconds. */
  readonly atMs: number;
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

/**
 * @param own the user's webhook, called instead of the one that the case gives
 * @param place where to serve; absent: any free port of the loopback
 */
export async function startWebhook(
  given: GivenWebhook | undefined,
  own: string | undefined,
  place: WebhookPlace | undefined,
): Promise<WebhookSide> {
  const { host, port = 0, publicUrl } = place ?? {};
  if (given === undefined) return elsewhere(undefined);
  if (own !== undefined) return elsewhere(own);
  if (given.url !== undefined) return elsewhere(given.url);
  if (given.bundled === true) return bundled(await startLocalHost({ host, port, fallback: false }), publicUrl);
  const { answers = [], functionKey } = given;
  return scripted(await startStandIn(answers, { host, port, functionKey }), publicUrl);
}

/** The same path and query below the address by which the target comes here. */
function reachedAt(url: string, publicUrl: string | undefined): string {
  if (publicUrl === undefined) return url;
  const { pathname, search } = new URL(url);
  return `${publicUrl.replace(/\/+$/, '')}${pathname}${search}`;
}

const notScripted = (): never => {
  throw new Error('the step `answer` needs a scripted webhook: given.webhook.answers');
};

function elsewhere(url: string | undefined): WebhookSide {
  return { url, seen: () => undefined, answer: notScripted, stop: async () => undefined };
}

function bundled(host: LocalHost, publicUrl: string | undefined): WebhookSide {
  return {
    url: reachedAt(host.url, publicUrl),
    seen: () => undefined,
    answer: notScripted,
    stop: () => host.stop(),
  };
}

function scripted(standIn: StandIn, publicUrl: string | undefined): WebhookSide {
  return {
    url: reachedAt(standIn.url, publicUrl),
    seen: () =>
      standIn.requests.map((request) => ({
        method: request.method,
        path: request.path,
        query: Object.fromEntries(request.query),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body: jsonOrText(request.bodyText),
        atMs: request.atRealMs,
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
