/** `dps-emulator contracts run`: reads, chooses and runs cases, and writes the reports that were asked for. */

import {
  consoleReporter,
  htmlReporter,
  jsonReporter,
  junitReporter,
  ndjsonReporter,
  openTarget,
  type Reporter,
  runContracts,
} from '../../contracts/index.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import { CliError } from '../exit.ts';
import { io, type Output } from '../io.ts';
import { paint, print, printable, printJson } from '../terminal.ts';
import { choiceOf, confirmation, type TargetFlags } from './target-flags.ts';
import { chosenCases, interruptibly } from './usage-errors.ts';

export interface RunFlags extends TargetFlags {
  readonly target: string;
  readonly cases?: readonly string[];
  readonly webhook?: string;
  readonly webhookCa?: string;
  readonly device?: string;
  readonly driver: 'wire' | 'sdk';
  readonly transport?: readonly DeviceTransport[];
  readonly seed?: string;
  readonly caseTimeout: number;
  readonly jobs?: number;
  readonly junit?: string;
  readonly ndjson?: string;
  readonly html?: string;
  readonly json?: true;
}

const SECOND_MS = 1000;

export async function runCases(select: readonly string[], flags: RunFlags): Promise<void> {
  if (flags.device !== undefined && flags.driver === 'sdk') {
    throw new CliError('usage', '--device and --driver sdk: only one of them can play the devices');
  }
  const cases = await chosenCases(flags.cases, select);
  const verdict = await interruptibly(async (signal) =>
    runContracts(cases, {
      target: await openTarget(choiceOf(flags.target, flags)),
      confirm: confirmation(flags),
      seed: flags.seed,
      transports: flags.transport,
      webhook: flags.webhook,
      webhookCa: flags.webhookCa,
      driver: flags.driver,
      deviceCommand: flags.device,
      jobs: flags.jobs,
      caseTimeoutMs: flags.caseTimeout * SECOND_MS,
      reporters: reportersFor(flags),
      signal,
    }),
  );
  io().exitCode = verdict.exitCode;
}

function reportersFor(flags: RunFlags): readonly Reporter[] {
  return [
    ...(flags.junit === undefined ? [] : [junitReporter(flags.junit)]),
    ...(flags.ndjson === undefined ? [] : [ndjsonReporter(flags.ndjson)]),
    ...(flags.html === undefined ? [] : [htmlReporter(flags.html)]),
    flags.json ? jsonReporter(printJson) : consoleReporter({ print, paint, printable }),
    ...(flags.json ? [] : [progressReporter(io().stderr)]),
  ];
}

/** One line on a terminal that says how far the run is; nothing where stderr is a file. */
function progressReporter(terminal: Output): Reporter {
  if (terminal.isTTY !== true) return {};
  let runs = 0;
  let done = 0;
  return {
    started: (facts) => {
      runs = facts.runs;
    },
    finished: (results) => {
      done += results.length;
      terminal.write(done === runs ? '\r\u001b[K' : `\r\u001b[K${done} of ${runs} runs\r`);
    },
  };
}
