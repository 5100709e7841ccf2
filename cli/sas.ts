/** `dps-emulator sas`: tokens in the spelling of any SDK, and why one would be refused. */
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { controlClient } from '../client/control-client.ts';
import { makeDeviceSas, SAS_SPELLINGS, type SasSpelling } from '../emulator/wire/device-sas.ts';
import { createCommand, type EmulatorFlag, emulatorOption, jsonOption } from './command.ts';
import { findCredential, type KeyFlags } from './credentials.ts';
import { EXIT } from './exit.ts';
import { io } from './io.ts';
import { wholeNumber } from './option-values.ts';
import { paint, print, printable, printJson } from './terminal.ts';

interface MakeFlags extends EmulatorFlag, KeyFlags {
  readonly spelling: SasSpelling;
  readonly ttl?: number;
}

interface ExplainFlags extends EmulatorFlag {
  readonly idScope?: string;
  readonly registrationId?: string;
  readonly json?: true;
}

export function sasCommand(): Command {
  return createCommand({
    name: 'sas',
    description: 'Shared access signatures, the tokens that devices sign in with.',
    examples: ['sas make my-device', "sas explain 'SharedAccessSignature sr=…'"],
  })
    .addCommand(makeCommand())
    .addCommand(explainCommand());
}

/** More than three hundred years, in seconds. */
const TTL_MAX = 9_999_999_999;

function makeCommand(): Command {
  return createCommand({
    name: 'make',
    description: 'Prints a token for a device, and nothing else.',
    examples: ['sas make breakroom499-contoso-tstrsd-007', 'sas make my-device --spelling python --ttl -60'],
  })
    .argument('<id>', 'registration id')
    .addOption(new Option('--spelling <sdk>', 'whose way of writing it').choices(SAS_SPELLINGS).default('node'))
    .option(
      '--ttl <seconds>',
      "life from now on; negative: expired already (default: the SDK's own)",
      wholeNumber(-TTL_MAX, TTL_MAX),
    )
    .option('--key <base64>', "the device's own key (default: found in the emulator's set-up)")
    .option('--group-key <base64>', "the group's key, to derive the device's from")
    .option('--id-scope <scope>', "ID scope (default: the emulator's)")
    .addOption(emulatorOption())
    .action(async (registrationId: string, flags: MakeFlags) => {
      const credential = await findCredential(registrationId, flags, () => controlClient(flags.emulator, io().env));
      const { idScope, key } = credential;
      print(
        makeDeviceSas({ idScope, registrationId, key, spelling: flags.spelling, ttlSeconds: flags.ttl }, Date.now()),
      );
    });
}

function explainCommand(): Command {
  return createCommand({
    name: 'explain',
    description: 'Asks the running emulator what it makes of a token, check by check. Exit code 1 when it refuses it.',
    examples: ["sas explain 'SharedAccessSignature sr=…'", 'sas make my-device | npx dps-emulator sas explain -'],
  })
    .argument('<token>', 'the whole token in quotes; - reads it from the standard input')
    .option('--registration-id <id>', "the device that shows it (default: the token's own)")
    .option('--id-scope <scope>', "the ID scope it is shown to (default: the token's own)")
    .addOption(jsonOption('the explanation'))
    .addOption(emulatorOption())
    .action(async (given: string, { emulator, json, idScope, registrationId }: ExplainFlags) => {
      const token = given === '-' ? (await text(io().stdin)).trim() : given;
      const explanation = await (await controlClient(emulator, io().env)).explainSas({
        token,
        idScope,
        registrationId,
      });
      if (!explanation.isAccepted) io().exitCode = EXIT.failed;
      if (json) return printJson(explanation);
      for (const { check, isPassed, detail } of explanation.checks) {
        print(`${isPassed ? paint.good('ok    ') : paint.bad('fails ')}  ${check.padEnd(10)}  ${printable(detail)}`);
      }
      print(explanation.isAccepted ? paint.good('accepted') : paint.bad(`refused: ${explanation.reason ?? 'unknown'}`));
    });
}
