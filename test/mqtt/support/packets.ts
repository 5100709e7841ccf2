/** The packets of a device, each with every field open to be spoilt. */
import type { IConnectPacket, IPublishPacket, ISubscribePacket, QoS } from 'mqtt-packet';
import { API_VERSION, type Identity, SCOPE, tokenFor } from '../../flows/support/emulators.ts';

export const RESPONSES = '$dps/registrations/res/#';

export function userName({ idScope = SCOPE, registrationId }: Identity, tail = `api-version=${API_VERSION}`): string {
  return `${idScope}/registrations/${registrationId}/${tail}`;
}

export function connectPacket(identity: Identity, spoilt: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: identity.registrationId,
    clean: true,
    keepalive: 0,
    username: userName(identity),
    password: Buffer.from(tokenFor(identity)),
    ...spoilt,
  };
}

export function subscribePacket(qos: QoS = 1, topic = RESPONSES, messageId = 1): ISubscribePacket {
  return { cmd: 'subscribe', messageId, subscriptions: [{ topic, qos }] };
}

export function publishPacket(topic: string, payload: string | Buffer = '', spoilt: Partial<IPublishPacket> = {}) {
  return { cmd: 'publish', topic, payload, qos: 1, messageId: 7, dup: false, retain: false, ...spoilt } as const;
}

export function registerTopic(rid: string): string {
  return `$dps/registrations/PUT/iotdps-register/?$rid=${rid}`;
}

export function pollTopic(rid: string, operationId: string): string {
  return `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operationId}`;
}
