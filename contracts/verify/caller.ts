/** Calls the webhook as the service does, counts what was sent, and gives up after three time-outs. */
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { postJson, type WebhookOutcome } from '../../emulator/service-door.ts';

/** A webhook that never answers must not cost more than a minute. */
export const TIMEOUTS_MAX = 3;

/** What the emulator reads at most by default. */
const ANSWER_BYTES_MAX = 1024 * 1024;

interface CallerOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** PEM of a CA that an https webhook's chain may end at, besides the public ones. */
  readonly webhookCa?: string | undefined;
  /** Default: over a socket. */
  readonly post?: typeof postJson;
}

export interface Answered {
  readonly outcome: WebhookOutcome;
  readonly durationMs: number;
}

export interface Caller {
  send(body: string): Promise<Answered>;
  sent(): number;
  /** Three requests were not answered in time: nothing more should be sent. */
  hasGivenUp(): boolean;
}

export function createCaller({ url, timeoutMs, webhookCa, post = postJson }: CallerOptions): Caller {
  let sent = 0;
  let timeouts = 0;
  const options = {
    realTimeoutMs: timeoutMs,
    responseBytesMax: ANSWER_BYTES_MAX,
    ca: () => trustedCas(webhookCa),
    followRedirects: false,
  };
  return {
    async send(body) {
      sent += 1;
      const startedMs = performance.now();
      const outcome = await post(url, body, options, new AbortController().signal);
      if (outcome.kind === 'no-response' && outcome.failure === 'timeout') timeouts += 1;
      return { outcome, durationMs: Math.round(performance.now() - startedMs) };
    },
    sent: () => sent,
    hasGivenUp: () => timeouts >= TIMEOUTS_MAX,
  };
}

/** A `ca` replaces Node's own list, so that is named again, with what NODE_EXTRA_CA_CERTS adds to it. */
async function trustedCas(webhookCa: string | undefined): Promise<readonly string[]> {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  // Node itself only warns when that file cannot be read.
  const extra = file === undefined || file === '' ? '' : await readFile(file, 'utf8').catch(() => '');
  return [...rootCertificates, ...[webhookCa ?? '', extra].filter((text) => text !== '')];
}
