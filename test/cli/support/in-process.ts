/**
 * Runs the program's commands in this process, several at once if need be: the same words and the same output as
 * support/command.ts, which starts a process for each. Where the process is the subject, that one is right.
 */
import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import { runWith } from '../../../cli/io.ts';
import { runProgram } from '../../../cli/program.ts';
// Loaded now, so that it takes no time of the first test that runs one of them.
import '../../../cli/exec/run-exec.ts';
import '../../../cli/register/register-device.ts';
import '../../../cli/start/run-start.ts';
import { collect, FAST, FREE_PORTS, type Home, type Output, type Ran, type Ready, readDocuments } from './command.ts';

export { FREE_PORTS, type Home, isEvent, type Ran, temporaryHome } from './command.ts';

/** A command that goes on, without a process of its own. */
export interface RunningHere extends Output {
  /** What a signal would do to the process. */
  signal(name: NodeJS.Signals): void;
}

export interface StartedHere extends RunningHere {
  readonly ready: Ready;
  /** With it, commands find this emulator: the ready file names this process, which no command takes for another one. */
  readonly home: Home;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function run(home: Home, args: readonly string[], input = ''): Promise<Ran> {
  return ranWith(home.env, () => runProgram(args), input);
}

/** A command that a signal may end. */
export function begin(
  home: Home,
  args: readonly string[],
): Pick<RunningHere, 'signal'> & { readonly ended: Promise<Ran> } {
  const { own, ended, texts } = launch(home.env, () => runProgram(args), '');
  return {
    signal: (name) => void own.emit(name),
    ended: ended.then((code) => ({ code, stdout: texts.stdout(), stderr: texts.stderr() })),
  };
}

/** What a part of the program writes and returns as its exit code. */
export async function ranWith(env: Home['env'], work: () => Promise<number>, input = ''): Promise<Ran> {
  const { ended, texts } = launch(env, work, input);
  const code = await ended;
  return { code, stdout: texts.stdout(), stderr: texts.stderr() };
}

export function runOn(home: Home, args: readonly string[]): RunningHere {
  const { own, ended, stdout, texts } = launch(home.env, () => runProgram(args), '');
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  onTestFinished(async () => {
    // A second signal would end the process that runs the tests.
    if (!hasEnded) own.emit('SIGTERM');
    await ended;
  });
  return {
    ...readDocuments({ stdout, ended, stderr: texts.stderr, name: args[0] ?? '' }),
    signal: (name) => void own.emit(name),
  };
}

/** `start --json` with free ports, once it is ready. */
export async function start(home: Home, args: readonly string[] = []): Promise<StartedHere> {
  const running = runOn(home, ['start', '--json', ...FREE_PORTS, ...FAST, ...args]);
  const ready = (await running.until(({ kind }) => kind === 'ready')) as unknown as Ready;
  return {
    ...running,
    ready,
    home: { ...home, env: { ...home.env, DPS_EMULATOR_URL: ready.control } },
    stop: (signal = 'SIGTERM') => {
      running.signal(signal);
      return running.ended;
    },
  };
}

interface Launched {
  readonly own: EventEmitter;
  readonly ended: Promise<number>;
  readonly stdout: PassThrough;
  readonly texts: { readonly stdout: () => string; readonly stderr: () => string };
}

function launch(env: Home['env'], work: () => Promise<number>, input: string): Launched {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  // As with a process, what is written after its end is lost.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const texts = { stdout: collect(stdout), stderr: collect(stderr) };
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    exit = resolve;
  });
  const own = Object.assign(new EventEmitter(), {
    stdout,
    stderr,
    stdin: Readable.from([input]),
    env: { PATH: process.env.PATH, ...env },
    exit: (code: number) => exit(code),
  });
  const ended = Promise.race([runWith(own, work), exited]).then(async (code) => {
    own.emit('exit');
    await Promise.all([stdout, stderr].map((stream) => finished(stream.end())));
    return code;
  });
  return { own, ended, stdout, texts };
}
