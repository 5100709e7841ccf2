/** `dps-emulator webhook`: the tutorial's function as a program of its own, for emulators that hold a set-up of their own. */
import type { Command } from 'commander';
import { createCommand } from './command.ts';
import { CliError } from './exit.ts';
import { portFrom } from './option-values.ts';
import { print } from './terminal.ts';

interface Flags {
  readonly port?: number;
  readonly host?: string;
  readonly key?: string;
}

export function webhookCommand(): Command {
  return createCommand({
    name: 'webhook',
    description:
      "Serves the tutorial's allocation function until Ctrl+C, and logs what it logs. `start` does so by itself unless it is given a set-up or --empty.",
    examples: ['webhook --port 7071 --key my-function-key'],
  })
    .option('--port <port>', 'port; 0 for any free one (default: 7071 or, if taken, the next free one)', portFrom(0))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1; others reach beyond this machine)')
    .option('--key <key>', 'function key that callers must show as ?code= (default: a new one)')
    .action(async ({ port, host, key }: Flags) => {
      const { startLocalHost } = await import('../webhook/host/local-host.ts');
      const { stopSignal } = await import('./start/stop-signal.ts');
      const local = await startLocalHost({
        port,
        // A port that somebody asked for is that port or an error.
        fallback: port === undefined,
        host,
        functionKey: key,
        log: print,
      }).catch((error: NodeJS.ErrnoException) => {
        throw new CliError('failed', `--port ${port ?? ''}: ${faultOf(error)}`);
      });
      print(`HttpTrigger1: [POST] ${local.url}`);
      await stopSignal();
      await local.stop();
    });
}

function faultOf({ code, message }: NodeJS.ErrnoException): string {
  return code === 'EADDRINUSE' ? 'the port is taken; leave --port away to take the next free one' : message;
}
