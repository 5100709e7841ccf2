/** Containers of one test: started, waited for, and removed by their id when the test ends, whatever became of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { dockerCli } from './docker-cli.ts';
import type { Ended } from './run.ts';
import { subject } from './subject.ts';

export interface ContainerOptions {
  /** Flags of `docker create`. */
  readonly flags?: readonly string[] | undefined;
  /** What follows the image: arguments of `dps-emulator`. */
  readonly args?: readonly string[] | undefined;
  /** Files put into the container before it starts: text by absolute path. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Default: the emulator's. */
  readonly image?: string | undefined;
}

export interface Container {
  readonly id: string;
  /** Resolves as soon as the health check says so; rejects when the container ends instead. */
  untilHealthy(): Promise<void>;
  exec(...command: readonly string[]): Promise<string>;
  logs(): Promise<Ended>;
  /** `docker inspect --format` */
  inspect(format: string): Promise<string>;
}

const HEALTHY_LIMIT_MS = 60_000;
/** Between two looks at the health that the engine has found. */
const LOOK_EVERY_MS = 50;

export async function startContainer(options: ContainerOptions = {}): Promise<Container> {
  const { docker, dockerToEnd } = dockerCli(subject().engineHost);
  const id = await createContainer(options);
  await docker('start', id);
  const inspect = (format: string): Promise<string> => docker('inspect', '--format', format, id);
  return {
    id,
    inspect,
    exec: (...command) => docker('exec', id, ...command),
    logs: () => dockerToEnd('logs', id),
    async untilHealthy() {
      const deadlineMs = performance.now() + HEALTHY_LIMIT_MS;
      for (;;) {
        const [state, health] = (await inspect('{{.State.Status}} {{.State.Health.Status}}')).split(' ');
        if (health === 'healthy') return;
        if (state === 'exited' || performance.now() > deadlineMs) {
          throw new Error(`the container is ${state}, ${health}: ${(await dockerToEnd('logs', id)).stderr}`);
        }
        await delay(LOOK_EVERY_MS);
      }
    },
  };
}

/** Runs a container in the foreground until it ends by itself. */
export async function runContainer(options: ContainerOptions): Promise<Ended> {
  const id = await createContainer(options);
  return dockerCli(subject().engineHost).dockerToEnd('start', '--attach', id);
}

async function createContainer({ flags = [], args = [], files = {}, image }: ContainerOptions): Promise<string> {
  const { engineHost, image: emulatorImage } = subject();
  const { docker, dockerToEnd, copyText } = dockerCli(engineHost);
  const id = await docker('create', '--health-interval=1s', ...flags, image ?? emulatorImage, ...args);
  onTestFinished(async () => void (await dockerToEnd('rm', '--force', '--volumes', id)));
  for (const [path, text] of Object.entries(files)) await copyText(id, path, text);
  return id;
}

/** A named volume, gone with the test. */
export async function newVolume(): Promise<string> {
  const { docker, dockerToEnd } = dockerCli(subject().engineHost);
  const name = await docker('volume', 'create');
  // Finishers run last to first: the containers that use it are gone before.
  onTestFinished(async () => void (await dockerToEnd('volume', 'rm', '--force', name)));
  return name;
}
