/** Builds the images under test, under names of their own, as the README says. */
import { dockerCli } from './docker-cli.ts';
import { run, runToEnd } from './run.ts';

const LIMIT_MS = 300_000;

export interface BuiltImages {
  readonly image: string;
  readonly deviceImage: string;
  /** Removes what was built, layers that serve as a cache included; what was there before stays. */
  remove(): Promise<void>;
}

/** Throws with the end of the build's output: an image that does not build is a failure, not a skip. */
export async function buildImages(host: string, repository: string): Promise<BuiltImages> {
  const image = `dps-emulator:test-${process.pid}`;
  const deviceImage = `dps-emulator-device:test-${process.pid}`;
  const { docker } = dockerCli(host);
  const before = new Set((await docker('image', 'ls', '--all', '--quiet')).split('\n'));
  // The classic builder, wherever there is a choice: what it understands, BuildKit does too.
  const options = { cwd: repository, env: { DOCKER_HOST: host, DOCKER_BUILDKIT: '0' }, timeoutMs: LIMIT_MS };
  const build = async (tag: string, context: string): Promise<readonly string[]> =>
    layersIn(await run('docker', ['build', '--network', 'host', '--force-rm', '--tag', tag, context], options));
  const layers = (await Promise.all([build(image, '.'), build(deviceImage, 'docker/device')])).flat();
  return {
    image,
    deviceImage,
    async remove() {
      await docker('image', 'rm', image, deviceImage);
      // A layer goes together with the last image that stands on it, so most of these are gone already.
      for (const id of layers.filter((one) => !before.has(one)).reverse()) {
        await runToEnd('docker', ['image', 'rm', id], options);
      }
    },
  };
}

function layersIn(output: string): readonly string[] {
  return [...output.matchAll(/^ ---> ([0-9a-f]{12})$/gm)].map(([, id = '']) => id);
}
