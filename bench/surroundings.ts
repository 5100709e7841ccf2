/** What every figure shares: an installation of the bench's own, with its CA and one certificate for both sides. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCa } from '../emulator/tls/ca.ts';
import { ensureLeaf } from '../emulator/tls/leaf.ts';
import { caDirectory } from '../emulator/wire/data-directory.ts';

export interface Surroundings {
  /** For every process of the bench: no option of the user's own emulator gets in. */
  readonly env: NodeJS.ProcessEnv;
  /** What clients trust. */
  readonly caPem: string;
  /** Certificate chain and key of the yardsticks, issued by the same CA and in the same way as the product's. */
  readonly certPath: string;
  readonly keyPath: string;
  remove(): Promise<void>;
}

export async function createSurroundings(): Promise<Surroundings> {
  const home = await mkdtemp(join(tmpdir(), 'dps-emulator-bench-'));
  const env = { ...withoutEmulatorOptions(process.env), DPS_EMULATOR_HOME: home };
  const ca = await ensureCa(caDirectory(env, process.platform, home));
  const leaf = await ensureLeaf(ca, []);
  const certPath = join(home, 'yardstick.pem');
  const keyPath = join(home, 'yardstick-key.pem');
  await writeFile(certPath, leaf.chainPem);
  await writeFile(keyPath, leaf.keyPem, { mode: 0o600 });
  return {
    env,
    caPem: ca.certificatePem,
    certPath,
    keyPath,
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

function withoutEmulatorOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('DPS_EMULATOR_')));
}
