/** `dps-emulator contracts`: the troubleshooting scenarios and all else that DPS promises, as cases that CI can run. */
import { Argument, type Command, Option } from 'commander';
import { DEVICE_TRANSPORTS } from '../emulator/wire/transports.ts';
import { createCommand, jsonOption } from './command.ts';
import type { RunFlags } from './contracts/run-cases.ts';
import { readUrl, secondsUpTo, wholeNumber } from './option-values.ts';

export function contractsCommand(): Command {
  const command = createCommand({
    name: 'contracts',
    description: 'Runs contract cases: what DPS, your webhook and your device have to do, each with its source.',
    examples: [
      'contracts run',
      "contracts run 'tag:tutorial' --webhook 'http://localhost:7071/api/HttpTrigger1?code=…'",
    ],
  });
  for (const inner of [runCommand(), listCommand(), checkCommand(), coverageCommand(), mutantsCommand()])
    command.addCommand(inner);
  return command;
}

const CASE_SECONDS_MAX = 86_400;
const JOBS_MAX = 1000;

const EXIT_CODES = `
Exit codes: 0 every case passed, 1 a contract is broken, 2 something could not be run (nothing selected, a bad case file,
nothing listens at the webhook, wrong usage).`;

function runCommand(): Command {
  return createCommand({
    name: 'run',
    description:
      'Runs cases, each with an emulator of its own on a manual clock: the seven minutes of the retries take no time.',
    examples: [
      'contracts run',
      'contracts run row:5 --transport mqtt',
      "contracts run --webhook 'http://localhost:7071/api/HttpTrigger1?code=…' --junit contracts.xml --html contracts.html",
      "contracts run --device './device --host {host} --port {port} --scope {idScope} --id {registrationId} --key {key} --ca {ca}'",
    ],
  })
    .addArgument(selectArgument())
    .addOption(casesOption())
    .option('--webhook <url>', 'your own webhook, for the cases that need no scripted answers', readUrl)
    .option('--webhook-ca <file>', 'PEM file with the CA of an https webhook, besides the public ones')
    .option('--device <command>', 'a command that plays every device (docs/contracts.md)')
    .addOption(new Option('--driver <name>', 'who plays the devices').choices(['wire', 'sdk']).default('wire'))
    .addOption(
      new Option(
        '--transport <name...>',
        'only over these (default: all; mqtt with --device and --driver sdk)',
      ).choices(DEVICE_TRANSPORTS),
    )
    .option('--seed <text>', 'repeats the ids and generated keys of an earlier run (default: a random one, printed)')
    .option(
      '--case-timeout <seconds>',
      'how long one case may take over one transport',
      secondsUpTo(CASE_SECONDS_MAX),
      30,
    )
    .option('--jobs <n>', 'cases at a time (default: the number of cores)', wholeNumber(1, JOBS_MAX))
    .option('--junit <file>', 'write JUnit XML')
    .option('--ndjson <file>', 'write one JSON document per line, as the run goes on')
    .option('--html <file>', 'write one self-contained page')
    .addOption(jsonOption('the verdict'))
    .addHelpText('after', EXIT_CODES)
    .action(async (select: readonly string[], flags: RunFlags) => {
      const { runCases } = await import('./contracts/run-cases.ts');
      await runCases(select, flags);
    });
}

function listCommand(): Command {
  return createCommand({
    name: 'list',
    description: 'Lists cases: id, row of the troubleshooting table, confidence, tags, and what they prove.',
    examples: ['contracts list', 'contracts list tag:own-webhook'],
  })
    .addArgument(selectArgument())
    .addOption(casesOption())
    .addOption(jsonOption('the cases'))
    .action(async (select: readonly string[], flags: { cases?: readonly string[]; json?: true }) => {
      const { listCases } = await import('./contracts/list-cases.ts');
      await listCases(select, flags);
    });
}

function checkCommand(): Command {
  return createCommand({
    name: 'check',
    description: 'Checks case files: schema, unique ids, names that exist. Runs nothing.',
    examples: ['contracts check --cases ./contracts'],
  })
    .addOption(casesOption())
    .addOption(jsonOption('how many cases, or the faults'))
    .action(async (flags: { cases?: readonly string[]; json?: true }) => {
      const { checkCases } = await import('./contracts/check-cases.ts');
      await checkCases(flags);
    });
}

function coverageCommand(): Command {
  return createCommand({
    name: 'coverage',
    description:
      'Says which documented rows (docs/fidelity.md, troubleshooting table) have a case, and which are missed.',
    examples: ['contracts coverage'],
  })
    .addOption(casesOption())
    .addOption(jsonOption('the rows'))
    .addHelpText('after', '\nExit codes: 0 every row has a case or a reason to have none, 1 a row is missed.')
    .action(async (flags: { cases?: readonly string[]; json?: true }) => {
      const { showCoverage } = await import('./contracts/show-coverage.ts');
      await showCoverage(flags);
    });
}

function mutantsCommand(): Command {
  return createCommand({
    name: 'mutants',
    description:
      'Plays emulators and webhooks that are wrong on purpose: each has to be noticed by the case that is named for it.',
    examples: ['contracts mutants', 'contracts mutants --json'],
  })
    .addOption(jsonOption('the verdict on each'))
    .addHelpText('after', '\nExit codes: 0 every one was noticed, 1 one survived, 2 one could not be judged.')
    .action(async (flags: { json?: true }) => {
      const { runMutants } = await import('./contracts/run-mutants.ts');
      await runMutants(flags);
    });
}

function selectArgument(): Argument {
  return new Argument('[select...]', 'case ids (* stands for anything), tag:NAME, row:NUMBER (default: all)');
}

function casesOption(): Option {
  return new Option('--cases <folder...>', 'your own cases, YAML, instead of the shipped ones');
}
