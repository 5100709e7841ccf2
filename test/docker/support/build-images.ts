/** Builds the images under test, under names of their own, as the README says. */
import { dockerCli } from './docker-cli.ts';
import { type Ended, runToEnd } from './run.ts';

const LIMIT_MS = 240_000;

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
  const { docker, dockerToEnd } = dockerCli(host);
  const before = new Set((await docker('image', 'ls', '--all', '--quiet')).split('\n'));
  // The classic builder, wherever there is a choice: what it understands, BuildKit does too.
  const options = { cwd: repository, env: { DOCKER_HOST: host, DOCKER_BUILDKIT: '0' }, timeoutMs: LIMIT_MS };
  const build = (tag: string, context: string): Promise<Ended> =>
    runToEnd('docker', ['build', '--network', 'host', '--force-rm', '--tag', tag, context], options);
  // Both to their end, whatever becomes of the other: only what has ended can be removed.
  const builds = await Promise.allSettled([build(image, '.'), build(deviceImage, 'docker/device')]);
  const layers = builds.flatMap((one) => (one.status === 'fulfilled' ? layersIn(one.value.stdout) : []));
  const remove = async (): Promise<void> => {
    for (const tag of [image, deviceImage]) await dockerToEnd('image', 'rm', tag);
    // A layer goes together with the last image that stands on it, so most of these are gone already.
    for (const id of layers.filter((one) => !before.has(one)).reverse()) await dockerToEnd('image', 'rm', id);
    const left = await docker('image', 'ls', '--quiet', '--filter', `reference=*:test-${process.pid}`);
    if (left !== '') throw new Error(`images that are still in use: ${left.split('\n').join(', ')}`);
  };
  const faults = builds.flatMap((one, index) => faultOf(index === 0 ? image : deviceImage, one));
  if (faults.length === 0) return { image, deviceImage, remove };
  await remove();
  throw new Error(faults.join('\n'));
}

function faultOf(name: string, build: PromiseSettledResult<Ended>): readonly string[] {
  if (build.status === 'rejected') return [String(build.reason)];
  const { exitCode, stdout, stderr } = build.value;
  if (exitCode === 0) return [];
  const end = `${stdout}${stderr}`.trimEnd().split('\n').slice(-15).join('\n');
  return [`docker build of ${name} ended with ${exitCode}\n${end}`];
}

function layersIn(output: string): readonly string[] {
  return [...output.matchAll(/^ ---> ([0-9a-f]{12})$/gm)].map(([, id = '']) => id);
}
