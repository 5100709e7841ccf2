/** Answers that break the connection or the protocol. */

import type { Exchange } from '../exchange.ts';

/** The beginning of a document that would be a good answer if it were complete. */
const BEGINNING_OF_BODY = '{"iotHubHostName":"contoso-';
const ANNOUNCED_BYTES = 200;

export function drop({ request }: Exchange): void {
  request.socket.destroy();
}

export function dropMidBody({ request, response }: Exchange): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': ANNOUNCED_BYTES,
  });
  // Only when the bytes are on their way, or the client would see a mere drop.
  response.write(BEGINNING_OF_BODY, () => request.socket.destroy());
}

export function answerGarbage({ request }: Exchange): void {
  request.socket.end(Buffer.from('\u0000\u0001 this is no HTTP \u00ff\r\n\r\n', 'latin1'));
}
