/** Every route of the control API; docs/control-api.md is tested against this list. */
import type { Emulator } from '../emulator.ts';
import { clockRoutes } from './clock-routes.ts';
import type { StreamLimits } from './event-stream.ts';
import { hubRoutes } from './hub-routes.ts';
import { journalRoutes } from './journal-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import type { ControlRoute } from './route.ts';
import { sasRoutes } from './sas-routes.ts';
import { stateRoutes } from './state-routes.ts';

export interface RoutesOptions {
  readonly emulator: Emulator;
  readonly controlUrl: () => string;
  readonly streamLimits: StreamLimits;
}

export function controlRoutes({ emulator, controlUrl, streamLimits }: RoutesOptions): readonly ControlRoute[] {
  return [
    ...stateRoutes(emulator, controlUrl),
    ...registrationRoutes(emulator),
    ...journalRoutes(emulator, streamLimits),
    ...clockRoutes(emulator),
    ...hubRoutes(emulator),
    ...resourceRoutes(emulator),
    ...sasRoutes(emulator),
  ];
}
