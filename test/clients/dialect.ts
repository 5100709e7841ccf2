/** How a client in the field writes its requests: literally, in its own spelling, whatever an SDK would do. */
import type { QoS } from 'mqtt-packet';

/** What a client knows of its device. */
export interface FieldDevice {
  readonly host: string;
  readonly idScope: string;
  readonly registrationId: string;
  /** `se`, Unix seconds. */
  readonly expiry: number;
  /** Base64 of the HMAC over this text: the device's key is the test's. */
  readonly sign: (text: string) => string;
}

interface Message {
  readonly topic: string;
  readonly body: string;
}

export type Dialect = {
  /** Whose client it is, and where it was read. */
  readonly whose: string;
  /** What it is answered by default; then the switch with which it is served. */
  readonly refused?: { readonly errorCode: number; readonly until: Readonly<Record<string, string>> };
  /** What the journal notes of it, when it is served. */
  readonly noted?: RegExp;
  /** The custom data that the webhook has to get. */
  readonly payload?: unknown;
} & (
  | {
      readonly over: 'mqtt';
      readonly connect: (device: FieldDevice) => {
        readonly username: string;
        readonly password: string;
        readonly keepalive: number;
        readonly clean: boolean;
      };
      readonly qos: QoS;
      readonly register: (device: FieldDevice) => Message;
      readonly poll: (operationId: string) => Message;
    }
  | {
      readonly over: 'https';
      /** The bytes of the request, line by line as they go out. */
      readonly register: (device: FieldDevice) => string;
      readonly poll: (device: FieldDevice, operationId: string) => string;
    }
);

/** A request in HTTP/1.1, its lines as given, with the length of its body. */
export function http(lines: readonly string[], body = ''): string {
  return `${[...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
}
