/** Runs an emulator as a command: composes it, tells where it is, shows what happens, and stops it within a second. */

import { claimReadyFile, type ReadyDocument, removeOwnReadyFile, writeReadyFile } from '../../client/ready-file.ts';
import type { Emulator } from '../../emulator/index.ts';
import { startAsCommand } from '../../emulator/service-door.ts';

import { EXIT } from '../exit.ts';
import { io } from '../io.ts';
import { paint } from '../terminal.ts';
import { readyBlock } from './block.ts';
import { liveOutput } from './live-output.ts';
import { type OptionFlags, planStart, type StartFlags } from './plan-start.ts';
import { readyDocument, readyFilePath } from './ready-document.ts';
import { explainStartError } from './start-fault.ts';
import { stopSignal } from './stop-signal.ts';

export interface StartRequest extends StartFlags {
  readonly json?: true;
  readonly quiet?: true;
}

export async function runStart(request: StartRequest, flags: OptionFlags): Promise<void> {
  const stopping = stopSignal();
  const output = liveOutput({ isJson: request.json === true, isQuiet: request.quiet === true, paint });
  const readyFile = readyFilePath(request.readyFile);
  const { options, isDemo, labels, notes } = await planStart(request, flags);
  const emulator = await startAsCommand({ ...options, webhookLog: output.webhookLog }).catch((error: unknown) => {
    throw explainStartError(error, options, labels);
  });
  emulator.journal.subscribe(output.event);
  const ready = await readyDocument(emulator);
  const holder = await publish(ready, readyFile).catch(async (error: unknown) => {
    await emulator.stop();
    throw error;
  });
  const notices = [...emulator.notices, ...notes, ...(holder ? [secondNotice(holder, ready)] : [])];
  const block = { emulator, ready, isDemo, isSecond: holder !== undefined, notices };
  output.ready(ready, notices, await readyBlock(block, paint));
  await stopping;
  await stop(emulator);
}

/** @returns the living emulator that commands go on talking to, if there is one */
async function publish(ready: ReadyDocument, extra: string | undefined): Promise<ReadyDocument | undefined> {
  const { path, holder } = await claimReadyFile(ready, io().env);
  io().once('exit', () => removeOwnReadyFile(path));
  if (extra !== undefined) {
    writeReadyFile(extra, ready);
    io().once('exit', () => removeOwnReadyFile(extra));
  }
  return holder;
}

function secondNotice(holder: ReadyDocument, ready: ReadyDocument): string {
  return `Another emulator of yours runs (pid ${holder.pid}, ${holder.control}): commands talk to that one unless --emulator ${ready.control} is given.`;
}

/** A webhook that hangs, or a device that does not read, must not keep a person waiting. */
const STOP_LIMIT_MS = 900;

async function stop(emulator: Emulator): Promise<void> {
  const own = io();
  const limit = setTimeout(() => own.exit(EXIT.ok), STOP_LIMIT_MS);
  await emulator.stop();
  clearTimeout(limit);
  // Fires only when something else still keeps the process: the command is done all the same.
  setTimeout(() => own.exit(EXIT.ok), STOP_LIMIT_MS / 10).unref();
}
