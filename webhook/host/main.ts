#!/usr/bin/env node
/** The local host as a program: prints the function's URL, then its log, until SIGINT or SIGTERM. */

import { readCommandLine, usage } from './command-line.ts';
import { startLocalHost } from './local-host.ts';

await main();

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2));
  if (command.kind === 'help') return console.log(usage);
  if (command.kind === 'invalid') return fail(`${command.reason}\n\n${usage}`, 2);

  try {
    const host = await startLocalHost({
      port: command.port,
      // A port that somebody asked for is that port or an error; only the default may move.
      fallback: command.port === undefined,
      host: command.host,
      functionKey: command.key,
      log: (line) => console.log(line),
    });
    const stop = () => {
      host.stop().catch((error: unknown) => fail(String(error), 1));
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    console.log(`HttpTrigger1: [POST] ${host.url}`);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error), 1);
  }
}

function fail(message: string, exitCode: number): void {
  console.error(message);
  process.exitCode = exitCode;
}
