/** The device ports: MQTT over TLS, and HTTPS with MQTT over WebSocket; bound where they may be. */
import type { TlsOptions } from 'node:tls';
import { MESSAGE_BYTES_MAX } from './core/dps/message-size.ts';
import type { Endpoints } from './emulator.ts';
import type { Engine } from './engine.ts';
import { addHubRoutes } from './http/hub-routes.ts';
import { type Listener, startHttpsServer } from './http/server.ts';
import { addServiceRoutes } from './http/service-routes.ts';
import { createUpgrader } from './http/web-socket.ts';
import { type Bound, bindFirstFree, type PortChoice } from './listen.ts';
import { createDpsBroker, type DpsBroker } from './mqtt/dps-broker.ts';
import { gateTo, type MqttListener, startMqttServer } from './mqtt/server.ts';

export interface ListenersOptions {
  readonly engine: Engine;
  readonly tls: TlsOptions;
  /** Only a default port of a command may move: a port that was asked for is bound or is an error. */
  readonly movable: { readonly mqtt: boolean; readonly https: boolean };
  readonly replaceBroker: (broker: DpsBroker) => DpsBroker;
  readonly reportBug: (error: unknown, where: string) => void;
}

export interface Listeners {
  readonly endpoints: Omit<Endpoints, 'control'>;
  readonly mqtt: Bound<MqttListener>;
  readonly https: Bound<Listener>;
  stop(): Promise<void>;
}

/** Where the search goes on when the well-known port may not be bound. */
const MQTT_FALLBACK_FROM = 8884;
const HTTPS_FALLBACK_FROM = 8443;

export async function startListeners(given: ListenersOptions): Promise<Listeners> {
  const { engine, tls, movable, replaceBroker, reportBug } = given;
  const { dps, serviceApi, hubService } = engine;
  const { journal, options } = engine.state;
  const { assumptions } = engine.ports.settings;
  const bodyWithoutContentType = assumptions['body-without-content-type'];
  const made = await createDpsBroker({
    dps,
    journal,
    replyDelayMs: options.replyDelayMs,
    credentialRefusal: assumptions['credential-refusal'],
    reportBug,
  });
  const broker = replaceBroker(made);
  const acceptOver = gateTo(broker, journal);
  const upgrader = createUpgrader({
    protocols: { mqtt: acceptOver('mqtt-ws') },
    messageBytesMax: 2 * MESSAGE_BYTES_MAX,
  });
  const stops: (() => Promise<void> | void)[] = [() => broker.stop(), () => upgrader.stop()];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const mqtt = await bindFirstFree(choice(options.mqttPort, movable.mqtt, MQTT_FALLBACK_FROM), (port) =>
      startMqttServer({ tls, host: options.host, port, acceptClient: acceptOver('mqtt') }),
    );
    stops.push(() => mqtt.listener.stop());
    const https = await bindFirstFree(choice(options.httpsPort, movable.https, HTTPS_FALLBACK_FROM), (port) =>
      startHttpsServer({
        dps,
        tls,
        host: options.host,
        port,
        bodyWithoutContentType,
        routes: [
          (server) => addServiceRoutes(server, { serviceApi, bodyWithoutContentType }),
          (server) => addHubRoutes(server, { hubService }),
        ],
        upgrade: upgrader.handle,
        reportBug,
      }),
    );
    stops.push(() => https.listener.stop());
    return { endpoints: endpointsOf(options.host, mqtt.listener.port, https.listener.port), mqtt, https, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function choice(port: number, isMovable: boolean, fallbackFrom: number): PortChoice {
  return isMovable ? { port, fallbackFrom } : { port };
}

/** Devices on this machine dial `localhost`: the certificate names it, and SNI needs a name. */
function endpointsOf(host: string, mqttPort: number, httpsPort: number): Omit<Endpoints, 'control'> {
  const dialled = isLoopback(host) || host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return {
    mqtt: { host: dialled, port: mqttPort },
    https: { host: dialled, port: httpsPort },
    provisioningHost: `${dialled}:${mqttPort}`,
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
