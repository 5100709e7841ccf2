/** Finds the engine that answers, or installs and starts one for the test alone, or says why there is none. */
import { existsSync } from 'node:fs';
import { run, works } from '../support/run.ts';
import { type Engine, serverVersion } from './engine.ts';
import { installFromDebian } from './install.ts';
import { startEngine } from './start-engine.ts';

export type EngineSearch =
  | { readonly kind: 'found'; readonly engine: Engine }
  | { readonly kind: 'none'; readonly why: string };

export async function findOrStartEngine(): Promise<EngineSearch> {
  const version = await serverVersion();
  if (version !== undefined) {
    return { kind: 'found', engine: { host: await hostInUse(), isOurs: false, version, stop: async () => undefined } };
  }
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    return { kind: 'none', why: 'no container engine answers, and only root on Debian can install and start one' };
  }
  try {
    await installFromDebian(await neededPackages());
    return { kind: 'found', engine: await startEngine() };
  } catch (error) {
    const [first, ...rest] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { kind: 'none', why: [first, rest.at(-1)].filter((line) => line).join(': ') };
  }
}

/** All at once, for the base image and compose as well; `ip` takes the engine's bridge away. */
async function neededPackages(): Promise<Readonly<Record<string, string>>> {
  const engine = { dockerd: 'docker.io', docker: 'docker.io', ip: 'iproute2', debootstrap: 'debootstrap' };
  return (await works('docker', ['compose', 'version'])) ? engine : { ...engine, 'docker-compose': 'docker-compose' };
}

/** What the client talks to, said outright for those that know no contexts. */
async function hostInUse(): Promise<string> {
  const asked = run('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  return process.env.DOCKER_HOST || (await asked).trim();
}
