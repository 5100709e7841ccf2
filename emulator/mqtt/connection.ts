/** What is known of one client: who it says it is, and whether it can hear an answer. */

import type { ConnectPacket } from 'aedes';
import type { ServedConnection } from '../core/connections.ts';
import type { Credential } from '../core/dps/attestation/credential.ts';
import type { DeviceCall } from '../core/dps/device-call.ts';
import type { DpsService } from '../core/dps/dps-service.ts';
import type { DeviceUserName } from '../wire/mqtt-topics.ts';
import type { MqttTransport } from '../wire/transports.ts';

export interface Connection {
  readonly transport: MqttTransport;
  readonly clientId: string;
  readonly userName: string;
  /** What the user name says; `undefined` when it is none of a device of the DPS. */
  readonly name: DeviceUserName | undefined;
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string;
  /** Kept for the whole connection; judged at every request. */
  readonly credential: Credential;
  /** Its entry in the registry; `undefined` when the socket closed at once. */
  readonly live: ServedConnection | undefined;
  /** `undefined` until the client subscribes to the response topic. */
  grantedQos: 0 | 1 | undefined;
  pendingReplies: number;
  /** Its credential was found good, at CONNECT or at a later request. */
  isProved: boolean;
  /** Why the connection broke, when it did not end with a DISCONNECT or a plain close. */
  brokenBecause: string | undefined;
}

interface Arrival extends Pick<Connection, 'transport' | 'live' | 'name'> {
  readonly packet: ConnectPacket;
  readonly certificateSubject: string | undefined;
}

export function connectionOf({ packet, name, transport, certificateSubject, live }: Arrival): Connection {
  return {
    transport,
    live,
    clientId: packet.clientId,
    userName: packet.username ?? '',
    name,
    idScope: name?.idScope ?? '',
    registrationId: name?.registrationId ?? packet.clientId,
    apiVersion: name?.apiVersion ?? '',
    credential: credentialOf(packet, certificateSubject),
    grantedQos: undefined,
    pendingReplies: 0,
    isProved: false,
    brokenBecause: undefined,
  };
}

function credentialOf(packet: ConnectPacket, certificateSubject: string | undefined): Credential {
  const token = packet.password?.toString('utf8');
  if (token) return { kind: 'sas', token };
  return certificateSubject === undefined ? { kind: 'none' } : { kind: 'x509', subject: certificateSubject };
}

export function callOf(connection: Connection, request: DeviceCall['request']): DeviceCall {
  const { transport, idScope, registrationId, apiVersion, credential } = connection;
  return { transport, idScope, registrationId, apiVersion, credential, request };
}

/** Who is found to be who he says he is no longer counts among those who have proved nothing. */
export async function prove(connection: Connection, dps: Pick<DpsService, 'proves'>): Promise<boolean> {
  connection.isProved ||= await dps.proves(connection);
  if (connection.isProved) connection.live?.proved();
  return connection.isProved;
}
