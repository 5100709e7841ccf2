/** Every route of the control API; docs/control-api.md is tested against this list. */
import type { LiveConnection } from '../core/connections.ts';
import type { EngineState } from '../engine.ts';
import { clockRoutes } from './clock-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import type { StreamLimits } from './event-stream.ts';
import { hubRoutes } from './hub-routes.ts';
import { journalRoutes } from './journal-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import type { ControlRoute } from './route.ts';
import { type Surroundings, stateRoutes } from './state-routes.ts';

export interface RoutesOptions {
  readonly state: EngineState;
  readonly connections: () => readonly LiveConnection[];
  readonly around: Surroundings;
  readonly controlUrl: () => string;
  readonly streamLimits: StreamLimits;
}

export function controlRoutes({
  state,
  connections,
  around,
  controlUrl,
  streamLimits,
}: RoutesOptions): readonly ControlRoute[] {
  return [
    ...stateRoutes(state, around, controlUrl),
    ...deviceRoutes(state, connections),
    ...journalRoutes(state, streamLimits),
    ...clockRoutes(state),
    ...hubRoutes(state),
    ...resourceRoutes(state),
  ];
}
