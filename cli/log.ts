/** `dps-emulator log`: what happened to a registration and why, from the emulator's journal. */
import type { Command } from 'commander';
import { type ControlClient, controlClient } from '../client/control-client.ts';
import type { JournalFilter } from '../emulator/wire/control-api.ts';
import type { Timeline } from '../emulator/wire/journal-entry.ts';
import { subjectAddress, subjectName } from '../emulator/wire/journal-subject.ts';
import { createCommand, type EmulatorFlag, emulatorOption, jsonOption } from './command.ts';
import { CliError } from './exit.ts';
import { io } from './io.ts';
import { paint, print, printable, printError, printJson } from './terminal.ts';
import { entryText, timelineLines } from './timeline-lines.ts';

interface Flags extends EmulatorFlag {
  readonly idScope?: string;
  readonly follow?: true;
  readonly json?: true;
}

export function logCommand(): Command {
  return createCommand({
    name: 'log',
    description:
      'Shows the timeline of a registration: requests, who vouched for it, each webhook call, the outcome and why.',
    examples: ['log', 'log breakroom499-contoso-tstrsd-007', 'log --follow'],
  })
    .argument('[id]', 'registration id (default: an overview of all)')
    .option('--id-scope <scope>', 'only at this ID scope')
    .option('-f, --follow', 'go on with what happens, until Ctrl+C')
    .addOption(jsonOption('the timelines, or with --follow one entry per line,'))
    .addOption(emulatorOption())
    .action(async (registrationId: string | undefined, { idScope, follow, json, emulator }: Flags) => {
      const client = await controlClient(emulator, io().env);
      const filter = { idScope, registrationId };
      if (follow) return followEntries(client, filter, json === true);
      const timelines = await client.timelines(filter);
      if (json) return printJson({ timelines });
      if (registrationId !== undefined && timelines.length === 0) throw await nothingOf(registrationId, client);
      if (registrationId !== undefined || timelines.length === 1) return printTimelines(timelines);
      if (timelines.length === 0) print('nothing has happened yet');
      else printOverview(timelines);
    });
}

function printTimelines(timelines: readonly Timeline[]): void {
  for (const timeline of timelines) {
    const { droppedEntries, dropped, entries } = timeline;
    const scope = 'idScope' in timeline ? paint.faint(`ID scope ${printable(timeline.idScope) || 'unknown'}`) : '';
    print(paint.strong(`${printable(subjectName(timeline))}  ${scope}`));
    const kinds = Object.entries(dropped).map(([kind, count]) => `${count} ${kind}`);
    if (droppedEntries > 0) {
      const limits = '--journal-entries, --journal-bytes';
      print(paint.faint(`(${droppedEntries} older entries were dropped, ${kinds.join(', ')}: ${limits})`));
    }
    const linesOf = timelineLines(paint);
    for (const entry of entries) print(linesOf(entry).join('\n'));
    print();
  }
}

function printOverview(timelines: readonly Timeline[]): void {
  const width = Math.max(...timelines.map((timeline) => subjectName(timeline).length));
  for (const timeline of timelines) {
    const { entries } = timeline;
    const telling = entries.findLast(({ event }) => event.kind === 'concluded' || event.kind === 'refused');
    const last = telling ?? entries.at(-1);
    const said = last === undefined ? '' : entryText(last, paint);
    print(`${printable(subjectName(timeline)).padEnd(width)}  ${said}`);
  }
  print(paint.faint('\nThe whole story of one: dps-emulator log ID'));
}

/** Each registration counts from its own register; with several of them, every line names its own. */
async function followEntries(client: ControlClient, filter: JournalFilter, isJson: boolean): Promise<void> {
  const linesBySubject = new Map<string, ReturnType<typeof timelineLines>>();
  for await (const entry of client.events(filter)) {
    if (isJson) {
      print(JSON.stringify(entry));
      continue;
    }
    const subject = subjectAddress(entry);
    const linesOf = linesBySubject.get(subject) ?? timelineLines(paint);
    linesBySubject.set(subject, linesOf);
    const name = filter.registrationId === undefined ? `${paint.strong(printable(subjectName(entry)))}\n` : '';
    print(`${name}${linesOf(entry).join('\n')}`);
  }
  printError('the emulator has stopped');
}

const NAMED_MAX = 10;

async function nothingOf(registrationId: string, client: ControlClient): Promise<CliError> {
  const known = (await client.timelines({})).map((timeline) => printable(subjectName(timeline)));
  const names = known.slice(0, NAMED_MAX).join(', ') + (known.length > NAMED_MAX ? ', …' : '');
  const rest = known.length === 0 ? 'nothing has happened yet' : `on record: ${names}`;
  return new CliError('failed', `nothing is on record of "${printable(registrationId)}"; ${rest}`);
}
