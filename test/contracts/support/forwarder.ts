/** A port that leads to another one, as the port that a container maps leads into the container. */
import { connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Forwarder {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** How many have come so far. */
  connections(): number;
}

export async function forwarder(to: { readonly port: string | number }): Promise<Forwarder> {
  let connections = 0;
  const server = createServer((incoming) => {
    connections += 1;
    const outgoing = connect({ host: '127.0.0.1', port: Number(to.port) });
    incoming.pipe(outgoing).pipe(incoming);
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return { address: `127.0.0.1:${bound.port}`, connections: () => connections };
}
