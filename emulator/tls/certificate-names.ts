/** The names a server certificate answers to: checked, spelled one way, each once. */
import { isIPv4, isIPv6 } from 'node:net';

export interface CertificateName {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

/**
 * Names every emulator has: this machine, every DPS (`global.` included) and every hub.
 * Official SDKs verify the host they dial, so a redirected real host name must be covered too. [dps-device-protocol §8]
 */
export const STANDARD_NAMES: readonly string[] = [
  'localhost',
  '127.0.0.1',
  '::1',
  '*.azure-devices-provisioning.net',
  '*.azure-devices.net',
];

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const DOMAIN_LENGTH_MAX = 253;

/** The standard names and `extra`, sorted. Throws an Error that lists every entry that is no host name or IP address. */
export function certificateNames(extra: readonly string[]): readonly CertificateName[] {
  const names = new Map<string, CertificateName>();
  const refused: string[] = [];
  for (const text of [...STANDARD_NAMES, ...extra]) {
    const name = parse(text);
    if (name === undefined) refused.push(text);
    else names.set(name.value, name);
  }
  if (refused.length > 0) {
    const list = refused.map((text) => JSON.stringify(text)).join(', ');
    throw new Error(
      `A server certificate cannot be issued for ${list}: give host names or IP addresses, without scheme, port or path.`,
    );
  }
  return [...names.values()]
    .filter((name) => !isCoveredByWildcard(name, names))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

function parse(text: string): CertificateName | undefined {
  if (isIPv4(text)) return { type: 'ip', value: text };
  // A zone (fe80::1%eth0) means something on one machine only and has no place in a certificate.
  if (isIPv6(text)) return text.includes('%') ? undefined : { type: 'ip', value: shortestIpv6(text) };
  // A final dot only says "absolute"; clients drop it before they compare.
  const value = text.toLowerCase().replace(/\.$/, '');
  return isDomain(value) ? { type: 'dns', value } : undefined;
}

/** The URL parser writes every spelling of an address the same, shortest way. */
function shortestIpv6(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

function isDomain(value: string): boolean {
  if (value.length > DOMAIN_LENGTH_MAX) return false;
  const wildcard = value.startsWith('*.');
  const labels = (wildcard ? value.slice(2) : value).split('.');
  // Clients ignore a wildcard directly below a top-level domain; digits at the end are a mistyped IPv4 address.
  if (wildcard && labels.length < 2) return false;
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

/**
 * A wildcard stands for exactly one label, so `a.b.azure-devices.net` stays, and `a.azure-devices.net` goes: without it,
 * every set-up with ordinary hub names shares one cached certificate.
 */
function isCoveredByWildcard(name: CertificateName, names: ReadonlyMap<string, CertificateName>): boolean {
  if (name.type === 'ip' || name.value.startsWith('*.')) return false;
  const dot = name.value.indexOf('.');
  return dot > 0 && names.has(`*${name.value.slice(dot)}`);
}
