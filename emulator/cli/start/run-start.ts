/** Runs an emulator as a command: composes it, tells where it is, shows what happens, and stops it within a second. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compose } from '../../compose.ts';
import type { OptionName } from '../../config.ts';
import { VERSION } from '../../control/version.ts';
import type { Emulator, EmulatorOptions } from '../../emulator.ts';
import { CliError, EXIT } from '../exit.ts';
import {
  claimReadyFile,
  type ReadyDocument,
  readReadyFile,
  removeOwnReadyFile,
  writeReadyFile,
} from '../ready-file.ts';
import { paint } from '../terminal.ts';
import { readyBlock } from './block.ts';
import { readConfigFile } from './config-file.ts';
import { gatherOptions } from './gather-options.ts';
import { liveOutput } from './live-output.ts';
import { explainStartError } from './start-fault.ts';
import { stopSignal } from './stop-signal.ts';

export interface StartRequest {
  readonly flags: ReadonlyMap<OptionName, string>;
  readonly config?: string | undefined;
  readonly readyFile?: string | undefined;
  readonly isEmpty: boolean;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
}

export async function runStart(request: StartRequest): Promise<void> {
  const stopping = stopSignal();
  const output = liveOutput({ isJson: request.isJson, isQuiet: request.isQuiet, paint });
  const readyFile = readyFilePath(request.readyFile);
  const { options, isDemo, labels, notes } = await planStart(request);
  const emulator = await compose({ ...options, webhookLog: output.webhookLog }, 'command').catch((error: unknown) => {
    throw explainStartError(error, options, labels);
  });
  emulator.journal.subscribe(output.event);
  const ready = await readyDocument(emulator);
  const holder = await publish(ready, readyFile);
  const notices = [...emulator.notices, ...notes, ...(holder ? [secondNotice(holder, ready)] : [])];
  const block = { emulator, ready, isDemo, isSecond: holder !== undefined, notices };
  output.ready(ready, notices, await readyBlock(block, paint));
  await stopping;
  await stop(emulator);
}

interface Plan {
  readonly options: EmulatorOptions;
  readonly labels: ReadonlyMap<OptionName, string>;
  readonly isDemo: boolean;
  readonly notes: string[];
}

async function planStart({ flags, config, isEmpty }: StartRequest): Promise<Plan> {
  const file = config === undefined ? undefined : await readConfigFile(config);
  if (isEmpty && file?.setUp !== undefined) {
    throw new CliError('usage', `--empty: ${file.path} holds a set-up; give one or the other`);
  }
  const { given, labels } = gatherOptions({ flags, env: process.env, file });
  checkWebhookUrl(given.webhook, labels);
  const setUp = isEmpty ? 'empty' : file?.setUp;
  const notes: string[] = [];
  if (setUp !== undefined && given.webhook !== undefined) {
    const fault = `${labels.get('webhook')}: only the demo's group calls it; a set-up of your own names its webhooks itself`;
    if (flags.has('webhook')) throw new CliError('usage', fault);
    notes.push(`${fault}.`);
  }
  return {
    options: { ...given, ...(setUp !== undefined && { setUp }), ...(file && { setUpSource: file.path }) },
    labels,
    isDemo: setUp === undefined,
    notes,
  };
}

/** Found out at start, not at the first registration. */
function checkWebhookUrl(webhook: string | undefined, labels: ReadonlyMap<OptionName, string>): void {
  if (webhook === undefined) return;
  const protocol = URL.canParse(webhook) ? new URL(webhook).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new CliError('usage', `${labels.get('webhook')}: must be an http or https URL (is "${webhook}")`);
}

async function readyDocument(emulator: Emulator): Promise<ReadyDocument> {
  const { control, ...endpoints } = emulator.endpoints;
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    control,
    endpoints,
    idScopes: await emulator.idScopes(),
    caPath: emulator.ca.certificatePath,
  };
}

/** @returns the living emulator that commands go on talking to, if there is one */
async function publish(ready: ReadyDocument, extra: string | undefined): Promise<ReadyDocument | undefined> {
  const { path, holder } = await claimReadyFile(ready);
  process.once('exit', () => removeOwnReadyFile(path));
  if (extra !== undefined) {
    writeReadyFile(extra, ready);
    process.once('exit', () => removeOwnReadyFile(extra));
  }
  return holder;
}

function secondNotice(holder: ReadyDocument, ready: ReadyDocument): string {
  return `Another emulator of yours runs (pid ${holder.pid}, ${holder.control}): commands talk to that one unless --emulator ${ready.control} is given.`;
}

/** Somebody's file is not replaced by a slip of the keyboard; an empty one, as mktemp makes it, is. */
function readyFilePath(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const path = resolve(given);
  const isForeign = existsSync(path) && readReadyFile(path) === undefined && readFileSync(path).length > 0;
  if (isForeign) throw new CliError('usage', `--ready-file: ${given} exists and is not a ready file`);
  return path;
}

/** A webhook that hangs, or a device that does not read, must not keep a person waiting. */
const STOP_LIMIT_MS = 900;

async function stop(emulator: Emulator): Promise<void> {
  const limit = setTimeout(() => process.exit(EXIT.ok), STOP_LIMIT_MS);
  await emulator.stop();
  clearTimeout(limit);
  // Fires only when something else still keeps the process: the command is done all the same.
  setTimeout(() => process.exit(EXIT.ok), STOP_LIMIT_MS / 10).unref();
}
