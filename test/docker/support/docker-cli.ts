/** The engine's own client, bound to the engine under test. */
import { type Ended, type RunOptions, run, runToEnd } from './run.ts';

export interface DockerCli {
  /** @returns stdout without the line's end; a failure is an Error */
  docker(...args: readonly string[]): Promise<string>;
  dockerToEnd(...args: readonly string[]): Promise<Ended>;
}

const LIMIT_MS = 60_000;

export function dockerCli(host: string): DockerCli {
  const options: RunOptions = { env: { DOCKER_HOST: host }, timeoutMs: LIMIT_MS };
  return {
    docker: async (...args) => (await run('docker', args, options)).trim(),
    dockerToEnd: (...args) => runToEnd('docker', args, options),
  };
}
