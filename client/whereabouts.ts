/** Where this machine reaches an emulator that may run elsewhere, and its CA where the file is here. */
import { readFile } from 'node:fs/promises';
import type { Endpoint, Endpoints } from '../emulator/wire/control-api.ts';
import type { ControlClient } from './control-client.ts';

export interface Whereabouts {
  /** By which names and ports devices here dial it. */
  readonly endpoints: Pick<Endpoints, 'mqtt' | 'https'>;
  readonly idScopes: readonly string[];
  /** Where the emulator runs. */
  readonly caPath: string;
  /** PEM; absent when the file is not on this machine. */
  readonly ca: string | undefined;
}

export async function whereaboutsOf(client: ControlClient): Promise<Whereabouts> {
  const { endpoints, idScopes, ca } = await client.ready();
  const reached = ({ host, port }: Endpoint): Endpoint => ({ host: dialledHost(host, client.url), port });
  return {
    endpoints: { mqtt: reached(endpoints.mqtt), https: reached(endpoints.https) },
    idScopes,
    caPath: ca.certificatePath,
    ca: await readFile(ca.certificatePath, 'utf8').catch(() => undefined),
  };
}

/** An emulator calls itself `localhost`; over a control API that is not local, its devices go where the commands go. */
function dialledHost(endpointHost: string, controlUrl: string): string {
  const { hostname } = new URL(controlUrl);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return endpointHost === 'localhost' && !isLocal ? hostname.replace(/^\[|\]$/g, '') : endpointHost;
}
