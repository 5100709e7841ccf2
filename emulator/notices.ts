/** What the user should know about a start, a sentence each with the next step. */
import type { EffectiveOptions } from './config.ts';
import type { Moved } from './listen.ts';
import { isLoopback } from './wire/host.ts';

export interface StartFacts {
  readonly options: EffectiveOptions;
  /** Listeners that could not have their port. */
  readonly moved: readonly Moved[];
  readonly warnings: readonly string[];
}

export function noticesOf({ options, moved, warnings }: StartFacts): readonly string[] {
  return [
    ...warnings,
    ...moved.map(movedNotice),
    ...(outrunsPolls(options)
      ? [
          `At ${options.clockFactor} emulated seconds a real one, an operation id outlives its end by less than three polls: raise --operation-lifetime.`,
        ]
      : []),
    ...(isLoopback(options.host)
      ? []
      : [`Devices are served on ${options.host}, beyond this machine: anyone who reaches it can try to register.`]),
    ...(isLoopback(options.controlHost)
      ? []
      : [
          `The control API is served on ${options.controlHost}, beyond this machine: anyone who reaches it can read keys and change everything.`,
        ]),
  ];
}

function movedNotice({ row, from, to, missed }: Moved): string {
  const why = missed === 'taken' ? 'taken' : 'not allowed for this user';
  const advice = row.advice === undefined ? '' : ` ${row.advice(missed)}`;
  return `Port ${from} is ${why}: ${row.subject} on ${to}.${advice}`;
}

/** Devices poll in real seconds, operation ids expire in emulated ones. */
function outrunsPolls({ clock, clockFactor, retryAfterSeconds, operationLifetimeSeconds }: EffectiveOptions): boolean {
  return clock === 'scaled' && 3 * retryAfterSeconds * clockFactor > operationLifetimeSeconds;
}
