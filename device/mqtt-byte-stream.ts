/** Opens the verified byte stream that MQTT runs on: TLS, or a WebSocket over TLS. */
import { addAbortSignal, type Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import { TRANSPORTS } from '../emulator/wire/transports.ts';
import { DEFAULT_TIMEOUT_MS, type DeviceOptions } from './device.ts';
import { connectFailure, timeoutFailure } from './device-failure.ts';
import { trustOptions } from './trust.ts';

/** The path and subprotocol of Node, C and Python. [dps-device-protocol §1.1] */
const WEBSOCKET_PATH = '/$iothub/websocket';
const SUBPROTOCOL = 'mqtt';

type ConnectOptions = Pick<DeviceOptions, 'host' | 'port' | 'ca' | 'timeoutMs' | 'signal' | 'transport'>;

/** Resolves once the server's certificate has been verified (and the upgrade answered), so that no token leaves earlier. */
export async function openMqttBytes(options: ConnectOptions): Promise<Duplex> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const opening = TRANSPORTS[options.transport].isOverWebSocket ? openWebSocket(options) : openTls(options);
  const stream = options.signal === undefined ? opening.stream : addAbortSignal(options.signal, opening.stream);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // First the verdict: a WebSocket that is destroyed while it opens comes up with an error of its own.
      reject(timeoutFailure(`connection to ${options.host}:${options.port}`, timeoutMs, 'not-connected'));
      stream.destroy();
    }, timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      reject(connectFailure(error, options));
    };
    // It stays: an error between here and the reader of the stream must not be an unhandled one.
    stream.on('error', onError);
    opening.whenOpen(() => {
      clearTimeout(timer);
      resolve(stream);
    });
  });
}

interface Opening {
  readonly stream: Duplex;
  readonly whenOpen: (then: () => void) => void;
}

function openTls(options: ConnectOptions): Opening {
  const socket = connect({ host: options.host, port: options.port, ...trustOptions(options) });
  socket.setNoDelay(true);
  return { stream: socket, whenOpen: (then) => socket.once('secureConnect', then) };
}

function openWebSocket(options: ConnectOptions): Opening {
  const url = `wss://${options.host}:${options.port}${WEBSOCKET_PATH}`;
  const webSocket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, ...trustOptions(options) });
  return { stream: createWebSocketStream(webSocket), whenOpen: (then) => webSocket.once('open', then) };
}
