/** Writes a file so that a reader sees the old text or the new one, never half of either. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

export async function replaceFile(path: string, text: string, options: { readonly mode: number }): Promise<void> {
  const temporary = `${path}.new-${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode: options.mode, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
