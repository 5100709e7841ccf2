/** A device over HTTPS, on one kept-alive connection. [dps-device-protocol §2] */
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import {
  DEFAULT_API_VERSION,
  DEFAULT_TIMEOUT_MS,
  type DeviceOptions,
  type DeviceSession,
  type Reply,
} from './device.ts';
import { connectFailure, DeviceFailure, droppedFailure, timeoutFailure } from './device-failure.ts';
import { readRetryAfter, registerBody, sasOf } from './register-request.ts';
import { trustOptions } from './trust.ts';

/** Nothing is sent yet: the first request opens the connection. */
export function openHttpsSession(options: DeviceOptions, record: (reply: Reply) => void): DeviceSession {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...trustOptions(options) });
  const { idScope, registrationId } = options;
  const apiVersion = options.apiVersion ?? DEFAULT_API_VERSION;
  const base = `/${encodeURIComponent(idScope)}/registrations/${encodeURIComponent(registrationId)}`;
  const query = `?api-version=${encodeURIComponent(apiVersion)}`;
  // One token for the whole registration, as in Node and C.
  const connection: Connection = { agent, authorization: sasOf(options), asked: 0 };
  const ask = async (exchange: Exchange): Promise<Reply> => {
    const reply = await send(exchange, connection, options);
    record(reply);
    return reply;
  };
  return {
    register: () =>
      ask({ step: 'register', method: 'PUT', path: `${base}/register${query}`, body: registerBody(options) }),
    poll: (operationId) =>
      ask({ step: 'poll', method: 'GET', path: `${base}/operations/${encodeURIComponent(operationId)}${query}` }),
    async close() {
      agent.destroy();
    },
    destroy: () => agent.destroy(),
  };
}

interface Connection {
  readonly agent: Agent;
  readonly authorization: string;
  asked: number;
}

interface Exchange {
  readonly step: 'register' | 'poll';
  readonly method: 'PUT' | 'GET';
  readonly path: string;
  readonly body?: string;
}

function send(exchange: Exchange, connection: Connection, options: DeviceOptions): Promise<Reply> {
  const { host, port, signal } = options;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const isFirst = connection.asked === 0;
  connection.asked += 1;
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const outgoing = request({
      host,
      port,
      agent: connection.agent,
      method: exchange.method,
      path: exchange.path,
      headers: headersOf(exchange, connection.authorization),
      ...(signal === undefined ? {} : { signal }),
    });
    const timer = setTimeout(() => {
      const what = isConnected ? `answer to the ${exchange.step} request` : `connection to ${host}:${port}`;
      outgoing.destroy(timeoutFailure(what, timeoutMs, isConnected ? 'no-answer' : 'not-connected'));
    }, timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      if (error instanceof DeviceFailure) reject(error);
      else reject(isConnected ? droppedFailure(error, options) : connectFailure(error, options));
    };
    outgoing.on('socket', (socket) => {
      isConnected = outgoing.reusedSocket;
      // A kept socket has shaken hands already; a listener per request would pile up on it.
      if (isConnected) return;
      socket.once('secureConnect', () => {
        isConnected = true;
        if (isFirst) options.onStatus?.({ kind: 'connected' });
      });
    });
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      readBody(response).then((body) => {
        clearTimeout(timer);
        resolve(readReply({ exchange, response, body, isNewConnection: !isFirst && !outgoing.reusedSocket }));
      }, fail);
    });
    outgoing.end(exchange.body);
  });
}

function headersOf(exchange: Exchange, authorization: string): Record<string, string | number> {
  return {
    Accept: 'application/json',
    'Content-Type': 'application/json; charset=utf-8',
    Authorization: authorization,
    'User-Agent': 'dps-emulator/wire-device',
    ...(exchange.body === undefined ? {} : { 'Content-Length': Buffer.byteLength(exchange.body) }),
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

interface Answered {
  readonly exchange: Exchange;
  readonly response: IncomingMessage;
  readonly body: string;
  readonly isNewConnection: boolean;
}

function readReply({ exchange, response, body, isNewConnection }: Answered): Reply {
  return {
    step: exchange.step,
    transport: 'https',
    status: response.statusCode ?? 0,
    body,
    ...readRetryAfter(response.headers['retry-after']),
    ...(isNewConnection ? { newConnection: true } : {}),
  };
}
