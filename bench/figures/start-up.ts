/** Start-up: `dps-emulator start` from spawn to its ready line, and what it holds in memory when it then does nothing. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { compare, type Figure } from '../compare.ts';
import type { Plan } from '../plan.ts';
import { type ServerCommand, startServerProcess } from '../processes/server-process.ts';
import type { Surroundings } from '../surroundings.ts';

const FREE_PORTS = ['--mqtt-port', '0', '--https-port', '0', '--control-port', '0', '--webhook-port', '0'];

const PRODUCT = 'dps-emulator start, to its ready line';
const YARDSTICK = 'bare Fastify (HTTPS) and Aedes (TLS) in one process';

function commands(surroundings: Surroundings): { readonly product: ServerCommand; readonly yardstick: ServerCommand } {
  const { env, certPath, keyPath } = surroundings;
  return {
    product: { module: '../../cli/main.js', args: ['start', ...FREE_PORTS, '--json'], env },
    yardstick: { module: '../yardsticks/bare-process.js', args: [certPath, keyPath], env },
  };
}

export async function startUp(surroundings: Surroundings, { startUp: plan }: Plan): Promise<Figure> {
  const { product, yardstick } = commands(surroundings);
  // Certificates are made once per installation; every start that counts finds them there.
  await readyMs(product);
  return compare(
    {
      id: 'start-up',
      product: PRODUCT,
      yardstick: YARDSTICK,
      unit: 'ms',
      aim: { of: 'ratio', rule: 'at most', value: 1.5 },
    },
    { ...plan, yardstick: () => readyMs(yardstick), product: () => readyMs(product) },
  );
}

async function readyMs(command: ServerCommand): Promise<number> {
  const server = await startServerProcess(command);
  await server.stop();
  return server.readyMs;
}

export async function idleMemory(surroundings: Surroundings, { memory: plan }: Plan): Promise<Figure> {
  const { product, yardstick } = commands(surroundings);
  const measure = async (command: ServerCommand): Promise<number> => {
    const server = await startServerProcess(command);
    await pause(plan.idleMs);
    const memoryMb = residentMemoryMb(server.pid);
    await server.stop();
    return memoryMb;
  };
  return compare(
    {
      id: 'idle-memory',
      product: `resident set of dps-emulator start, ${plan.idleMs} ms after it was ready`,
      yardstick: YARDSTICK,
      unit: 'MB',
      aim: { of: 'product', rule: 'below', value: 110 },
    },
    {
      rounds: plan.rounds,
      warmUpRounds: 0,
      yardstick: () => measure(yardstick),
      product: () => measure(product),
    },
  );
}

/** Resident set size in MB (10^6 bytes). */
function residentMemoryMb(pid: number): number {
  const kibibytes = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return (kibibytes * 1024) / 1e6;
}

/** Small Linux installations come without `ps`. */
function fromProc(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function fromPs(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
}
