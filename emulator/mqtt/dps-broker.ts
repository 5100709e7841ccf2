/** The broker that devices of the DPS talk to: Aedes, through its public hooks only. */

import type { Duplex } from 'node:stream';
import { Aedes, type Client, type ConnectPacket, type PublishPacket } from 'aedes';
import type { Assumptions } from '../core/assumptions.ts';
import type { Connections } from '../core/connections.ts';
import { clientCertificateSubject } from '../core/dps/attestation/client-certificate.ts';
import type { DpsService } from '../core/dps/dps-service.ts';
import type { Journal } from '../core/journal/journal.ts';
import { registrationSubject } from '../wire/journal-subject.ts';
import { parseHubUserName, parseRequestTopic, parseUserName, RESPONSE_FILTER } from '../wire/mqtt-topics.ts';
import type { MqttTransport } from '../wire/transports.ts';
import { answerRequest } from './answer-request.ts';
import { type Connection, callOf, connectionOf, prove } from './connection.ts';

export interface DpsBrokerOptions {
  readonly dps: DpsService;
  readonly journal: Journal;
  readonly connections: Connections;
  /** Real milliseconds before a reply: Java loses one that is faster than its own wait. [client-traps 15] */
  readonly replyDelayMs: number;
  readonly assumptions: Pick<
    Assumptions,
    'credential-refusal' | 'connection-after-401' | 'same-client-id' | 'user-name-question-mark'
  >;
  readonly reportBug: (error: unknown, where: string) => void;
}

export interface DpsBroker {
  /** Serves a client whose stream begins with its CONNECT; `socket` is the TLS socket that may hold a certificate. */
  serve(stream: Duplex, via: { readonly transport: MqttTransport; readonly socket: object }): void;
  stop(): Promise<void>;
}

const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const BAD_USER_NAME = 4;
const NOT_AUTHORIZED = 5;

type Via = Parameters<DpsBroker['serve']>[1];

/** Long because it is one list: Aedes' hooks and events, a few lines each, around two maps that they share. */
export async function createDpsBroker(options: DpsBrokerOptions): Promise<DpsBroker> {
  const arrivals = new WeakMap<object, Via>();
  const connections = new WeakMap<Client, Connection>();
  let connected = 0;
  const journalOf = (connection: Connection) => ({
    record: (event: Parameters<Journal['record']>[1]) => options.journal.record(registrationSubject(connection), event),
  });

  const broker = await Aedes.createBroker({
    preConnect: (client, packet, done) => {
      const via = arrivals.get(client.conn);
      const name = parseUserName(packet.username ?? '');
      const socket = via?.socket ?? client.conn;
      const connection = connectionOf({
        packet,
        name,
        transport: via?.transport ?? 'mqtt',
        certificateSubject: clientCertificateSubject(socket),
        live: options.connections.of(socket),
      });
      connections.set(client, connection);
      const { idScope, registrationId, apiVersion, credential } = connection;
      connection.live?.identify({ idScope, registrationId, apiVersion, credential: credential.kind });
      connected += 1;
      forgetSession(packet, connected);
      done(null, true);
    },
    authenticate: (client, _userName, _password, done) => {
      const connection = connections.get(client);
      admit(connection, options).then(
        (refusal) => {
          if (refusal === undefined) return done(null, true);
          return done(Object.assign(new Error(refusal.why), { returnCode: refusal.returnCode }), null);
        },
        (error: unknown) => {
          options.reportBug(error, 'CONNECT');
          done(Object.assign(new Error('internal error'), { returnCode: 3 }), null);
        },
      );
    },
    authorizeSubscribe: (client, subscription, done) => {
      const isAllowed = subscription.topic === RESPONSE_FILTER;
      const connection = connections.get(client);
      connection?.live?.did('subscribe');
      if (isAllowed && connection) connection.grantedQos = subscription.qos === 0 ? 0 : 1;
      if (!isAllowed && connection) {
        const detail = `the topic filter "${subscription.topic}" is not allowed; devices subscribe to ${RESPONSE_FILTER}`;
        journalOf(connection).record(refusedConnect(connection, 'filter-not-allowed', detail));
      }
      done(null, isAllowed ? subscription : null);
    },
    authorizePublish: (client, packet, done) => {
      const connection = client === null ? undefined : connections.get(client);
      if (client === null || connection === undefined) return done(new Error('no such client'));
      const refusal = refusalOf(packet, connection);
      if (refusal !== undefined) {
        journalOf(connection).record(refusedConnect(connection, 'publish-refused', refusal));
        return done(new Error(refusal));
      }
      // The PUBACK is written in this callback, so it precedes the reply. [dps-device-protocol §1.4]
      done(null);
      answerRequest(client, connection, packet, options).catch((error: unknown) =>
        options.reportBug(error, 'MQTT reply'),
      );
    },
  } as Parameters<typeof Aedes.createBroker>[0]);

  broker.on('unsubscribe', (filters, client) => {
    const connection = connections.get(client);
    if (connection && filters.includes(RESPONSE_FILTER)) connection.grantedQos = undefined;
  });
  broker.on('clientReady', (client) => {
    connections.get(client)?.live?.letIn();
  });
  broker.on('clientError', (client, error) => {
    const connection = connections.get(client);
    if (connection) connection.brokenBecause ??= error.message;
  });
  broker.on('clientDisconnect', (client) => {
    const connection = connections.get(client);
    connection?.live?.left(connection.brokenBecause);
  });

  return {
    serve: (stream, via) => {
      arrivals.set(stream, via);
      broker.handle(stream);
    },
    stop: () => new Promise((resolve) => broker.close(resolve)),
  };
}

/** DPS keeps no session and publishes no will; who takes whose place is not the broker's to say. [dps-device-protocol §1.1] */
function forgetSession(packet: ConnectPacket, ordinal: number): void {
  const mutable = packet as { clean?: boolean; will?: unknown; clientId: string };
  mutable.clean = true;
  delete mutable.will;
  mutable.clientId = String(ordinal);
}

async function admit(
  connection: Connection | undefined,
  options: DpsBrokerOptions,
): Promise<{ readonly returnCode: number; readonly why: string } | undefined> {
  if (connection === undefined) return { returnCode: BAD_USER_NAME, why: 'no CONNECT' };
  const { assumptions, dps } = options;
  const hub = parseHubUserName(connection.userName);
  const subject = hub === undefined ? registrationSubject(connection) : ({ kind: 'hub-device', ...hub } as const);
  const refuse = (returnCode: number, reason: string, why: string) => {
    options.journal.record(subject, refusedConnect(connection, reason, `${why} (CONNACK ${returnCode})`));
    return { returnCode, why };
  };
  if (hub !== undefined) {
    const why = `the user name is that of a device at the hub "${hub.hub}", whose MQTT is not emulated yet; provisioning is over: let the program end here, or dial a real hub`;
    return refuse(SERVER_UNAVAILABLE, 'hub-not-emulated', why);
  }
  const said = connection.name;
  if (said === undefined || (said.hasQuestionMark && assumptions['user-name-question-mark'] === 'refuse')) {
    const rule = '{idScope}/registrations/{registrationId}/api-version={version}[&ClientVersion=…]';
    return refuse(BAD_USER_NAME, 'user-name-invalid', `the user name must be ${rule}`);
  }
  if (connection.clientId !== connection.registrationId) {
    const why = `the client id "${connection.clientId}" is not the registration id "${connection.registrationId}" of the user name`;
    return refuse(IDENTIFIER_REJECTED, 'client-id-differs', why);
  }
  if (assumptions['credential-refusal'] === 'connack') {
    const refusal = await dps.admits(callOf(connection, { operation: 'lookup', body: '' }));
    if (refusal !== undefined) return refuse(NOT_AUTHORIZED, refusal.errorName, refusal.reason);
  }
  // Who proves nothing stands beside whoever has the id; only who does may end the others. [MQTT-3.1.4-2]
  const takesOver = (await prove(connection, dps)) && assumptions['same-client-id'] === 'take-over';
  const name = `${connection.idScope.toLowerCase()}/${connection.clientId}`;
  connection.live?.claim(name, takesOver ? 'alone' : 'beside-others');
  return undefined;
}

function refusalOf(packet: PublishPacket, connection: Connection): string | undefined {
  if (packet.qos === 2) return 'QoS 2 is not supported; the connection is closed';
  if (parseRequestTopic(packet.topic) === undefined) {
    return `the topic "${packet.topic.slice(0, 200)}" is not documented for devices; the connection is closed`;
  }
  return connection.pendingReplies >= PENDING_REPLIES_MAX ? 'too many requests without reading replies' : undefined;
}

/** A client that asks without reading must not fill the memory. */
const PENDING_REPLIES_MAX = 100;

function refusedConnect(connection: Connection, reason: string, detail: string) {
  return { kind: 'refused', operation: 'connect', transport: connection.transport, reason, detail } as const;
}
