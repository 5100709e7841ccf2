/** Reads a CONNECT, as far as what it is can be told from its bytes. */
import mqtt, { type IConnectPacket } from 'mqtt-packet';

export const PROTOCOL_LEVEL = 4;

/** `undefined` when the bytes are no CONNECT that can be read; an unknown protocol level is read as far as it goes. */
export function readConnect(bytes: Buffer): IConnectPacket | undefined {
  const nameAt = bytes.findIndex((byte, index) => index > 0 && (byte & 0x80) === 0) + 1;
  const nameLength = bytes.length >= nameAt + 2 ? bytes.readUInt16BE(nameAt) : bytes.length;
  const level = bytes[nameAt + 2 + nameLength];
  if (level === undefined) return undefined;
  const protocolId = bytes.toString('utf8', nameAt + 2, nameAt + 2 + nameLength);
  if (protocolId !== 'MQTT' || level !== PROTOCOL_LEVEL) {
    const isMqtt = protocolId === 'MQTT' || protocolId === 'MQIsdp';
    return isMqtt
      ? ({ cmd: 'connect', clientId: '', protocolId, protocolVersion: level } as unknown as IConnectPacket)
      : undefined;
  }
  let connect: IConnectPacket | undefined;
  const parser = mqtt.parser();
  parser.on('packet', (packet) => {
    if (packet.cmd === 'connect') connect = packet;
  });
  parser.on('error', () => {
    connect = undefined;
  });
  parser.parse(bytes);
  return connect;
}
