/** Knows a server's open sockets, so that stopping it ends them at once, even the ones that are in the middle of something. */

import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

export interface Connections {
  /** Closes the server and destroys every open socket. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** Must be called before the server listens. `closeAllConnections()` of node:http would miss unfinished TLS handshakes. */
export function trackConnections(server: Server): Connections {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  async function stopNow(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= stopNow();
      return stopping;
    },
  };
}
