/** The parts of a composition that may be replaced as they are made: what the harness makes its wrong emulators of. */
import type { LadderSteps } from './allocation-webhook/ladder.ts';
import type { DpsService } from './core/dps/dps-service.ts';
import type { Ports } from './core/ports.ts';
import type { DpsBroker } from './mqtt/dps-broker.ts';

export interface Parts {
  /** How the webhook is asked: what, by which call, and whether again. */
  readonly ladder: LadderSteps;
  readonly ports: Ports;
  /** Every answer of the device API leaves through it, rendered. */
  readonly dps: DpsService;
  readonly broker: DpsBroker;
}

/** Gives back the part that it is given, or another one for its place. */
export type Replace = <Name extends keyof Parts>(name: Name, part: Parts[Name]) => Parts[Name];

export const replaceNothing: Replace = (_name, part) => part;
