/** The target that a word names: `in-process`, the control URL of an emulator that runs, or `azure:FILE`. */
import { randomBytes } from 'node:crypto';
import { createControlClient } from '../../client/control-client.ts';
import type { Address } from '../../emulator/wire/address.ts';
import { azureTarget } from './azure.ts';
import { readAzureFile } from './azure-file.ts';
import { inProcessTarget } from './in-process.ts';
import { isPrefix, PREFIX_RULE } from './names.ts';
import { RunError } from './run-error.ts';
import { runningTarget } from './running.ts';
import type { Target } from './target.ts';

export interface TargetChoice {
  readonly target: string;
  /** Default: a random one. */
  readonly prefix?: string | undefined;
  /** Where the webhooks of cases are served. */
  readonly webhookListen?: Address | undefined;
  /** How a running emulator reaches that place, when not by its address. */
  readonly webhookPublicUrl?: string | undefined;
  /** Where devices reach a running emulator, when not where it says. */
  readonly mqtt?: Address | undefined;
  readonly https?: Address | undefined;
}

export const TARGET_HELP = 'in-process, the control URL of a running emulator, or azure:FILE';

/** The file of `azure` alone. */
const AZURE_FILE = 'azure.yaml';

/** @throws {RunError} when the word names no target, or its file is wrong */
export async function openTarget(choice: TargetChoice): Promise<Target> {
  const { target, prefix = `ct-${randomBytes(3).toString('hex')}`, webhookListen, ...rest } = choice;
  if (!isPrefix(prefix)) throw new RunError(`--prefix ${PREFIX_RULE} (is "${prefix}")`);
  if (target === 'in-process') return inProcessTarget();
  const [, file = AZURE_FILE] = /^azure(?::(.+))?$/.exec(target) ?? [];
  if (/^azure(:.+)?$/.test(target)) return azureTarget({ file: await readAzureFile(file), prefix, webhookListen });
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol)) {
    throw new RunError(`"${target}" is no target; a target is ${TARGET_HELP}`);
  }
  const { webhookPublicUrl: publicUrl, mqtt, https } = rest;
  const client = createControlClient({ url: target.replace(/\/+$/, ''), source: '--target' });
  const place = webhookListen ?? { host: '127.0.0.1', port: 0 };
  return runningTarget({ client, prefix, mqtt, https, webhookPlace: { ...place, publicUrl } });
}
