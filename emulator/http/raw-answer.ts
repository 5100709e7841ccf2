/** The few answers that go out on the bare socket, because HTTP was not understood or was to be left. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reply } from '../core/dps/device-call.ts';

/** Writes the reply in the service's shape and closes the connection, whether the client hangs up or not. */
export function answerAndClose(socket: Duplex, reply: Reply): void {
  const head = [
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(reply.text)}`,
    `x-ms-request-id: ${reply.requestId}`,
    `x-ms-error-code: ${reply.errorCode ?? ''}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${reply.text}`, () => socket.destroy());
}
