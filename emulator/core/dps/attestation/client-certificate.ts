/** The certificate that a client has shown, read off its TLS socket without this file knowing sockets. */

interface MayHaveCertificate {
  readonly getPeerCertificate?: () => { readonly subject?: { readonly CN?: string | string[] } } | null;
}

/** The common name of the client's certificate; `undefined` when it showed none. */
export function clientCertificateSubject(socket: object): string | undefined {
  const certificate = (socket as MayHaveCertificate).getPeerCertificate?.();
  const name = certificate?.subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}
