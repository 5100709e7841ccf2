/** Binding ports: exactly the one that was asked for, or, for a default that is not free, the next one that is. */

export interface PortChoice {
  readonly port: number;
  /** Where the search goes on when `port` may not be bound; absent when the user named the port. */
  readonly fallbackFrom?: number | undefined;
}

const TRIES_MAX = 100;

/** What kept the first choice from being bound. */
export type MissedPort = 'taken' | 'not-allowed';

export interface Bound<T> {
  readonly listener: T;
  readonly missed?: MissedPort;
}

export async function bindFirstFree<T>(choice: PortChoice, bind: (port: number) => Promise<T>): Promise<Bound<T>> {
  try {
    return { listener: await bind(choice.port) };
  } catch (error) {
    const missed = missedPort(error);
    if (missed === undefined || choice.fallbackFrom === undefined) throw error;
    for (let port = choice.fallbackFrom; port < choice.fallbackFrom + TRIES_MAX; port += 1) {
      const listener = await bind(port).catch((again: unknown) => {
        if (missedPort(again) === undefined) throw again;
        return undefined;
      });
      if (listener !== undefined) return { listener, missed };
    }
    throw error;
  }
}

function missedPort(error: unknown): MissedPort | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'EADDRINUSE') return 'taken';
  return code === 'EACCES' || code === 'EPERM' ? 'not-allowed' : undefined;
}
