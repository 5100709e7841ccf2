/** Before all tests: an engine, a base image, the images under test. After them: everything this run has started, by id. */
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type BaseImage, ensureBaseImage } from './engine/base-image.ts';
import type { Engine } from './engine/engine.ts';
import { findOrStartEngine } from './engine/find-engine.ts';
import { buildImages } from './support/build-images.ts';
import { works } from './support/run.ts';
import type { Subject } from './support/subject.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
/** Below node_modules, so that no checkout carries it. */
const CACHE = join(REPOSITORY, 'node_modules', '.cache', 'dps-emulator-docker');

type Undo = () => Promise<void>;

export default async function setup(project: TestProject): Promise<Undo> {
  const undo: Undo[] = [];
  const tearDown = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      // One step that fails must not keep the others from being taken.
      await step().catch((error: Error) => console.error(`test:docker: left behind: ${error.message}`));
    }
  };
  const skip = (why: string): Undo => {
    console.log(`test:docker: every test is skipped: ${why}`);
    project.provide('docker', { kind: 'none', why });
    return tearDown;
  };
  const search = await timed('engine', findOrStartEngine);
  if (search.kind === 'none') return skip(search.why);
  const { engine } = search;
  undo.push(() => engine.stop());
  console.log(`test:docker: engine ${engine.version}, ${engine.isOurs ? 'started for this run' : 'found'}`);
  try {
    const base = await timed('base image', () => baseImageOrWhyNot(engine));
    if (typeof base === 'string') return skip(`no base image: ${base}`);
    undo.push(() => base.remove());
    const subject = await buildSubject(engine, base, undo);
    project.provide('docker', { kind: 'ready', subject });
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

/** A fault of ours is no reason to skip. */
const BUGS: readonly ErrorConstructor[] = [TypeError, RangeError, ReferenceError, SyntaxError];

async function baseImageOrWhyNot(engine: Engine): Promise<BaseImage | string> {
  try {
    return await ensureBaseImage(engine, REPOSITORY, CACHE);
  } catch (error) {
    if (BUGS.some((kind) => error instanceof kind)) throw error;
    const [why = 'it cannot be made'] = (error instanceof Error ? error.message : String(error)).split('\n');
    return why;
  }
}

async function buildSubject(engine: Engine, base: BaseImage, undo: Undo[]): Promise<Subject> {
  const images = await timed('build of both images', () => buildImages(engine.host, REPOSITORY));
  undo.push(() => images.remove());
  return {
    engineHost: engine.host,
    repository: REPOSITORY,
    // In a container itself, Testcontainers looks for the engine outside; this one runs inside.
    publishedOn: engine.isOurs ? '127.0.0.1' : '',
    baseImage: base.name,
    image: images.image,
    deviceImage: images.deviceImage,
    compose: await composeCommand(),
  };
}

async function composeCommand(): Promise<readonly string[]> {
  if (await works('docker', ['compose', 'version'])) return ['docker', 'compose'];
  return (await works('docker-compose', ['version'])) ? ['docker-compose'] : [];
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  console.log(`test:docker: ${what} …`);
  const startMs = performance.now();
  const result = await work();
  console.log(`test:docker: ${what}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  return result;
}
