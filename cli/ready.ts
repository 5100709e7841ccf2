/** `dps-emulator ready`: whether an emulator is there, or as soon as one is. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { ClientError } from '../client/client-error.ts';
import { controlClient } from '../client/control-client.ts';
import type { ReadyAnswer } from '../emulator/wire/control-api.ts';
import { createCommand, type EmulatorFlag, emulatorOption, jsonOption } from './command.ts';
import { io } from './io.ts';
import { secondsUpTo } from './option-values.ts';
import { print, printJson } from './terminal.ts';

interface Flags extends EmulatorFlag {
  readonly wait: number;
  readonly json?: true;
}

/** Between two looks at an emulator that is just starting. Real time. */
const LOOK_EVERY_MS = 50;

/** Longer than a start takes, also in a container on a busy machine. */
const WAIT_SECONDS = 30;
const WAIT_SECONDS_MAX = 86_400;

export function readyCommand(): Command {
  return createCommand({
    name: 'ready',
    description: 'Says whether an emulator is ready, and where. Exit code 3 when there is none.',
    examples: ['ready', 'ready --wait 10 && npm test'],
  })
    .addOption(
      new Option('--wait [seconds]', `wait so long for one to become ready; ${WAIT_SECONDS} without a number`)
        .default(0)
        .preset(String(WAIT_SECONDS))
        .argParser(secondsUpTo(WAIT_SECONDS_MAX, 0)),
    )
    .addOption(jsonOption('the answer'))
    .addOption(emulatorOption())
    .action(async (flags: Flags) => {
      const ready = await waitUntilReady(flags.emulator, flags.wait);
      if (flags.json) return printJson(ready);
      const { control, provisioningHost: _, ...addresses } = ready.endpoints;
      const ports = Object.entries(addresses).map(([name, { host, port }]) => `${name.toUpperCase()} ${host}:${port}`);
      print(`ready: ${ports.join(', ')}, control API ${control}`);
      print(`ID scope: ${ready.idScopes.join(', ') || 'none'}`);
    });
}

async function waitUntilReady(flag: string | undefined, seconds: number): Promise<ReadyAnswer> {
  const deadlineMs = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await (await controlClient(flag, io().env)).ready();
    } catch (error) {
      const isAbsent = error instanceof ClientError && error.kind === 'no-emulator';
      if (!isAbsent || performance.now() >= deadlineMs) throw error;
      await delay(Math.min(LOOK_EVERY_MS, Math.max(0, deadlineMs - performance.now())));
    }
  }
}
