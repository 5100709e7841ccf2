/** `dps-emulator verify`: tells the owner of a webhook what DPS would make of it, without a device or a configuration. */
import { type Command, InvalidArgumentError } from 'commander';
import type { VerifyOptions } from '../contracts/verify/index.ts';
import { isRegistrationId, REGISTRATION_ID_RULE } from '../emulator/wire/registration-id.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';
import { createCommand, jsonOption } from './command.ts';
import { CliError } from './exit.ts';
import { io } from './io.ts';
import { readPayload, readPem, readUrl, secondsUpTo, wholeNumber } from './option-values.ts';
import { printJson } from './terminal.ts';
import { printVerdict } from './verify/print-verdict.ts';
import { showProgress } from './verify/show-progress.ts';

interface VerifyFlags {
  readonly webhook: string;
  readonly registrationId?: readonly string[];
  readonly hub?: readonly string[];
  readonly payload?: JsonValue;
  readonly expect?: string;
  readonly timeout: number;
  readonly fuzz?: number;
  readonly seed?: number;
  readonly webhookCa?: string;
  readonly showKeys?: true;
  readonly json?: true;
}

const SECOND_MS = 1000;
/** Azure's front end cuts an HTTP-triggered function off after 230 s. [dps-service-behaviour §1.2] */
const TIMEOUT_SECONDS_MAX = 230;
const FUZZ_MAX = 1_000_000;
const SEED_MAX = 2 ** 31 - 1;
const HUBS_MAX = 50;

export function verifyCommand(): Command {
  return createCommand({
    name: 'verify',
    description:
      'Sends your webhook every kind of request that DPS sends, and says what DPS and the device make of its answers.',
    examples: [
      "verify --webhook 'http://localhost:7071/api/HttpTrigger1?code=…'",
      "verify --webhook 'http://localhost:7071/api/HttpTrigger1' --registration-id my-device-1 --hub my-hub.azure-devices.net",
      "verify --webhook 'http://localhost:7071/api/HttpTrigger1' --expect rules.yaml --json",
      "verify --webhook 'http://localhost:7071/api/HttpTrigger1' --fuzz 1000 --seed 1",
    ],
  })
    .requiredOption('--webhook <url>', 'the webhook, http or https, with its ?code=', readUrl)
    .option(
      '--registration-id <id>',
      "an id that your webhook knows; repeatable (default: the tutorial's two)",
      collectIds,
    )
    .option('--hub <host>', "a hub to offer as linked; repeatable, up to 50 (default: the tutorial's two)", collect)
    .option('--payload <json>', "what devices send along: JSON, or @file (default: the tutorial's)", readPayload)
    .option(
      '--expect <file>',
      'your own rules, JSON or YAML: which id goes to which hub, which one is refused (docs/verify.md)',
    )
    .option('--timeout <seconds>', 'how long one answer may take', secondsUpTo(TIMEOUT_SECONDS_MAX), 10)
    .option('--fuzz <n>', 'then send n odd requests, and make what breaks the webhook small', wholeNumber(1, FUZZ_MAX))
    .option('--seed <s>', 'repeats the odd requests of an earlier run', wholeNumber(0, SEED_MAX))
    .option('--webhook-ca <file>', 'PEM file with the CA of an https webhook, besides the public ones')
    .option('--show-keys', 'leave the function key in the curl lines')
    .addOption(jsonOption('the verdict and every exchange'))
    .addHelpText('after', EXIT_CODES)
    .action(verify);
}

const EXIT_CODES = `
Exit codes: 0 no rule is broken, 1 at least one is, 2 could not run or nothing was judged (nothing listens, the name does
not resolve, every request was refused, wrong usage). A refusal, 300 to 428 other than 401, breaks no rule.`;

async function verify(flags: VerifyFlags): Promise<void> {
  if (flags.seed !== undefined && flags.fuzz === undefined) throw new CliError('usage', '--seed needs --fuzz');
  if ((flags.hub?.length ?? 0) > HUBS_MAX) throw new CliError('usage', `--hub: a service has at most ${HUBS_MAX} hubs`);
  const webhookCa = flags.webhookCa === undefined ? undefined : readPem('--webhook-ca', flags.webhookCa);
  // Loaded now: with it comes the emulator, which neither the help nor a wrong option needs.
  const { readExpectations, verifyWebhook } = await import('../contracts/verify/index.ts');
  const expectations =
    flags.expect === undefined ? undefined : await readExpectations(flags.expect).catch(asUsageError);
  const progress = showProgress(io().stderr);
  const options: VerifyOptions = {
    webhook: flags.webhook,
    timeoutMs: flags.timeout * SECOND_MS,
    progress: progress.step,
    ...(flags.registrationId !== undefined && { registrationIds: flags.registrationId }),
    ...(flags.hub !== undefined && { hubs: flags.hub }),
    ...(flags.payload !== undefined && { payload: flags.payload }),
    ...(expectations !== undefined && { expectations }),
    ...(flags.fuzz !== undefined && { fuzz: { requests: flags.fuzz, seed: flags.seed ?? randomSeed() } }),
    ...(webhookCa !== undefined && { webhookCa }),
    ...(flags.showKeys && { showKeys: true }),
  };
  const document = await verifyWebhook(options).finally(progress.clear);
  if (flags.json) printJson(document);
  else printVerdict(document);
  io().exitCode = document.exitCode;
}

function asUsageError(error: unknown): never {
  if (error instanceof Error && error.name === 'ExpectationsError') throw new CliError('usage', error.message);
  throw error;
}

function randomSeed(): number {
  return Math.floor(Math.random() * SEED_MAX);
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

function collectIds(value: string, earlier: readonly string[] = []): readonly string[] {
  if (!isRegistrationId(value)) throw new InvalidArgumentError(`It must be ${REGISTRATION_ID_RULE}.`);
  return collect(value, earlier);
}
