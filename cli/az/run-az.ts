/** Runs a line of the Azure CLI: finds the verb, reads its arguments, carries it out and prints the answer. */
import { ClientError } from '../../client/client-error.ts';
import { maskLikelyKeys } from '../../emulator/wire/mask.ts';
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { CliError, EXIT } from '../exit.ts';
import { io } from '../io.ts';
import { print } from '../terminal.ts';
import { AZ_EXIT, AzError } from './az-error.ts';
import { createContext } from './context.ts';
import { findVerb } from './find-verb.ts';
import { checkQuery, rendered } from './output.ts';
import { parseArguments } from './parse-arguments.ts';
import { AZ_VERBS } from './verbs.ts';

/** @returns the exit code; what is no mistake of the user is thrown */
export async function runAz(words: readonly string[]): Promise<number> {
  try {
    const found = findVerb(AZ_VERBS, words);
    if (found.kind === 'group') {
      for (const line of found.help) print(line);
      return EXIT.ok;
    }
    const { args, output, query, emulator, help } = parseArguments(found.verb, found.rest);
    if (help !== undefined) {
      print(help);
      return EXIT.ok;
    }
    checkQuery(query);
    const answer = await found.verb.run(args, createContext(emulator));
    if (answer === undefined) return EXIT.ok;
    const { stdout, env } = io();
    const isColoured = stdout.isTTY === true && !env.NO_COLOR;
    for (const line of rendered(withResourceGroup(answer as JsonValue), { format: output, query, isColoured }))
      print(line);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof AzError) return say(error, error.exitCode);
    if (error instanceof CliError) return say(error, error.exitCode);
    if (error instanceof ClientError) return say({ message: azMessageOf(error) }, azExitOf(error));
    throw error;
  }
}

const GROUP_IN_ID = /\/resourceGroups\/([^/]+)/i;

/** `az` adds it to whatever has an id: scripts read it. */
function withResourceGroup(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withResourceGroup(item));
  if (!isJsonObject(value)) return value;
  const { id } = value;
  const group = typeof id === 'string' ? GROUP_IN_ID.exec(id)?.[1] : undefined;
  const isGroup = value.type === 'Microsoft.Resources/resourceGroups';
  return group === undefined || isGroup || 'resourceGroup' in value ? value : { ...value, resourceGroup: group };
}

/** `(ResourceNotFound) …`: the code in front, as `az` shows what the resource manager says. */
function azMessageOf({ code, message }: ClientError): string {
  return code === undefined ? message : `(${code}) ${message}`;
}

function azExitOf({ kind }: ClientError): number {
  if (kind === 'bad-address') return AZ_EXIT.argument;
  return kind === 'not-found' ? AZ_EXIT['not-found'] : AZ_EXIT.service;
}

function say(
  { message, next }: { readonly message: string; readonly next?: string | undefined },
  exitCode: number,
): number {
  io().stderr.write(`ERROR: ${maskLikelyKeys(message)}\n`);
  if (next !== undefined) io().stderr.write(`Next: ${next}\n`);
  return exitCode;
}
