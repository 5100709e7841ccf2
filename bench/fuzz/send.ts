/** Sends one input, and tells how it was answered: the status, and how long it took. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { Attacked } from './emulator-process.ts';
import type { HttpInput } from './http-inputs.ts';
import type { BytesInput, Input } from './inputs.ts';

export interface Outcome {
  /** `closed`: without an answer, which a client that sent garbage has to expect. `silent`: neither answered nor closed. */
  readonly status: number | 'closed' | 'silent';
  readonly tookMs: number;
  /** The beginning of the answer. */
  readonly text: string;
}

export interface Sender {
  send(input: Input): Promise<Outcome>;
  close(): void;
}

/** The longest that the emulator may take over anything: the clock's own limit for what it wakes to settle is 60 s. */
const SILENT_MS = 90_000;
const TEXT_MAX = 2000;

export function createSender(attacked: Attacked, lanes: number): Sender {
  const secureContext = createSecureContext({ ca: attacked.caPem });
  const agents = {
    https: new HttpsAgent({ keepAlive: true, maxSockets: lanes, ca: attacked.caPem, servername: 'localhost' }),
    http: new HttpAgent({ keepAlive: true, maxSockets: lanes }),
  };
  const ask = (input: HttpInput): Promise<Omit<Outcome, 'tookMs'>> => {
    const { surface, method, path, headers, body } = input;
    const isControl = surface === 'control';
    const length = body === '' && method === 'GET' ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options: RequestOptions = { host: '127.0.0.1', method, path, headers: { ...headers, ...length } };
    return new Promise((resolve) => {
      const request = isControl
        ? httpRequest({ ...options, port: attacked.controlPort, agent: agents.http })
        : httpsRequest({ ...options, port: attacked.httpsPort, agent: agents.https });
      request.setTimeout(SILENT_MS, () => {
        resolve({ status: 'silent', text: '' });
        request.destroy();
      });
      request.on('error', (error) => resolve({ status: 'closed', text: error.message }));
      request.once('response', (response) => void read(response).then(resolve));
      request.end(body);
    });
  };
  const speak = ({ surface, records }: BytesInput): Promise<Omit<Outcome, 'tookMs'>> =>
    new Promise((resolve) => {
      const isPlain = surface === 'raw-control';
      const port = isPlain ? attacked.controlPort : surface === 'mqtt' ? attacked.mqttPort : attacked.httpsPort;
      const socket = isPlain
        ? connectTcp({ host: '127.0.0.1', port })
        : connectTls({ host: '127.0.0.1', servername: 'localhost', port, secureContext });
      let text = '';
      socket.setEncoding('latin1').on('data', (heard: string) => {
        if (text.length < TEXT_MAX) text += heard;
      });
      socket.setTimeout(SILENT_MS, () => {
        resolve({ status: 'silent', text });
        socket.destroy();
      });
      socket.on('error', () => socket.destroy());
      socket.once('close', () => resolve({ status: statusIn(text), text }));
      socket.once(isPlain ? 'connect' : 'secureConnect', () => {
        for (const record of records) socket.write(record, 'latin1');
        socket.end();
      });
    });
  return {
    send: async (input) => {
      const startedMs = performance.now();
      const { status, text } = input.kind === 'http' ? await ask(input) : await speak(input);
      return { status, text, tookMs: performance.now() - startedMs };
    },
    close: () => {
      agents.https.destroy();
      agents.http.destroy();
    },
  };
}

/** Event streams do not end by themselves. */
async function read(response: IncomingMessage): Promise<Omit<Outcome, 'tookMs'>> {
  const status = response.statusCode ?? 0;
  if (response.headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { status, text: '' };
  }
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const part of response) if (text.length < TEXT_MAX) text += part;
  } catch {
    return { status, text };
  }
  return { status, text };
}

/** Of an answer of the HTTP layer, or of the last one over MQTT. */
function statusIn(text: string): number | 'closed' {
  const found = [...text.matchAll(/(?:^HTTP\/1\.[01] |\$dps\/registrations\/res\/)(\d{3})/g)].at(-1)?.[1];
  return found === undefined ? 'closed' : Number(found);
}
