/** The table of listeners: every port of an emulator is a row here, and whoever asks for, opens or names a port reads it. */
import type { Server, TlsOptions } from 'node:tls';
import type { HttpsOptions } from './http/server.ts';
import type { StreamHandler } from './http/web-socket.ts';
import type { MqttOptions } from './mqtt/server.ts';
import type { Transport } from './wire/transports.ts';

/** What kept a port from being bound. */
export type MissedPort = 'taken' | 'not-allowed';

/** A listener `name` has the option `namePort`, the flag `--name-port` and the variable `DPS_EMULATOR_NAME_PORT`. */
export interface ListenerRow {
  /** In the block that `start` prints. */
  readonly title: string;
  /** Of its option. */
  readonly help: string;
  readonly port: number;
  /** Where the search goes on when that default may not be bound. */
  readonly fallbackFrom: number;
  /** `MQTT listens`: what a notice says of it when it had to move. */
  readonly subject: string;
  /** Which clients cannot follow it there, and what to do. */
  readonly advice?: (missed: MissedPort) => string;
}

/** What the device ports are served with. */
export type Served = MqttOptions & HttpsOptions;

/** Where to listen, and who speaks over the WebSockets of the HTTPS port, by subprotocol. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsOptions;
  /** Puts a server under watch before it listens; the returned function ends all its connections. */
  readonly secure: (server: Server) => () => void;
  readonly webSockets: Readonly<Record<string, StreamHandler>>;
}

export interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

/** A protocol that is ready to be spoken. */
export interface Speaker {
  /** Its subprotocol and who serves it, when it is spoken over the HTTPS port's WebSockets as well. */
  readonly webSocket?: { readonly subprotocol: string; readonly serve: StreamHandler };
  listen(place: Place): Promise<Listening>;
  stop(): Promise<void>;
}

export interface DeviceListenerRow extends ListenerRow {
  /** What is spoken there from the first byte; what goes over WebSockets is at the HTTPS port. */
  readonly transport: Transport;
  /** By which devices and samples are told the port. */
  readonly deviceVariable: string;
  /** Loads what it takes: who only reads the table loads nothing. */
  readonly speak: (served: Served) => Promise<Speaker>;
}

export const HOW_TO_BE_ALLOWED =
  'run as root, or once: sudo setcap cap_net_bind_service=+ep "$(readlink -f "$(which node)")"';

export const DEVICE_LISTENERS = {
  mqtt: {
    title: 'MQTT over TLS',
    help: 'MQTT over TLS. 0 takes any free port; without the option a taken 8883 moves to the next free one.',
    port: 8883,
    fallbackFrom: 8884,
    subject: 'MQTT listens',
    advice: () => 'The C and Python SDKs dial 8883 only; free it, or name another with --mqtt-port.',
    transport: 'mqtt',
    deviceVariable: 'PROVISIONING_MQTT_PORT',
    speak: async (served: Served): Promise<Speaker> => (await import('./mqtt/server.ts')).speakMqtt(served),
  },
  https: {
    title: 'HTTPS and WebSocket',
    help: 'HTTPS and MQTT over WebSocket. 0 takes any free port; without the option 443 moves to 8443 and up.',
    port: 443,
    fallbackFrom: 8443,
    subject: 'HTTPS and WebSocket listen',
    advice: (missed) =>
      `SDKs dial 443 there; to get it, ${missed === 'taken' ? 'stop what holds it' : HOW_TO_BE_ALLOWED}.`,
    transport: 'https',
    deviceVariable: 'PROVISIONING_HTTPS_PORT',
    speak: async (served: Served): Promise<Speaker> => (await import('./http/server.ts')).speakHttps(served),
  },
} as const satisfies Record<string, DeviceListenerRow>;

/** Those that are reached from outside: the image publishes them. */
export const PUBLIC_LISTENERS = {
  ...DEVICE_LISTENERS,
  control: {
    title: 'control API',
    help: 'Control API, plain HTTP. 0 takes any free port; without the option a taken 8980 moves to the next free one.',
    port: 8980,
    fallbackFrom: 8981,
    subject: 'the control API listens',
  },
} as const satisfies Record<string, ListenerRow>;

/** All, in the order in which they are bound. */
export const LISTENERS = {
  webhook: {
    title: 'webhook',
    help: 'Port of the bundled webhook. 0 takes any free port; a taken one moves to the next free one.',
    port: 7071,
    fallbackFrom: 7072,
    subject: 'the bundled webhook listens',
  },
  ...PUBLIC_LISTENERS,
} as const satisfies Record<string, ListenerRow>;

export type DeviceListenerName = keyof typeof DEVICE_LISTENERS;
export type ListenerName = keyof typeof LISTENERS;
export type PortOption<Name extends string = ListenerName> = `${Name}Port`;

/** Which port devices dial that speak it. */
export function listenerOf(transport: Transport): DeviceListenerName {
  const names = Object.keys(DEVICE_LISTENERS) as DeviceListenerName[];
  return names.find((name) => DEVICE_LISTENERS[name].transport === transport) ?? 'https';
}
