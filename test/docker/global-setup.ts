/** Before all tests: an engine, a base image, the images under test. After them: everything this run has started, by id. */
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureBaseImage } from './engine/base-image.ts';
import { findOrStartEngine } from './engine/find-engine.ts';
import { installFromDebian } from './engine/install.ts';
import { buildImages } from './support/build-images.ts';
import { works } from './support/run.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
/** Below node_modules, so that no checkout carries it. */
const CACHE = join(REPOSITORY, 'node_modules', '.cache', 'dps-emulator-docker');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const undo: (() => Promise<void>)[] = [];
  const tearDown = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      // One step that fails must not keep the others from being taken.
      await step().catch((error: Error) => console.error(`test:docker: left behind: ${error.message}`));
    }
  };
  const skip = (why: string) => {
    console.log(`test:docker: every test is skipped: ${why}`);
    project.provide('docker', { kind: 'none', why });
    return tearDown;
  };
  const search = await findOrStartEngine();
  if (search.kind === 'none') return skip(search.why);
  const { engine } = search;
  undo.push(() => engine.stop());
  try {
    const base = await timed('base image', () => ensureBaseImage(engine, REPOSITORY, CACHE)).catch(
      (error: Error) => error,
    );
    if (base instanceof Error) return skip(`no base image: ${base.message.split('\n')[0]}`);
    undo.push(() => base.remove());
    const images = await timed('build', () => buildImages(engine.host, REPOSITORY));
    undo.push(() => images.remove());
    console.log(`test:docker: engine ${engine.version}${engine.isOurs ? ', started for this run' : ''}`);
    project.provide('docker', {
      kind: 'ready',
      subject: {
        engineHost: engine.host,
        repository: REPOSITORY,
        // In a container itself, Testcontainers looks for the engine outside; this one runs inside.
        publishedOn: engine.isOurs ? '127.0.0.1' : '',
        baseImage: base.name,
        image: images.image,
        deviceImage: images.deviceImage,
        compose: await composeCommand(engine.isOurs),
      },
    });
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

async function composeCommand(mayInstall: boolean): Promise<readonly string[]> {
  if (await works('docker', ['compose', 'version'])) return ['docker', 'compose'];
  if (mayInstall) await installFromDebian({ 'docker-compose': 'docker-compose' });
  return (await works('docker-compose', ['version'])) ? ['docker-compose'] : [];
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await work();
  console.log(`test:docker: ${what} ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  return result;
}
