/** The tutorial's function, served by `dps-emulator webhook`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');

export interface WebhookProgram {
  /** With its `?code=`. */
  readonly url: string;
  readonly log: () => readonly string[];
}

/** Stopped with the test. */
export async function startWebhook(args: readonly string[]): Promise<WebhookProgram> {
  const child = spawn(process.execPath, [MAIN, 'webhook', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, 'close');
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const found = /^HttpTrigger1: \[POST\] (\S+)$/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the webhook ended with ${code}`)));
  });
  return { url, log: () => lines };
}
