/** Writes replies: with the headers of the real service, whichever API answers, or on the bare socket. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Reply } from '../core/dps/device-call.ts';
import { type Asked, noteRefusal } from './refusals.ts';

/** What of a reply goes over the wire, of whichever API it is. */
export interface Sendable extends Pick<Reply, 'status' | 'text' | 'requestId' | 'errorCode' | 'retryAfterSeconds'> {
  /** A hub's refusal has a name, the service's a code. */
  readonly errorName?: string;
  readonly paging?: { readonly itemType: string; readonly maxItemCount?: number; readonly continuation?: string };
}

/** Writes a reply with the headers of the real service. [dps-device-protocol §2, dps-service-behaviour §4.2, §10.2] */
export function send(response: FastifyReply, reply: Sendable): FastifyReply {
  const { errorCode, errorName, retryAfterSeconds, paging } = reply;
  const { raw, method, url } = response.request;
  noteRefusal(reply, { socket: raw.socket, method, url });
  response.code(reply.status).header('x-ms-request-id', reply.requestId);
  if (errorCode !== undefined) response.header('x-ms-error-code', String(errorCode));
  if (errorName !== undefined) response.header('iothub-errorcode', errorName);
  if (retryAfterSeconds !== undefined) response.header('Retry-After', String(retryAfterSeconds));
  if (paging !== undefined) {
    response.header('x-ms-item-type', paging.itemType);
    if (paging.maxItemCount !== undefined) response.header('x-ms-max-item-count', String(paging.maxItemCount));
    if (paging.continuation !== undefined) response.header('x-ms-continuation', paging.continuation);
  }
  if (reply.status === 204) return response.send();
  if (isServiceName(response.request.hostname)) {
    response.header('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  }
  return response.header('Content-Type', 'application/json; charset=utf-8').send(reply.text);
}

/** For `localhost` the header would make a browser refuse every plain-HTTP page of that machine for a year. */
function isServiceName(hostname: string): boolean {
  return hostname.toLowerCase().endsWith('.azure-devices-provisioning.net');
}

/**
 * Writes the reply in the service's shape and closes the connection, whether the client hangs up or not: for the few answers
 * that go out on the bare socket, because HTTP was not understood or was to be left.
 */
export function answerAndClose(socket: Duplex, reply: Reply, asked: Omit<Asked, 'socket'> = {}): void {
  noteRefusal(reply, { socket: socket as Socket, ...asked });
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
