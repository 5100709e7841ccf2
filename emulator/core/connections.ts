/** The registry of live connections, whatever the transport: who is there, since when, by what credential, and what it last did. */

import { registrationSubject } from '../wire/journal-subject.ts';
import type { Transport } from '../wire/transports.ts';
import type { Credential } from './dps/attestation/credential.ts';
import type { Journal } from './journal/journal.ts';
import { createUnproved, type Excess, type Standing, type UnprovedLimits } from './unproved.ts';

/** Who a device says it is; whether that is so is judged at every request. */
export interface ConnectedDevice {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  readonly credential: Credential['kind'];
}

export interface LiveConnection {
  readonly transport: Transport;
  /** Instant on the emulator's clock, as all of them. */
  readonly sinceMs: number;
  /** Of a device, as of its CONNECT or its latest request; a back end has none. */
  readonly device: ConnectedDevice | undefined;
  readonly last: { readonly what: string; readonly atMs: number } | undefined;
}

/** One connection, in the hands of the adapter that serves it. */
export interface ServedConnection extends Pick<Standing, 'heard' | 'holder' | 'proved'> {
  /** It goes on as another transport: a WebSocket. */
  becomes(transport: Transport): void;
  identify(device: ConnectedDevice): void;
  did(what: string): void;
  /** The device was let in; it is on record from here to its end. */
  letIn(): void;
  /** It has the name from here on. `alone`: the older connections that have it are ended. */
  claim(name: string, how: 'alone' | 'beside-others'): void;
  /** The end of one that was let in, and why when nobody said goodbye. */
  left(why?: string): void;
}

/** What the registry needs of a socket: a way to end it. */
export interface EndableSocket {
  destroy(): unknown;
}

export interface Connections {
  /** A socket on its way to a secure channel; it counts among those who have proved nothing, and is not listed yet. */
  accept(socket: EndableSocket, transport: Transport): Standing;
  /** As soon as there is a secure channel. */
  open(socket: EndableSocket, transport: Transport): void;
  /** Once the socket is closed it is no longer listed. */
  close(socket: object): void;
  /** `undefined` when the socket is not open any more. */
  of(socket: object): ServedConnection | undefined;
  /** Oldest first. */
  list(): readonly LiveConnection[];
}

export interface ConnectionsOptions {
  readonly now: () => number;
  readonly journal: Pick<Journal, 'record'>;
  readonly limits: UnprovedLimits;
}

export function createConnections({ now, journal, limits }: ConnectionsOptions): Connections {
  const open = new Map<object, { readonly live: Live; readonly served: ServedConnection }>();
  const unproved = createUnproved(limits);
  const enter = (socket: EndableSocket, transport: Transport, told: (why: string) => void): Standing =>
    unproved.enter((excess) => {
      const detail = EXCESS[excess](limits);
      told(detail);
      const listener = transport === 'mqtt' ? 'mqtt' : 'https';
      journal.record(
        { kind: 'listener', listener },
        { kind: 'refused', operation: 'connect', transport, reason: excess, detail },
      );
      socket.destroy();
    });
  const names: Names = new Map();
  return {
    accept: (socket, transport) => enter(socket, transport, () => undefined),
    open: (socket, transport) => {
      const standing = enter(socket, transport, (why) => {
        live.endedBecause = why;
      });
      const live: Live = {
        shown: { transport, sinceMs: now(), device: undefined, last: undefined },
        standing,
        end: () => socket.destroy(),
        name: undefined,
        endedBecause: undefined,
      };
      open.set(socket, { live, served: { ...standing, ...served(live, { now, journal, names }) } });
    },
    close: (socket) => {
      const closed = open.get(socket)?.live;
      if (closed === undefined) return;
      open.delete(socket);
      closed.standing.left();
      forgetName(closed, names);
    },
    of: (socket) => open.get(socket)?.served,
    list: () => [...open.values()].map(({ live: { shown } }) => ({ ...shown })),
  };
}

/** What the owner of an emulator reads when a connection was ended for what it took up. */
const EXCESS: Readonly<Record<Excess, (limits: UnprovedLimits) => string>> = {
  'too-many-unproved': ({ connectionsMax }) =>
    `more than ${connectionsMax} connections had not proved who they are; the one that had been silent longest was closed (option unprovedConnectionsMax)`,
  'too-much-unproved': ({ bytesMax }) =>
    `the connections that had not proved who they are held more than ${bytesMax} bytes; the one that held most was closed`,
  'too-much-held': ({ connectionBytesMax }) =>
    `the connection held more than ${connectionBytesMax} bytes of what it sent or was to be sent, and was closed`,
};

interface Live {
  readonly shown: { -readonly [Member in keyof LiveConnection]: LiveConnection[Member] };
  readonly standing: Standing;
  readonly end: () => void;
  name: string | undefined;
  /** Why we ended it. */
  endedBecause: string | undefined;
}

/** Who has which name. */
type Names = Map<string, Set<Live>>;

function forgetName(live: Live, names: Names): void {
  if (live.name === undefined) return;
  const sharers = names.get(live.name);
  sharers?.delete(live);
  if (sharers?.size === 0) names.delete(live.name);
  live.name = undefined;
}

/** What nobody vetted can be long; what is kept of it for display is not. */
const SHOWN_LENGTH_MAX = 256;

function cut<Text extends string | undefined>(text: Text): Text {
  return text?.slice(0, SHOWN_LENGTH_MAX) as Text;
}

function served(
  live: Live,
  { now, journal, names }: Pick<ConnectionsOptions, 'now' | 'journal'> & { readonly names: Names },
): Omit<ServedConnection, 'heard' | 'holder' | 'proved'> {
  const { shown } = live;
  let isOnRecord = false;
  return {
    becomes: (transport) => {
      shown.transport = transport;
    },
    identify: (device) => {
      const { idScope, registrationId, apiVersion } = device;
      shown.device = {
        ...device,
        idScope: cut(idScope),
        registrationId: cut(registrationId),
        apiVersion: cut(apiVersion),
      };
    },
    did: (what) => {
      shown.last = { what, atMs: now() };
    },
    claim: (name, how) => {
      const sharers = names.get(name) ?? new Set();
      const older = how === 'alone' ? [...sharers] : [];
      names.set(name, sharers.add(live));
      live.name = name;
      for (const other of older) {
        other.endedBecause = 'a newer connection with the same client id took its place';
        other.end();
      }
    },
    letIn: () => {
      const { transport, device } = shown;
      if (device === undefined) return;
      isOnRecord = true;
      const { apiVersion } = device;
      journal.record(registrationSubject(device), {
        kind: 'connected',
        transport,
        ...(apiVersion !== undefined && { apiVersion }),
      });
    },
    left: (told) => {
      const { transport, device } = shown;
      const why = live.endedBecause ?? told;
      if (device === undefined || !isOnRecord) return;
      isOnRecord = false;
      journal.record(registrationSubject(device), {
        kind: 'disconnected',
        transport,
        ...(why !== undefined && { why }),
      });
    },
  };
}
