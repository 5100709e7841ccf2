/** Keeps web pages out: a name that was rebound to this address gives itself away by `Host`, another page by `Origin`. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../wire/host.ts';
import { ControlError } from './errors.ts';

export interface GuardOptions {
  /** The address or name that the control API listens on. */
  readonly host: string;
  /** Further names by which the user said this emulator is reached. */
  readonly hostNames: readonly string[];
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];
const HOST_HEADER = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::\d{1,5})?$/;
const SHOWN_LENGTH_MAX = 100;

/** Throws `foreign-host` or `foreign-origin`; any port passes, since a port may be forwarded. */
export function createGuard({ host, hostNames }: GuardOptions): (headers: IncomingHttpHeaders) => void {
  const isLocal = isLoopback(host);
  const names = new Set([...LOOPBACK_NAMES, host, ...(isLocal ? [] : hostNames)].map((name) => name.toLowerCase()));
  // An address cannot be rebound, only a name can.
  const isAllowed = (name: string): boolean => names.has(name) || (!isLocal && isIP(name) !== 0);

  return (headers) => {
    const asked = headers.host?.toLowerCase() ?? '';
    const [, address, name] = HOST_HEADER.exec(asked) ?? [];
    const target = address ?? name;
    if (target === undefined || !isAllowed(target)) {
      const others = isLocal ? '' : ', an IP address or a name given with --host-name';
      throw new ControlError(
        'foreign-host',
        `The Host header "${asked.slice(0, SHOWN_LENGTH_MAX)}" is refused: call this emulator as ${[...names].join(', ')}${others}.`,
      );
    }
    const { origin } = headers;
    if (origin === undefined || origin.toLowerCase() === `http://${asked}`) return;
    throw new ControlError(
      'foreign-origin',
      `The Origin "${origin.slice(0, SHOWN_LENGTH_MAX)}" is refused: pages of other origins may not use the control API.`,
    );
  };
}
