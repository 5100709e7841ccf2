/** A scriptable webhook on a real socket: plays the answers it is told and records what it was asked. */

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { trackConnections } from '../server/connections.ts';
import { carriesFunctionKey } from '../server/function-key.ts';
import { hostInUrl, listen } from '../server/listen.ts';
import { readBody } from '../server/read-body.ts';
import { giveAnswer, openExchange } from './give-answer.ts';
import { type RecordedRequest, recordRequest } from './recorded-request.ts';
import { createRequestLog } from './request-log.ts';
import { runScript, type Script } from './script.ts';

const PATH = '/api/HttpTrigger1';

export interface StandInOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default 0: any free port. A port that is taken is an error. */
  readonly port?: number | undefined;
  /** Serves HTTPS with this certificate and private key (PEM). `url` names 127.0.0.1, so the certificate must too. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** When given, a request without it (`?code=` or `x-functions-key`) is recorded, gets 401 and uses up no answer. */
  readonly functionKey?: string | undefined;
}

export interface StandIn {
  /** Where to send requests, with the key where there is one. Every other path and method is answered as well. */
  readonly url: string;
  readonly port: number;
  /** Everything received completely, oldest first. It grows while the stand-in runs. */
  readonly requests: readonly RecordedRequest[];
  count(): number;
  find(predicate: (request: RecordedRequest) => boolean): RecordedRequest | undefined;
  /** Replaces the script from the next request on; a list begins at its first answer. Records are kept. */
  answer(script: Script): void;
  /** Resolves as soon as `n` requests in all were received. Rejects when the stand-in stops before that. */
  untilCalled(n: number): Promise<void>;
  /** Stops listening and ends open connections at once, unfinished answers included. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in, on 127.0.0.1 unless told otherwise.
 *
 * ```ts
 * const webhook = await startStandIn([{ kind: 'status', status: 429 }, { kind: 'json', body: { iotHubHostName } }]);
 * // 429 for the first request, the hub for every later one
 * await webhook.untilCalled(2);
 * webhook.requests[1]?.json();
 * await webhook.stop();
 * ```
 *
 * A script function that throws answers 500 with the error's message, so that the test that wrote it can see it.
 */
export async function startStandIn(script: Script, options: StandInOptions = {}): Promise<StandIn> {
  const { host = '127.0.0.1', port: wantedPort = 0, tls, functionKey } = options;
  assert(functionKey !== '', 'functionKey must not be empty');

  const log = createRequestLog();
  let nextAnswer = runScript(script);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = openExchange(request, response);
    const body = await readBody(request, Number.POSITIVE_INFINITY);
    if (body.kind !== 'complete') return;
    const recorded = recordRequest(request, body.bytes);
    log.add(recorded);
    if (functionKey !== undefined && !carriesFunctionKey(recorded, functionKey)) {
      return giveAnswer(exchange, { kind: 'status', status: 401 });
    }
    await giveAnswer(exchange, nextAnswer(recorded));
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(`stand-in script: ${error}`);
    });
  }

  const server = tls === undefined ? createServer(onRequest) : createTlsServer({ ...tls }, onRequest);
  const connections = trackConnections(server);
  const port = await listen(server, { host, port: wantedPort, fallback: false });
  const code = functionKey === undefined ? '' : `?code=${encodeURIComponent(functionKey)}`;

  return {
    url: `${tls === undefined ? 'http' : 'https'}://${hostInUrl(host)}:${port}${PATH}${code}`,
    port,
    requests: log.requests,
    count: () => log.requests.length,
    find: (predicate) => log.requests.find(predicate),
    answer(newScript) {
      nextAnswer = runScript(newScript);
    },
    untilCalled: (n) => log.untilCount(n),
    stop() {
      log.close();
      return connections.stop();
    },
  };
}
