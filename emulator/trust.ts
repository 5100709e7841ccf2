/** The installation's CA and the server's certificate, and whom the webhook client trusts. */
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { type EffectiveOptions, OptionError } from './config.ts';
import { ensureCa } from './tls/ca.ts';
import { ensureLeaf, issueRsaLeaf, keptRsaLeaf } from './tls/leaf.ts';
import { createSecurity, type Security, type SecurityOptions } from './tls/secure-listener.ts';
import { tlsServerOptions } from './tls/server-options.ts';
import { caDirectory, type Environment } from './wire/data-directory.ts';
import { shown } from './wire/fault.ts';
import { isWildcard } from './wire/host.ts';
import { maskLikelyKeys } from './wire/mask.ts';

export interface Trust {
  readonly ca: { readonly certificatePath: string; readonly certificatePem: string };
  /** What the user should know of the files, a sentence each; grows as they are read. */
  readonly warnings: readonly string[];
  /** @param names that the server's certificate must cover besides the standard ones */
  secure(
    names: readonly string[],
    told: Pick<SecurityOptions, 'journal' | 'connections'> & {
      readonly reportBug: (error: unknown, where: string) => void;
    },
  ): Promise<Security>;
}

export interface Surroundings {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

export async function readTrust(options: EffectiveOptions, { env, platform, home }: Surroundings): Promise<Trust> {
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
  };
  const ca = await ensureCa(options.ca ?? caDirectory(env, platform, home), { warn });
  // An address to listen on that is no wildcard is one that devices dial.
  const addresses = [options.host].filter((host) => !isWildcard(host));
  return {
    ca: { certificatePath: ca.certificatePath, certificatePem: ca.certificatePem },
    warnings,
    secure: async (hubNames, { journal, connections, reportBug }) => {
      const names = [...addresses, ...hubNames, ...options.hostNames];
      const [leaf, rsaLeaf] = await Promise.all([ensureLeaf(ca, names, { warn }), keptRsaLeaf(ca, names, { warn })]);
      const shown = { leaf, offer: options.tls };
      const withRsa = async () => {
        try {
          return tlsServerOptions({ ...shown, rsaLeaf: await issueRsaLeaf(ca, names, { warn }) });
        } catch (error) {
          // Whoever waits for it is refused by his handshake, and the others go on.
          reportBug(error, 'making the RSA certificate');
          return tlsServerOptions(shown);
        }
      };
      return createSecurity({
        options: tlsServerOptions({ ...shown, rsaLeaf }),
        withRsa: rsaLeaf === undefined ? withRsa : undefined,
        journal,
        connections,
        caPath: ca.certificatePath,
      });
    },
  };
}

/** A `ca` replaces the built-in roots, so they are named again. Read at each call: an https webhook is rare. */
export async function trustedByWebhookClient(
  ca: Trust['ca'],
  webhookCa: string | undefined,
): Promise<readonly string[]> {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  const files = [webhookCa, extra === ca.certificatePath ? undefined : extra];
  const texts = await Promise.all(
    files.map((file) => (file === undefined ? '' : readFile(file, 'utf8').catch(() => ''))),
  );
  return [...tls.rootCertificates, ca.certificatePem, ...texts.filter((text) => text !== '')];
}

/** A file that the user named must be there; found out at start, not at the first webhook call. */
export async function checkWebhookCa(options: EffectiveOptions): Promise<void> {
  if (options.webhookCa === undefined) return;
  const text = await readFile(options.webhookCa, 'utf8').catch((error: Error) => {
    throw new OptionError(`webhookCa: cannot be read: ${maskLikelyKeys(error.message)}`);
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new OptionError(`webhookCa: must be a PEM file with a certificate (is ${shown(options.webhookCa)})`);
  }
}
