/** One POST to the webhook: bounded in time and size, and every way in which it can go wrong has a name. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { WebhookOutcome } from '../core/ports.ts';
import type { WebhookFailure } from '../wire/journal-entry.ts';

export interface WebhookClientOptions {
  /** Real milliseconds for the whole call, redirects included. */
  readonly realTimeoutMs: number;
  readonly responseBytesMax: number;
  /** PEM certificates that an https webhook's chain may end at; asked for only when one is called. */
  readonly ca: () => Promise<readonly string[]>;
  readonly followRedirects: boolean;
  /** False for a place where no redirect may lead: the emulator's own control API, say. Default: any place will do. */
  readonly mayRedirectTo?: ((url: string) => Promise<boolean>) | undefined;
}

const REDIRECTS_MAX = 5;
/** Answers such as `100 Continue`, before the real one: who sends more of them keeps everybody waiting. */
const INTERIM_MAX = 20;

/** Never rejects, except with the signal's reason when that fires. */
export async function postJson(
  url: string,
  body: string,
  options: WebhookClientOptions,
  signal: AbortSignal,
): Promise<WebhookOutcome> {
  let target = url;
  const deadlineMs = performance.now() + options.realTimeoutMs;
  for (let redirects = 0; ; redirects += 1) {
    const ca = /^https:/i.test(target) ? await options.ca() : undefined;
    const answer = await exchange(target, body, { ...options, ca, deadlineMs }, signal);
    signal.throwIfAborted();
    if (answer.location === undefined || !options.followRedirects || redirects >= REDIRECTS_MAX) return answer.outcome;
    const next = resolveUrl(answer.location, target);
    if (next === undefined || (await options.mayRedirectTo?.(next)) === false) return answer.outcome;
    target = next;
  }
}

interface Answer {
  readonly outcome: WebhookOutcome;
  /** Where a 3xx points to. */
  readonly location?: string;
}

interface ExchangeOptions extends Omit<WebhookClientOptions, 'ca'> {
  readonly ca: readonly string[] | undefined;
  /** On the scale of `performance.now()`. */
  readonly deadlineMs: number;
}

function exchange(url: string, body: string, options: ExchangeOptions, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const target = resolveUrl(url);
    if (target === undefined) {
      resolve(noResponse('dns', 'the webhook URL is not a valid http or https URL'));
      return;
    }
    const send = target.startsWith('https:') ? httpsRequest : httpRequest;
    // A fresh connection for every call: a kept one that the webhook has just closed would count as dropped.
    const request = send(target, {
      method: 'POST',
      agent: false,
      signal,
      ...(options.ca !== undefined && { secureContext: trusting(options.ca) }),
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
        Connection: 'close',
      },
    });
    let isDone = false;
    const finish = (answer: Answer): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      resolve(answer);
      request.destroy();
    };
    const timer = setTimeout(
      () => finish(noResponse('timeout', `no complete answer within ${options.realTimeoutMs} ms`)),
      options.deadlineMs - performance.now(),
    );
    request.on('error', (error: NodeJS.ErrnoException) =>
      finish(noResponse(failureOf(error), error.message || (error.code ?? 'connection failed'))),
    );
    const onCloseWithoutAnswer = (): void => {
      finish(noResponse('dropped', 'the webhook closed the connection without an answer'));
    };
    // The end of what is neither an error nor a response: a switch of protocols, say.
    request.on('close', onCloseWithoutAnswer);
    let interim = 0;
    request.on('information', () => {
      interim += 1;
      if (interim > INTERIM_MAX) finish(noResponse('garbage', `more than ${INTERIM_MAX} interim answers (1xx)`));
    });
    request.on('response', (response) => {
      request.off('close', onCloseWithoutAnswer);
      readAnswer(response, options.responseBytesMax, finish);
    });
    request.end(body);
  });
}

let trusted: { readonly ca: readonly string[]; readonly context: SecureContext } | undefined;

/** Remembered: to read all public roots takes longer than the call itself. */
function trusting(ca: readonly string[]): SecureContext {
  if (trusted === undefined || trusted.ca.length !== ca.length || trusted.ca.some((pem, index) => pem !== ca[index])) {
    trusted = { ca, context: createSecureContext({ ca: [...ca] }) };
  }
  return trusted.context;
}

function readAnswer(response: IncomingMessage, bytesMax: number, finish: (answer: Answer) => void): void {
  // One buffer that grows: an answer that comes byte by byte takes no more room than another.
  let kept = Buffer.alloc(0);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    const from = bytes;
    bytes += chunk.length;
    if (bytes > bytesMax) {
      finish(noResponse('too-large', `the answer is larger than ${bytesMax} bytes`));
      return;
    }
    if (bytes > kept.length) kept = Buffer.concat([kept], Math.min(2 * bytes, bytesMax));
    chunk.copy(kept, from);
  });
  response.on('error', () => finish(noResponse('dropped', 'the connection was dropped in the middle of the answer')));
  response.on('end', () => {
    const status = response.statusCode ?? 0;
    const outcome: WebhookOutcome = { kind: 'response', status, body: kept.toString('utf8', 0, bytes) };
    const { location } = response.headers;
    finish({ outcome, ...(status >= 300 && status < 400 && location !== undefined && { location }) });
  });
}

function noResponse(failure: WebhookFailure, detail: string): Answer {
  return { outcome: { kind: 'no-response', failure, detail } };
}

/** Verdicts on a certificate whose codes do not say so by their spelling. */
const TLS_CODES = new Set([
  'EPROTO',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);

/** Node's error codes, sorted into the named assumptions. */
function failureOf(error: NodeJS.ErrnoException): WebhookFailure {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns';
  if (code.startsWith('HPE_')) return 'garbage';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'dropped';
  if (code === 'ETIMEDOUT') return 'timeout';
  const isTls =
    code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT') || TLS_CODES.has(code);
  return isTls ? 'tls' : 'refused';
}

function resolveUrl(text: string, base?: string): string | undefined {
  try {
    const url = new URL(text, base);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
