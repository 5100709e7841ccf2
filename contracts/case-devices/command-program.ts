/** Any command as a device: placeholders in its words, the same values in its environment, its end as the result. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { DeviceOptions } from '../../device/device.ts';
import { objectMember, readJsonObject, stringMember } from '../../device/json-body.ts';
import { isJsonObject, type JsonObject } from '../../emulator/wire/twin.ts';
import { type DeviceReport, reportedMembers } from './case-device.ts';
import { type DeviceProgram, DeviceProgramError } from './program-case-device.ts';
import { CommandLineError, splitWords } from './split-words.ts';

/** Values by placeholder: `{idScope}` in a word, `DPS_ID_SCOPE` in the environment. */
const PLACEHOLDERS = {
  host: 'DPS_HOST',
  port: 'DPS_PORT',
  idScope: 'DPS_ID_SCOPE',
  registrationId: 'DPS_REGISTRATION_ID',
  key: 'DPS_KEY',
  ca: 'DPS_CA',
  transport: 'DPS_TRANSPORT',
  payload: 'DPS_PAYLOAD',
} as const;

type Values = Readonly<Record<keyof typeof PLACEHOLDERS, string>>;

interface CommandProgramOptions {
  /** `./device --host {host} --port {port} …` */
  readonly command: string;
  /** PEM file with the CA that the device must trust. */
  readonly caPath: string;
}

/** @throws {CommandLineError} when the words or their placeholders are wrong */
export function createCommandProgram({ command, caPath }: CommandProgramOptions): DeviceProgram {
  const words = splitWords(command);
  checkPlaceholders(words);
  return {
    register: (options, signal) => run(words, valuesOf(options, caPath), signal),
  };
}

/** @throws {CommandLineError} */
export function checkCommand(command: string): void {
  checkPlaceholders(splitWords(command));
}

function checkPlaceholders(words: readonly string[]): void {
  for (const [, name = ''] of words.join(' ').matchAll(/\{([A-Za-z]+)\}/g)) {
    if (Object.hasOwn(PLACEHOLDERS, name)) continue;
    const known = Object.keys(PLACEHOLDERS).map((one) => `{${one}}`);
    throw new CommandLineError(`{${name}} is no placeholder; known: ${known.join(' ')}`);
  }
}

function valuesOf(options: DeviceOptions, caPath: string): Values {
  return {
    host: options.host,
    port: String(options.port),
    idScope: options.idScope,
    registrationId: options.registrationId,
    key: options.key,
    ca: caPath,
    transport: options.transport,
    payload: options.payload === undefined ? '' : JSON.stringify(options.payload),
  };
}

const OUTPUT_KEPT = 64 * 1024;

function run(words: readonly string[], values: Values, signal: AbortSignal): Promise<DeviceReport> {
  // Split first and filled in after: no value can become a word, and no shell sees any of them.
  const [program = '', ...args] = words.map((word) =>
    word.replace(/\{([A-Za-z]+)\}/g, (_text, name: keyof Values) => values[name]),
  );
  const environment = Object.entries(PLACEHOLDERS).map(([name, variable]) => [variable, values[name as keyof Values]]);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...Object.fromEntries(environment), NODE_EXTRA_CA_CERTS: values.ca },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what the program starts ends with it.
      detached: process.platform !== 'win32',
    });
    const onAbort = (): void => killGroup(child);
    signal.addEventListener('abort', onAbort);
    const output = collect(child);
    child.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', onAbort);
      reject(new DeviceProgramError(`the device's program cannot be started: ${error.message}`));
    });
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', onAbort);
      resolve(reportOf({ code, killedBy, ...output() }));
    });
    if (signal.aborted) onAbort();
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

function collect(child: ChildProcess): () => { readonly stdout: string; readonly stderr: string } {
  const kept = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      kept[name] = (kept[name] + text).slice(-OUTPUT_KEPT);
    });
  }
  return () => kept;
}

interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Exit status 0 means assigned; the last line that is a JSON object says the rest. */
function reportOf({ code, killedBy, stdout, stderr }: Ended): DeviceReport {
  const said = lastJsonLine(stdout);
  const status = said && (stringMember(said, 'status') ?? stringMember(said, 'outcome'));
  const state = (said && objectMember(said, 'registrationState')) ?? said ?? {};
  const isAssigned = code === 0;
  const howItEnded = killedBy === null ? `exit status ${code}` : `killed by ${killedBy}`;
  const lastWords = stderr.trimEnd().split('\n').at(-1) ?? '';
  return {
    outcome: isAssigned ? 'assigned' : failureNamed(status),
    ...reportedMembers(state),
    message: `${howItEnded}${lastWords === '' ? '' : `: ${lastWords}`}`,
  };
}

function failureNamed(status: string | undefined): DeviceReport['outcome'] {
  switch (status) {
    case 'disabled':
    case 'refused':
    case 'timeout':
    case 'transport-error':
      return status;
    default:
      return 'failed';
  }
}

function lastJsonLine(stdout: string): JsonObject | undefined {
  const objects = stdout.split('\n').map((line) => readJsonObject(line.trim()));
  return objects.findLast((value) => isJsonObject(value));
}
