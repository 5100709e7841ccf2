/** Which CAs a driver trusts, and the TLS options that follow; certificates are verified always. */
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** The public CAs are parsed anew for each context (about 10 ms), so one context serves all devices with the same CA. */
const contexts = new Map<string, SecureContext>();

export interface TrustOptions {
  readonly servername?: string;
  readonly secureContext?: SecureContext;
}

/** SNI and name check are the host's; an address takes no SNI. Without a CA, Node's own trust stands. */
export function trustOptions({ host, ca }: { readonly host: string; readonly ca?: string }): TrustOptions {
  return {
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { secureContext: contextFor(ca) }),
  };
}

function contextFor(ca: string): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  const context = createSecureContext({ ca: [...rootCertificates, ca] });
  contexts.set(ca, context);
  return context;
}
