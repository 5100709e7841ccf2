/** Binds the ports of the table: exactly the one that was asked for, or, for a default that is not free, the next one that is. */
import type { Server, TlsOptions } from 'node:tls';
import type { DeviceListenerRow, ListenerRow, Listening, MissedPort, Served, Speaker } from './listeners.ts';
import { isLoopback, isWildcard } from './wire/host.ts';
import type { Transport } from './wire/transports.ts';

export interface PortChoice {
  readonly port: number;
  /** Only a default port of a command may move: a port that was asked for is bound or is an error. */
  readonly isMovable: boolean;
}

/** A listener that had to move. */
export interface Moved {
  readonly row: ListenerRow;
  readonly from: number;
  readonly to: number;
  readonly missed: MissedPort;
}

export interface Bound<T> {
  readonly listener: T;
  readonly moved: readonly Moved[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ListenersOptions<Name extends string> {
  readonly rows: Readonly<Record<Name, DeviceListenerRow>>;
  readonly served: Served;
  readonly host: string;
  /** What TLS servers are created with, and who watches over their handshakes. */
  readonly security: {
    readonly options: TlsOptions;
    watch(server: Server, watched: { readonly listener: string; readonly transport: Transport }): () => void;
  };
  readonly choose: (name: NoInfer<Name>) => PortChoice;
}

export interface Listeners<Name extends string> {
  readonly addresses: Readonly<Record<Name, Address>>;
  readonly moved: readonly Moved[];
  stop(): Promise<void>;
}

/** Opens the device ports; what has been started is stopped again when one cannot be. */
export async function startListeners<Name extends string>(given: ListenersOptions<Name>): Promise<Listeners<Name>> {
  const { rows, served, host, security, choose } = given;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const speakers: { readonly name: Name; readonly row: DeviceListenerRow; readonly speaker: Speaker }[] = [];
    for (const [name, row] of Object.entries(rows) as [Name, DeviceListenerRow][]) {
      const speaker = await row.speak(served);
      stops.push(speaker.stop);
      speakers.push({ name, row, speaker });
    }
    const webSockets = Object.fromEntries(
      speakers.flatMap(({ speaker: { webSocket } }) => (webSocket ? [[webSocket.subprotocol, webSocket.serve]] : [])),
    );
    const addresses: Partial<Record<Name, Address>> = {};
    const allMoved: Moved[] = [];
    for (const { name, row, speaker } of speakers) {
      const { listener, moved } = await bindFirstFree(row, choose(name), (port) =>
        speaker.listen({
          host,
          port,
          tls: security.options,
          secure: (server) => security.watch(server, { listener: name, transport: row.transport }),
          webSockets,
        }),
      );
      stops.push(listener.stop);
      addresses[name] = { host: dialledHost(host), port: listener.port };
      allMoved.push(...moved);
    }
    return { addresses: addresses as Record<Name, Address>, moved: allMoved, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const TRIES_MAX = 100;

export async function bindFirstFree<T extends Listening>(
  row: ListenerRow,
  { port: from, isMovable }: PortChoice,
  listen: (port: number) => Promise<T>,
): Promise<Bound<T>> {
  try {
    return { listener: await listen(from), moved: [] };
  } catch (error) {
    const missed = missedPort(error);
    if (missed === undefined || !isMovable) throw error;
    for (let port = row.fallbackFrom; port < row.fallbackFrom + TRIES_MAX; port += 1) {
      const listener = await listen(port).catch((again: unknown) => {
        if (missedPort(again) === undefined) throw again;
        return undefined;
      });
      if (listener !== undefined) return { listener, moved: [{ row, from, to: listener.port, missed }] };
    }
    throw error;
  }
}

function missedPort(error: unknown): MissedPort | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'EADDRINUSE') return 'taken';
  return code === 'EACCES' || code === 'EPERM' ? 'not-allowed' : undefined;
}

/** Devices on this machine dial `localhost`: the certificate names it, and SNI needs a name. */
function dialledHost(host: string): string {
  return isLoopback(host) || isWildcard(host) ? 'localhost' : host;
}
