/** Where this emulator itself listens: no redirect of a webhook may lead there. */
import { lookup } from 'node:dns/promises';
import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface OwnPlaces {
  add(ports: readonly number[]): void;
  /** False for a URL that leads to a listener of this emulator, by whatever name or address. */
  isElsewhere(url: string): Promise<boolean>;
}

export function createOwnPlaces(): OwnPlaces {
  const ports = new Set<number>();
  return {
    add: (more) => {
      for (const port of more) ports.add(port);
    },
    isElsewhere: async (url) => {
      const { hostname, port, protocol } = new URL(url);
      if (!ports.has(port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port))) return true;
      // A name that does not resolve leads nowhere; the call will say so.
      const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
      const ours = ownAddresses();
      return !found.some(({ address, family }) => ours.check(address, family === 6 ? 'ipv6' : 'ipv4'));
    },
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** The loopback, this machine's interfaces, and the unspecified address, which reaches this machine too. */
function ownAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8);
  list.addAddress('0.0.0.0');
  list.addAddress('::1', 'ipv6');
  list.addAddress('::', 'ipv6');
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((all = []) => all)) {
    list.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return list;
}
