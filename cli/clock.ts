/** `dps-emulator clock`: what time it is for the emulator, and moving it. */
import { type Command, Option } from 'commander';
import { ClientError } from '../client/client-error.ts';
import { type ControlClient, controlClient } from '../client/control-client.ts';
import { CLOCK_MODES, type ClockMode, type ClockMove, type ClockState } from '../emulator/wire/control-api.ts';
import { DURATION_RULE, formatDuration, parseDuration } from '../emulator/wire/duration.ts';
import { type CommandFacts, createCommand, type EmulatorFlag, emulatorOption, jsonOption } from './command.ts';
import { CliError } from './exit.ts';
import { io } from './io.ts';
import { print, printable, printError, printJson } from './terminal.ts';

interface Flags extends EmulatorFlag {
  readonly json?: true;
  readonly factor?: string;
}

export function clockCommand(): Command {
  return createCommand({
    name: 'clock',
    description: "Reads and moves the emulator's clock. Without a subcommand: show.",
    examples: ['clock', 'clock mode manual', 'clock advance 415s'],
  })
    .addCommand(showCommand(), { isDefault: true })
    .addCommand(modeCommand())
    .addCommand(advanceCommand())
    .addCommand(nextCommand())
    .addCommand(pendingCommand());
}

function showCommand(): Command {
  return clockVerb({
    name: 'show',
    description: 'Shows mode and time, what sleeps, and what keeps time still.',
    examples: ['clock show --json'],
  }).action((flags: Flags) => answer(flags, (client) => client.clock(), stateLines));
}

function modeCommand(): Command {
  const modes = CLOCK_MODES.join(', ');
  return clockVerb(
    {
      name: 'mode',
      description: `Changes the mode (${modes}). Time goes on from where it is.`,
      examples: ['clock mode manual', 'clock mode scaled --factor 60'],
    },
    new Option('--factor <number>', 'emulated seconds per real second, with scaled'),
  )
    .argument('<mode>', modes)
    .action((mode: string, flags: Flags) => {
      const factor = flags.factor === undefined ? undefined : Number(flags.factor);
      if (factor !== undefined && !(factor > 0)) {
        throw new CliError('usage', `--factor: must be a number above 0 (is "${flags.factor}")`);
      }
      if (!isClockMode(mode)) throw new CliError('usage', `the mode must be one of ${modes} (is "${mode}")`);
      return answer(flags, (client) => client.setClockMode(mode, factor), stateLines);
    });
}

function isClockMode(text: string): text is ClockMode {
  return CLOCK_MODES.some((mode) => mode === text);
}

function advanceCommand(): Command {
  return clockVerb({
    name: 'advance',
    description: 'Moves a manual clock on, waking at its own instant whatever sleeps until then.',
    examples: ['clock advance 415s', 'clock advance 7m', 'clock advance 1500ms'],
  })
    .argument('<duration>', DURATION_RULE)
    .action((text: string, flags: Flags) => {
      const ms = parseDuration(text);
      if (ms === undefined) throw new CliError('usage', `the duration must be ${DURATION_RULE} (is "${text}")`);
      return answer(flags, (client) => tellingWhatRuns(client, client.advanceClock(ms)), moveLines);
    });
}

function nextCommand(): Command {
  return clockVerb({
    name: 'next',
    description: 'Moves a manual clock to the next instant at which something wakes.',
    examples: ['clock next'],
  }).action((flags: Flags) => answer(flags, (client) => tellingWhatRuns(client, client.nextOnClock()), moveLines));
}

function pendingCommand(): Command {
  return clockVerb({
    name: 'pending',
    description: 'Lists what sleeps on the clock: who, until when, why.',
    examples: ['clock pending'],
  }).action((flags: Flags) =>
    answer(
      flags,
      async (client) => (await client.clock()).pending,
      (pending) => (pending.length === 0 ? ['nothing sleeps'] : sleeperLines(pending)),
    ),
  );
}

function clockVerb(facts: CommandFacts, ...own: readonly Option[]): Command {
  const command = createCommand(facts);
  for (const option of [...own, jsonOption('the answer'), emulatorOption()]) command.addOption(option);
  return command;
}

/** Longer than any move takes that waits for nobody. */
const TELL_AFTER_MS = 2000;

/** The clock stands still while a webhook is being asked; who waits for it is told, on stderr, what it waits for. */
async function tellingWhatRuns<T>(client: ControlClient, move: Promise<T>): Promise<T> {
  const tell = async (): Promise<void> => {
    const holds = (await client.clock().catch(() => undefined))?.openHolds ?? [];
    if (holds.length > 0) printError(`the clock waits for: ${holds.map(printable).join(', ')}`);
  };
  const timer = setInterval(() => void tell(), TELL_AFTER_MS);
  try {
    return await move;
  } finally {
    clearInterval(timer);
  }
}

async function answer<T>(
  flags: Flags,
  ask: (client: ControlClient) => Promise<T>,
  linesOf: (answer: T) => readonly string[],
): Promise<void> {
  const value = await ask(await controlClient(flags.emulator, io().env)).catch((error: unknown) => {
    if (!(error instanceof ClientError) || error.code !== 'wrong-clock-mode') throw error;
    throw new CliError('failed', 'the clock moves by itself; first: dps-emulator clock mode manual');
  });
  if (flags.json) return printJson(value);
  for (const line of linesOf(value)) print(line);
}

function stateLines({ mode, factor, now, pending, openHolds }: ClockState): readonly string[] {
  return [
    `${now}  ${mode}${mode === 'scaled' ? ` × ${factor}` : ''}`,
    ...sleeperLines(pending),
    ...openHolds.map((why) => `  running: ${printable(why)}`),
  ];
}

function sleeperLines(pending: ClockState['pending']): readonly string[] {
  return pending.map(
    ({ who, why, due, inMs }) => `  in ${formatDuration(inMs)} (${due})  ${printable(who)}: ${printable(why)}`,
  );
}

function moveLines({ fromMs, toMs, to, woken }: ClockMove): readonly string[] {
  if (toMs === fromMs && woken === 0) return [`${to}  nothing sleeps`];
  return [`${to}  moved on by ${formatDuration(toMs - fromMs)}, ${woken} ${woken === 1 ? 'sleep' : 'sleeps'} ended`];
}
