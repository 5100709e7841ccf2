/** Binds a server to the port asked for or, where that is allowed, to the next free one. */

import { once } from 'node:events';
import { isIPv6, type Server } from 'node:net';

/** How many ports above a taken one are tried before giving up. */
const PORTS_TRIED_MAX = 100;

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Whether a taken port may be replaced by the next free one. */
  readonly fallback: boolean;
}

/**
 * @returns the port that was bound.
 * @throws the operating system's error (`EADDRINUSE`, `EACCES`, …) of the last port tried.
 */
export async function listen(server: Server, { host, port, fallback }: ListenOptions): Promise<number> {
  const lastPort = fallback && port !== 0 ? Math.min(port + PORTS_TRIED_MAX, 65_535) : port;
  for (let candidate = port; ; candidate += 1) {
    try {
      server.listen({ host, port: candidate });
      await once(server, 'listening');
      return boundPort(server);
    } catch (error) {
      if (!isAddressInUse(error) || candidate >= lastPort) throw error;
    }
  }
}

/** The host as it stands in a URL: brackets for IPv6, and an address to dial for "all interfaces". */
export function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}

function boundPort(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server is not bound to a TCP port');
  return address.port;
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
