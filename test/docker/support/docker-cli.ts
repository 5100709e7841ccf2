/** The engine's own client, bound to the engine under test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, type RunOptions, run, runToEnd } from './run.ts';

export interface DockerCli {
  /** @returns stdout without the end of its last line; a failure is an Error */
  docker(...args: readonly string[]): Promise<string>;
  dockerToEnd(...args: readonly string[]): Promise<Ended>;
  /** Works with an engine on another machine too, unlike a mount. */
  copyText(container: string, path: string, text: string): Promise<void>;
}

const LIMIT_MS = 90_000;

export function dockerCli(host: string): DockerCli {
  const options: RunOptions = { env: { DOCKER_HOST: host }, timeoutMs: LIMIT_MS };
  const docker: DockerCli['docker'] = async (...args) => (await run('docker', args, options)).trimEnd();
  return {
    docker,
    dockerToEnd: (...args) => runToEnd('docker', args, options),
    async copyText(container, path, text) {
      const directory = await mkdtemp(join(tmpdir(), 'dps-copy-'));
      try {
        await writeFile(join(directory, 'file'), text);
        await docker('cp', join(directory, 'file'), `${container}:${path}`);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  };
}
