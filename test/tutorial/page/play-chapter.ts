/** Plays a chapter as a reader does, and writes it anew with what its commands print today. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chapter, Part } from './chapters.ts';
import { openShell, type Shell } from './shell.ts';
import { stableText } from './stable-text.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Packages that the reader has installed beside ours: name and directory. */
export type Packages = Readonly<Record<string, string>>;

/** @returns the chapter's text: the page's own where the page is right */
export async function playChapter({ parts }: Chapter, packages: Packages = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-page-'));
  const home = join(directory, 'home');
  const project = join(directory, 'project');
  await mkdir(home);
  await installPackages(project, { ...packages, 'dps-emulator': ROOT });
  const ports = await freePorts();
  const shell = openShell(project, environment(home, ports));
  const reader = { shell, project, ports, directories: [[home, HOME_ON_PAGE]] as const };
  try {
    return await textOf(parts, reader);
  } finally {
    await shell.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const HOME_ON_PAGE = '/home/you/.local/share/dps-emulator';

interface PortPair {
  readonly printed: number;
  readonly actual: number;
}

interface Reader {
  readonly shell: Shell;
  readonly project: string;
  readonly ports: readonly PortPair[];
  readonly directories: readonly (readonly [actual: string, printed: string])[];
}

async function textOf(parts: readonly Part[], reader: Reader): Promise<string> {
  const actual = (text: string): string =>
    text.replaceAll(
      /\b\d{4}\b/g,
      (port) => `${reader.ports.find(({ printed }) => `${printed}` === port)?.actual ?? port}`,
    );
  let text = '';
  let emulator: string | undefined;

  const outputOf = async (command: string, isTerminal: boolean): Promise<string> => {
    if (!isTerminal) return reader.shell.run(actual(command));
    if (!command.startsWith('npx dps-emulator start')) return reader.shell.open(actual(command), FIRST_LINE);
    // One at a time: the page says Ctrl+C before it starts the next.
    if (emulator !== undefined) await reader.shell.interrupt(actual(emulator));
    emulator = command;
    return reader.shell.open(actual(command), START_READY);
  };

  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        text += part.text;
        break;
      case 'file':
        await writeFile(join(reader.project, part.name), actual(part.content));
        text += part.text;
        break;
      case 'console':
      case 'terminal':
        text += `\`\`\`${part.info}\n`;
        for (const command of part.commands) {
          const output = await outputOf(command, part.kind === 'terminal');
          const isClockExact = emulator?.includes('--clock skip') ?? false;
          text += `$ ${command}\n${stableText(output, { ...reader, isClockExact })}`;
        }
        text += '```\n';
        break;
    }
  }
  return text;
}

const START_READY = /^ *Ctrl\+C stops it\..*\n/m;
const FIRST_LINE = /\n/;

async function installPackages(project: string, packages: Packages): Promise<void> {
  const bin = join(project, 'node_modules/.bin');
  await mkdir(bin, { recursive: true });
  for (const [name, path] of Object.entries(packages)) await symlink(path, join(project, 'node_modules', name));
  await symlink('../dps-emulator/dist/cli/main.js', join(bin, 'dps-emulator'));
  // The real one asks a registry for news of itself.
  await writeFile(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
}

/** The ports that the page speaks of, and the option by which `start` gets others. */
const PORT_OPTIONS: Readonly<Record<number, string | undefined>> = {
  8883: 'DPS_EMULATOR_MQTT_PORT',
  8443: 'DPS_EMULATOR_HTTPS_PORT',
  8980: 'DPS_EMULATOR_CONTROL_PORT',
  7071: 'DPS_EMULATOR_WEBHOOK_PORT',
  7072: undefined,
};

/** Free ones, in place of those; two pages may be played on one machine. */
function freePorts(): Promise<readonly PortPair[]> {
  const printed = Object.keys(PORT_OPTIONS).map(Number);
  return Promise.all(printed.map(async (port) => ({ printed: port, actual: await freePort() })));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

function environment(home: string, ports: readonly PortPair[]): Readonly<Record<string, string>> {
  const options = ports.flatMap(({ printed, actual }) => {
    const name = PORT_OPTIONS[printed];
    return name === undefined ? [] : [[name, String(actual)]];
  });
  const { PATH = '' } = process.env;
  return { ...Object.fromEntries(options), PATH: `node_modules/.bin:${PATH}`, HOME: home, DPS_EMULATOR_HOME: home };
}
