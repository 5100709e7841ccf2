/** The transports of the device API: what each speaks, and over what. [dps-device-protocol §1.1, §2, §3] */

export const TRANSPORTS = {
  mqtt: { protocol: 'mqtt', isOverWebSocket: false },
  'mqtt-ws': { protocol: 'mqtt', isOverWebSocket: true },
  https: { protocol: 'http', isOverWebSocket: false },
  amqp: { protocol: 'amqp', isOverWebSocket: false },
  'amqp-ws': { protocol: 'amqp', isOverWebSocket: true },
} as const satisfies Readonly<Record<string, TransportRow>>;

interface TransportRow {
  readonly protocol: 'mqtt' | 'http' | 'amqp';
  readonly isOverWebSocket: boolean;
}

export type Transport = keyof typeof TRANSPORTS;

/** Those that devices here are played over, in the order of every list and report. */
export const DEVICE_TRANSPORTS = ['mqtt', 'mqtt-ws', 'https'] as const satisfies readonly Transport[];
export type DeviceTransport = (typeof DEVICE_TRANSPORTS)[number];

export type MqttTransport = {
  [Name in Transport]: (typeof TRANSPORTS)[Name]['protocol'] extends 'mqtt' ? Name : never;
}[Transport];
