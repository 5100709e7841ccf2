/** The name by which devices here reach an emulator that may run elsewhere. */

/** An emulator calls itself `localhost`; over a control API that is not local, its devices go where the commands go. */
export function dialledHost(endpointHost: string, controlUrl: string): string {
  const { hostname } = new URL(controlUrl);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return endpointHost === 'localhost' && !isLocal ? hostname.replace(/^\[|\]$/g, '') : endpointHost;
}
