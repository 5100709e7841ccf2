/** A DPS that answers what a test tells it to, over MQTT, MQTT on a WebSocket, and HTTPS, and notes what it was sent. */
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { ensureCa } from '../../../emulator/tls/ca.ts';
import { ensureLeaf } from '../../../emulator/tls/leaf.ts';

/** What to do with one request: answer it, say nothing, or cut the line. */
export type Answer =
  | {
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterSeconds?: number;
      /** HTTPS: close the connection after this answer. */
      readonly closes?: boolean;
    }
  | 'silence'
  | 'drop';

export interface Asked {
  readonly step: 'register' | 'poll';
  readonly registrationId: string;
  /** How many requests this connection (MQTT) or this device (HTTPS) had sent before. */
  readonly ordinal: number;
}

export interface Script {
  readonly answer?: (asked: Asked) => Answer;
  readonly connack?: number | 'silence' | 'drop';
  readonly suback?: number;
}

export interface SeenRequest extends Asked {
  /** The topic, or the URL. */
  readonly target: string;
  readonly body: string;
  readonly authorization: string;
}

export interface ScriptedDps {
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly ca: string;
  readonly caPath: string;
  readonly requests: SeenRequest[];
  readonly connects: IConnectPacket[];
  /** Kinds of the MQTT packets that came, in order. */
  readonly packets: string[];
  /** WebSocket upgrades: path and the subprotocol that was asked for. */
  readonly upgrades: string[];
  stop(): Promise<void>;
}

/** One CA for all test files and runs, beside what else the suite keeps: creating it is the slow part. */
const CA_DIRECTORY = join(process.env.DPS_EMULATOR_HOME ?? tmpdir(), 'contracts-ca');

export async function startScriptedDps(script: Script = {}): Promise<ScriptedDps> {
  const ca = await ensureCa(CA_DIRECTORY);
  const leaf = await ensureLeaf(ca, []);
  const tls = { cert: leaf.chainPem, key: leaf.keyPem, noDelay: true };
  const seen = { requests: [], connects: [], packets: [], upgrades: [] } as Seen;
  const serve = (stream: Duplex): void => serveMqtt(stream, script, seen);

  const mqtt = createTlsServer(tls, serve);
  const https = createHttpsServer(tls);
  serveHttps(https, script, seen);
  serveUpgrades(https, serve, seen);
  const sockets = new Set<Socket>();
  for (const server of [mqtt, https]) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => undefined);
  }
  const [mqttPort, httpsPort] = await Promise.all([listen(mqtt), listen(https)]);
  return {
    ...seen,
    mqttPort,
    httpsPort,
    ca: ca.certificatePem,
    caPath: ca.certificatePath,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([mqtt, https].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

type Seen = Pick<ScriptedDps, 'requests' | 'connects' | 'packets' | 'upgrades'>;

function listen(server: TlsServer | HttpsServer): Promise<number> {
  return new Promise((resolve) => {
    // All of loopback: a test connects to an address that the certificate does not name.
    server.listen(0, '0.0.0.0', () => resolve((server.address() as AddressInfo).port));
  });
}

function serveMqtt(stream: Duplex, script: Script, seen: Seen): void {
  const send = (packet: Packet): void => void stream.write(generate(packet));
  let connect: IConnectPacket | undefined;
  let ordinal = 0;
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet) => {
    seen.packets.push(packet.cmd);
    switch (packet.cmd) {
      case 'connect': {
        connect = packet;
        seen.connects.push(packet);
        const code = script.connack ?? 0;
        if (code === 'silence') return;
        if (code === 'drop') return void stream.destroy();
        return send({ cmd: 'connack', returnCode: code, sessionPresent: false });
      }
      case 'subscribe':
        return send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [script.suback ?? 1] });
      case 'unsubscribe':
        return send({ cmd: 'unsuback', messageId: packet.messageId ?? 0, granted: [] });
      case 'publish': {
        const asked: Asked = {
          step: packet.topic.includes('/PUT/') ? 'register' : 'poll',
          registrationId: connect?.clientId ?? '',
          ordinal,
        };
        ordinal += 1;
        const authorization = connect?.password?.toString() ?? '';
        seen.requests.push({ ...asked, target: packet.topic, body: packet.payload.toString(), authorization });
        const answer = script.answer?.(asked) ?? 'silence';
        if (answer === 'drop') return void stream.destroy();
        send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
        if (answer === 'silence') return;
        const rid = /\$rid=([^&]*)/.exec(packet.topic)?.[1] ?? '';
        const retryAfter = answer.retryAfterSeconds === undefined ? '' : `&retry-after=${answer.retryAfterSeconds}`;
        // One for somebody else first: a device must look at the $rid.
        for (const id of ['0', rid]) {
          const topic = `$dps/registrations/res/${answer.status}/?$rid=${id}${retryAfter}`;
          send({
            cmd: 'publish',
            qos: 1,
            messageId: 2,
            dup: false,
            retain: false,
            topic,
            payload: textOf(answer.body),
          });
        }
        return;
      }
      default:
        return;
    }
  });
  stream.on('data', (bytes: Buffer) => packets.parse(bytes));
  stream.on('error', () => undefined);
  stream.on('end', () => stream.end());
}

function serveHttps(server: HttpsServer, script: Script, seen: Seen): void {
  const ordinals = new Map<string, number>();
  server.on('request', async (request, response) => {
    const target = request.url ?? '';
    const registrationId = decodeURIComponent(target.split('/')[3] ?? '');
    const ordinal = ordinals.get(registrationId) ?? 0;
    ordinals.set(registrationId, ordinal + 1);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const asked: Asked = { step: request.method === 'PUT' ? 'register' : 'poll', registrationId, ordinal };
    const authorization = request.headers.authorization ?? '';
    seen.requests.push({ ...asked, target, body: Buffer.concat(chunks).toString(), authorization });
    const answer = script.answer?.(asked) ?? 'silence';
    if (answer === 'silence') return;
    if (answer === 'drop') return void request.socket.destroy();
    response.statusCode = answer.status;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    if (answer.closes) response.setHeader('Connection', 'close');
    if (answer.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(answer.retryAfterSeconds));
    response.end(textOf(answer.body));
  });
}

function serveUpgrades(server: HttpsServer, serve: (stream: Duplex) => void, seen: Seen): void {
  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    seen.upgrades.push(`${request.url} ${request.headers['sec-websocket-protocol']}`);
    upgrades.handleUpgrade(request, socket, head, (webSocket) => serve(createWebSocketStream(webSocket)));
  });
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
