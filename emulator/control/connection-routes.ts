/** The route that shows who is connected. */
import type { LiveConnection } from '../core/connections.ts';
import type { ConnectionAnswer } from '../wire/control-api.ts';
import { isoInstant } from '../wire/timestamp.ts';
import type { ControlRoute } from './route.ts';

export function connectionRoutes(list: () => readonly LiveConnection[]): readonly ControlRoute[] {
  return [{ method: 'GET', path: '/connections', answer: () => ({ connections: list().map(shownConnection) }) }];
}

function shownConnection({ transport, sinceMs, device, last }: LiveConnection): ConnectionAnswer {
  return {
    transport,
    since: isoInstant(sinceMs),
    sinceMs,
    device: device ?? null,
    last: last === undefined ? null : { what: last.what, at: isoInstant(last.atMs), atMs: last.atMs },
  };
}
