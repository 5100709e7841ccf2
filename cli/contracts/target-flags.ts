/** What `contracts run` and `contracts drift` are told about targets, and how they ask before anything is made at one. */
import { createInterface } from 'node:readline/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { Created } from '../../contracts/index.ts';
import { type Address, addressOf } from '../../emulator/wire/address.ts';
import { CliError } from '../exit.ts';
import { io } from '../io.ts';
import { printable } from '../terminal.ts';

export interface TargetFlags {
  readonly prefix?: string;
  readonly webhookListen?: Address;
  readonly webhookPublicUrl?: string;
  readonly mqtt?: Address;
  readonly https?: Address;
  readonly yes?: true;
}

export function targetOptions(): readonly Option[] {
  return [
    new Option('--prefix <text>', 'what the names of everything begin with that is made there (default: a random one)'),
    new Option('--webhook-listen <host:port>', 'where the webhooks of cases are served').argParser(readAddress),
    new Option('--webhook-public-url <url>', 'the URL by which a running emulator reaches --webhook-listen'),
    new Option('--mqtt <host:port>', 'MQTT port of a running emulator, when not as it says').argParser(readAddress),
    new Option('--https <host:port>', 'HTTPS port of a running emulator, when not as it says').argParser(readAddress),
    new Option('--yes', 'make what is listed at the real service without asking'),
  ];
}

export function choiceOf(target: string, { yes: _yes, ...flags }: TargetFlags) {
  const { prefix, webhookListen, webhookPublicUrl, mqtt, https } = flags;
  return { target, prefix, webhookListen, webhookPublicUrl, mqtt, https };
}

/** Lists on stderr, so that stdout stays the report, and asks there. */
export function confirmation({ yes }: TargetFlags): (created: readonly Created[]) => Promise<boolean> {
  return async (created) => {
    // Loaded with the run, not with the help text that shows the options above.
    const { wrapped } = await import('../../contracts/index.ts');
    for (const { id, transport, what } of created) {
      for (const line of wrapped(`${id} (${transport}): ${what.join(', ')}`)) io().stderr.write(`${printable(line)}\n`);
    }
    if (yes === true) return true;
    if (!io().stdin.isTTY) {
      throw new CliError('usage', 'this would be made at the service; there is no terminal to ask on: say --yes');
    }
    const terminal = createInterface({ input: io().stdin, output: io().stderr });
    try {
      return /^y(es)?$/i.test(
        (await terminal.question('Make this at the service, and remove it again? (y/n): ')).trim(),
      );
    } finally {
      terminal.close();
    }
  };
}

function readAddress(text: string): Address {
  const address = addressOf(text);
  if (address === undefined) throw new InvalidArgumentError('It must be HOST:PORT.');
  return address;
}
