/** Why an emulator could not start, in one line: which option asked for what cannot be had, and what to do. */
import {
  type GivenOptions,
  HOW_TO_BE_ALLOWED,
  LISTENERS,
  type ListenerName,
  OptionError,
  type OptionName,
  type PortOption,
} from '../../emulator/service-door.ts';
import { CliError } from '../exit.ts';

interface ListenError extends Error {
  readonly code: string;
  readonly port: number;
  readonly address: string;
}

/** The last to be bound first: of two options with one port, the later one fails. */
const PORT_OPTIONS = (Object.keys(LISTENERS) as ListenerName[]).map((name): PortOption => `${name}Port`).reverse();

/** The error to show instead of `error`; other errors stay what they are. */
export function explainStartError(
  error: unknown,
  given: GivenOptions,
  labels: ReadonlyMap<OptionName, string>,
  platform: NodeJS.Platform = process.platform,
): unknown {
  if (error instanceof OptionError) return named(error, labels);
  if (!isListenError(error)) return error;
  const { code, port, address } = error;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new CliError('failed', noSuchAddress(address, given, labels));
  const option = PORT_OPTIONS.find((name) => given[name] === port);
  const who = option === undefined ? `port ${port}` : `${labels.get(option) ?? option} ${port}`;
  if (code === 'EADDRINUSE') {
    return new CliError('failed', `${who}: the port is taken. See by whom: ${whoHolds(port, platform)}`);
  }
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new CliError('failed', `${who}: this user may not listen on it; ${HOW_TO_BE_ALLOWED}`);
}

/** `webhookCa: …` → `--webhook-ca: …`, or what else the option was given by. */
function named(error: OptionError, labels: ReadonlyMap<OptionName, string>): CliError {
  const found = [...labels].find(([name]) => error.message.startsWith(`${name}:`));
  const message = found === undefined ? error.message : `${found[1]}${error.message.slice(found[0].length)}`;
  return new CliError('usage', message);
}

function isListenError(error: unknown): error is ListenError {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && (syscall === 'listen' || syscall === 'bind' || syscall === 'getaddrinfo');
}

function noSuchAddress(
  address: string | undefined,
  given: GivenOptions,
  labels: ReadonlyMap<OptionName, string>,
): string {
  const names = (['controlHost', 'host'] as const).filter((name) => given[name] !== undefined);
  const name = names.find((one) => address === undefined || given[one] === address) ?? names[0];
  const who = name === undefined ? `the address ${address}` : `${labels.get(name) ?? name} ${given[name]}`;
  return `${who}: this machine has no such address`;
}

function whoHolds(port: number, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `netstat -ano | findstr :${port}`;
  return platform === 'darwin' ? `lsof -nP -iTCP:${port} -sTCP:LISTEN` : `ss -ltnp 'sport = :${port}'`;
}
