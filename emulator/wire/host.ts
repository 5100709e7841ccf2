/** Host names and addresses that mean this machine, and how a URL spells them. */
import { isIP } from 'node:net';

/** Nobody beyond this machine reaches it. A name that only begins like an address is none. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Every address of this machine: to listen on, not to dial. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** The address as a URL names it: a wildcard is reached over loopback, and IPv6 stands in brackets. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIP(host) === 6 ? `[${host}]` : host;
}
