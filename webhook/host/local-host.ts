/** Serves the allocation function at `/api/HttpTrigger1` on this machine, without Azure Functions Core Tools. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { HttpHandler } from '@azure/functions';
import { trackConnections } from '../server/connections.ts';
import { randomFunctionKey } from '../server/function-key.ts';
import { hostInUrl, listen } from '../server/listen.ts';
import { createInvoker } from './invoke.ts';
import { createLogWriter } from './log-lines.ts';
import { serveFunction } from './serve-function.ts';

const FUNCTION_NAME = 'HttpTrigger1';
const ROUTE = `/api/${FUNCTION_NAME}`;

/** The port of Azure Functions Core Tools. */
export const DEFAULT_LOCAL_HOST_PORT = 7071;

export interface LocalHostOptions {
  /** Default 7071; 0 for any free port. */
  readonly port?: number | undefined;
  /** Whether the next free port is taken when `port` is in use. Default true. */
  readonly fallback?: boolean | undefined;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The key that callers must show. Default: 32 random bytes. Must not be empty. */
  readonly functionKey?: string | undefined;
  /** Receives each line of the log, keys masked. Default: the log is dropped. */
  readonly log?: ((line: string) => void) | undefined;
  /** Another function to serve instead of the tutorial's. */
  readonly handler?: HttpHandler | undefined;
}

export interface LocalHost {
  /** The function's URL with its key as `?code=`: the `webhookUrl` of an enrollment. */
  readonly url: string;
  /** Scheme, address and port only. */
  readonly baseUrl: string;
  readonly port: number;
  readonly key: string;
  /** Loads the function now instead of at the first request. */
  warmUp(): Promise<void>;
  /** Stops listening and ends open connections at once. */
  stop(): Promise<void>;
}

/** @throws the operating system's error when no port can be bound. */
export async function startLocalHost(options: LocalHostOptions = {}): Promise<LocalHost> {
  const { port: wantedPort = DEFAULT_LOCAL_HOST_PORT, fallback = true, host = '127.0.0.1' } = options;
  const { functionKey = randomFunctionKey(), log = () => {}, handler } = options;
  assert(functionKey !== '', 'functionKey must not be empty');

  const writeLog = createLogWriter(functionKey, log);
  const invoker = createInvoker(FUNCTION_NAME, writeLog, handler);
  const server = createServer();
  const connections = trackConnections(server);
  const port = await listen(server, { host, port: wantedPort, fallback });
  const baseUrl = `http://${hostInUrl(host)}:${port}`;

  server.on('request', (request, response) => {
    serveFunction({ route: ROUTE, baseUrl, functionKey, invoker }, request, response).catch((error: unknown) => {
      // Only a defect of the host itself gets here; the function's own errors are answered with 500.
      writeLog('Error', String(error));
      response.destroy();
    });
  });

  return {
    url: `${baseUrl}${ROUTE}?code=${encodeURIComponent(functionKey)}`,
    baseUrl,
    port,
    key: functionKey,
    warmUp: () => invoker.warmUp(),
    stop: () => connections.stop(),
  };
}
