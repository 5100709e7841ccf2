/** A container engine as the tests hold it, and the question whether one answers. */
import { runToEnd } from '../support/run.ts';

export interface Engine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Started for this run alone: everything in it goes with it. */
  readonly isOurs: boolean;
  readonly version: string;
  stop(): Promise<void>;
}

/** `undefined` when no engine answers, or there is no client to ask with. */
export async function serverVersion(env: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const asked = runToEnd('docker', ['version', '--format', '{{.Server.Version}}'], { env });
  const { exitCode, stdout } = await asked.catch(() => ({ exitCode: -1, stdout: '' }));
  return exitCode === 0 ? stdout.trim() : undefined;
}
