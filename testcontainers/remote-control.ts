/** Clock and journal of an emulator in a container, over its control API, in the words of the in-process ones. */
import type { ControlClient } from '../client/control-client.ts';
import type { ClockMode, ClockMove, ClockState } from '../emulator/wire/control-api.ts';
import type { Timeline } from '../emulator/wire/journal-entry.ts';

export interface ContainerClock {
  /** Mode, time, what sleeps until when and why, and what keeps time still. */
  state(): Promise<ClockState>;
  setMode(mode: ClockMode, factor?: number): Promise<ClockState>;
  /** Moves a `manual` clock on; resolves when everything it woke sleeps again or has ended. */
  advance(ms: number): Promise<ClockMove>;
  /** Moves a `manual` clock to the next instant at which something wakes. */
  next(): Promise<ClockMove>;
  /** Resolves once at least `count` sleepers are pending and nothing runs. Fails after a minute, naming what is there. */
  untilSleeping(count: number): Promise<void>;
}

export interface ContainerJournal {
  /** What happened, a timeline per registration, and one for each listener that refused a client without a name. */
  timelines(): Promise<readonly Timeline[]>;
  /** Of one registration; `undefined` when nothing is on record. */
  timeline(idScope: string, registrationId: string): Promise<Timeline | undefined>;
}

const SLEEPING_LIMIT_MS = 60_000;
/** Between two looks. Real time. */
const LOOK_EVERY_MS = 20;

/** @param client asked anew each time: the port changes when the container is restarted */
export function containerClock(client: () => ControlClient): ContainerClock {
  return {
    state: () => client().clock(),
    setMode: (mode, factor) => client().setClockMode(mode, factor),
    advance: (ms) => client().advanceClock(ms),
    next: () => client().nextOnClock(),
    async untilSleeping(count) {
      const deadlineMs = performance.now() + SLEEPING_LIMIT_MS;
      for (;;) {
        const { pending, openHolds } = await client().clock();
        if (pending.length >= count && openHolds.length === 0) return;
        if (performance.now() > deadlineMs) {
          const who = [...pending.map((one) => `${one.who} sleeps`), ...openHolds.map((one) => `${one} runs`)];
          throw new Error(`${count} sleepers were waited for; there are: ${who.join(', ') || 'none'}`);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
  };
}

export function containerJournal(client: () => ControlClient): ContainerJournal {
  return {
    timelines: () => client().timelines({}),
    timeline: async (idScope, registrationId) => (await client().timelines({ idScope, registrationId }))[0],
  };
}
