/** Starts the emulator of a command, runs the command, and ends with its exit code. */

import { removeOwnReadyFile, writeReadyFile } from '../../client/ready-file.ts';
import type { Emulator, EmulatorOptions } from '../../emulator/index.ts';
import { LISTENERS, startAsCommand } from '../../emulator/service-door.ts';
import { deviceEnvironment } from '../device-environment.ts';
import { io } from '../io.ts';
import { type OptionFlags, planStart, type StartFlags } from '../start/plan-start.ts';
import { readyDocument, readyFilePath } from '../start/ready-document.ts';
import { explainStartError } from '../start/start-fault.ts';
import { printError } from '../terminal.ts';
import { catchSignals, runCommand } from './run-command.ts';

/** Ports that nobody asked for are free ones: several of these run side by side. */
const FREE_PORTS: EmulatorOptions = Object.fromEntries(Object.keys(LISTENERS).map((name) => [`${name}Port`, 0]));

export async function runExec(command: readonly string[], own: StartFlags, flags: OptionFlags): Promise<void> {
  const signals = catchSignals();
  const readyFile = readyFilePath(own.readyFile);
  const { options, labels, notes } = await planStart(own, flags);
  const emulator = await startAsCommand({ ...FREE_PORTS, ...options }).catch((error: unknown) => {
    throw explainStartError(error, options, labels);
  });
  try {
    for (const notice of [...emulator.notices, ...notes]) printError(notice);
    if (readyFile !== undefined) {
      writeReadyFile(readyFile, await readyDocument(emulator));
      io().once('exit', () => removeOwnReadyFile(readyFile));
    }
    const code = await runCommand(command, await environmentOf(emulator), signals);
    await stop(emulator);
    io().exit(code);
  } catch (error) {
    await stop(emulator);
    throw error;
  }
}

async function environmentOf(emulator: Emulator): Promise<Readonly<Record<string, string>>> {
  const { endpoints } = emulator;
  return deviceEnvironment({
    url: endpoints.control,
    host: endpoints.mqtt.host,
    endpoints,
    idScope: (await emulator.idScopes())[0],
    caPath: emulator.ca.certificatePath,
  });
}

/** A device that the command has left behind and that does not read must not keep anybody waiting. */
const STOP_LIMIT_MS = 900;

async function stop(emulator: Emulator): Promise<void> {
  const limit = new Promise<void>((resolve) => {
    setTimeout(resolve, STOP_LIMIT_MS).unref();
  });
  await Promise.race([emulator.stop(), limit]);
}
