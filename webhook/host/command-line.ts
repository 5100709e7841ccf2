/** Reads the command line of the local host program. */

import { parseArgs } from 'node:util';

export const usage = `Usage: node dist/host/main.js [--port N] [--host A] [--key K]

  --port N   port to listen on; 0 for any free one (default: 7071 or, if taken, the next free one)
  --host A   address to listen on (default: 127.0.0.1; others reach beyond this machine)
  --key K    function key that callers must show (default: a random one)
  --help     this text`;

export type CommandLine =
  | {
      readonly kind: 'start';
      readonly port: number | undefined;
      readonly host: string | undefined;
      readonly key: string | undefined;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly reason: string };

export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        key: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return { kind: 'help' };
    if (values.key === '') return { kind: 'invalid', reason: '--key must not be empty' };
    if (values.host === '') return { kind: 'invalid', reason: '--host must not be empty' };
    const { host, key } = values;
    if (values.port === undefined) return { kind: 'start', port: undefined, host, key };
    const port = readPort(values.port);
    if (port === undefined) return { kind: 'invalid', reason: `--port must be 0 to 65535, not "${values.port}"` };
    return { kind: 'start', port, host, key };
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
  }
}

function readPort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : undefined;
}
