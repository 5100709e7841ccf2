/** A person at a terminal: commands one after the other in one bash, and programs that go on in terminals of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Shell {
  /** What a command prints, on both of its streams. */
  run(command: string): Promise<string>;
  /** Starts a program that goes on; what it printed up to the line that says that it is ready. */
  open(command: string, isReady: RegExp): Promise<string>;
  /** Ends the program, as Ctrl+C does, and whatever it started. */
  interrupt(command: string): Promise<void>;
  close(): Promise<void>;
}

/** Follows the output of each command; no program prints it. */
const END = '\u001e';

export function openShell(directory: string, env: Readonly<Record<string, string>>): Shell {
  const options = { cwd: directory, env, detached: true } as const;
  const terminals = new Map<string, ChildProcess>();
  const bash = spawn('bash', ['--norc', '--noprofile'], { ...options, stdio: ['pipe', 'pipe', 'ignore'] });
  bash.stdin.write('exec 2>&1\nshopt -s expand_aliases\n');

  const run = async (command: string): Promise<string> => {
    const printed = textUntil(bash, new RegExp(`${END}\n`));
    // The input is the rest of the page: no command may read it.
    bash.stdin.write(`{ ${command}\n} < /dev/null\nprintf '${END}\\n'\n`);
    return (await printed).replace(`${END}\n`, '');
  };
  const interrupt = async (command: string): Promise<void> => {
    const child = terminals.get(command);
    terminals.delete(command);
    if (child !== undefined) await endGroup(child, 'SIGINT');
  };
  return {
    run,
    open: (command, isReady) => {
      const child = spawn('bash', ['-c', `exec 2>&1; ${command}`], { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
      terminals.set(command, child);
      return textUntil(child, isReady);
    },
    interrupt,
    close: async () => {
      for (const command of [...terminals.keys()]) await interrupt(command);
      await endGroup(bash, 'SIGTERM');
    },
  };
}

function textUntil(child: ChildProcess, end: RegExp): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('no stdout');
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: string): void => {
      text += chunk;
      if (!end.test(text)) return;
      stop();
      resolve(text);
    };
    const ended = (code: number | null): void => {
      stop();
      reject(new Error(`ended with ${code} before ${end}: ${text}`));
    };
    const stop = (): void => {
      stdout.off('data', read);
      child.off('close', ended);
      // What it prints from now on nobody reads; it must not wait for a reader.
      stdout.resume();
    };
    stdout.setEncoding('utf8').on('data', read);
    child.once('close', ended);
  });
}

/** The whole group: a shell does not pass signals on to what it started. */
async function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, signal);
  await closed;
}
