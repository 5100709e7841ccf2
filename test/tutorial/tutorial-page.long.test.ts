/**
 * docs/tutorial.md: what its commands print is what stands there. The page is rewritten with today's outputs by
 * `UPDATE_TUTORIAL=1 npm run test:long -- tutorial-page`; read the difference before it is committed.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HOW_TO_INSTALL, installedFixture } from '../sdk-fixtures/install-fixture.ts';
import { type Chapter, chaptersOf } from './page/chapters.ts';
import { type Packages, playChapter } from './page/play-chapter.ts';

const PAGE = join(import.meta.dirname, '../../docs/tutorial.md');
const SERVICE_SDK = 'azure-iot-provisioning-service';

const isUpdate = Boolean(process.env.UPDATE_TUTORIAL);
const chapters = chaptersOf(readFileSync(PAGE, 'utf8'));
const playable = chapters.filter(({ parts }) => parts.some(({ kind }) => kind === 'console'));
const played = new Map<Chapter, string>();

afterAll(async () => {
  if (isUpdate) await writeFile(PAGE, chapters.map((chapter) => played.get(chapter) ?? chapter.text).join(''));
});

describe.concurrent('docs/tutorial.md', () => {
  it('has four chapters that are played', () => {
    const titles = playable.map(({ title }) => title);
    expect(titles).toEqual(['With the CLI', 'With the service SDK', 'With a config file', 'When it does not work']);
  });

  it.for(playable)('$title', async (chapter, context) => {
    const packages = packagesOf(chapter);
    if (packages === undefined) {
      console.warn(HOW_TO_INSTALL);
      context.skip(HOW_TO_INSTALL);
      return;
    }
    const text = await playChapter(chapter, packages);
    played.set(chapter, text);
    if (!isUpdate) expect(text).toBe(chapter.text);
  });
});

/** What the chapter tells its reader to install; `undefined` where it is not installed here. */
function packagesOf({ text }: Chapter): Packages | undefined {
  if (!text.includes(`from '${SERVICE_SDK}'`)) return {};
  const fixture = installedFixture('service');
  return fixture === undefined ? undefined : { [SERVICE_SDK]: join(fixture, 'node_modules', SERVICE_SDK) };
}
