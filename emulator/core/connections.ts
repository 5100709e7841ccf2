/** The registry of live connections, whatever the transport: who is there, since when, by what credential, and what it last did. */

import { registrationSubject } from '../wire/journal-subject.ts';
import type { Transport } from '../wire/transports.ts';
import type { Credential } from './dps/attestation/credential.ts';
import type { Journal } from './journal/journal.ts';

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
export interface ServedConnection {
  /** It goes on as another transport: a WebSocket. */
  becomes(transport: Transport): void;
  // A rule by which a device's newer connection ends its older one has its place here: both are known.
  identify(device: ConnectedDevice): void;
  did(what: string): void;
  /** The device was let in; it is on record from here to its end. */
  letIn(): void;
  /** The end of one that was let in, and why when nobody said goodbye. */
  left(why?: string): void;
}

export interface Connections {
  /** As soon as there is a secure channel. */
  open(socket: object, transport: Transport): void;
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
}

export function createConnections({ now, journal }: ConnectionsOptions): Connections {
  const open = new Map<object, Live>();
  return {
    open: (socket, transport) => {
      const shown = { transport, sinceMs: now(), device: undefined, last: undefined };
      open.set(socket, { shown, served: served(shown, now, journal) });
    },
    close: (socket) => void open.delete(socket),
    of: (socket) => open.get(socket)?.served,
    list: () => [...open.values()].map(({ shown }) => ({ ...shown })),
  };
}

interface Live {
  readonly shown: LiveConnection;
  readonly served: ServedConnection;
}

/** What nobody vetted can be long; what is kept of it for display is not. */
const SHOWN_LENGTH_MAX = 256;

function cut<Text extends string | undefined>(text: Text): Text {
  return text?.slice(0, SHOWN_LENGTH_MAX) as Text;
}

type Changing = { -readonly [Member in keyof LiveConnection]: LiveConnection[Member] };

function served(live: Changing, now: () => number, journal: ConnectionsOptions['journal']): ServedConnection {
  let isOnRecord = false;
  return {
    becomes: (transport) => {
      live.transport = transport;
    },
    identify: (device) => {
      const { idScope, registrationId, apiVersion } = device;
      live.device = {
        ...device,
        idScope: cut(idScope),
        registrationId: cut(registrationId),
        apiVersion: cut(apiVersion),
      };
    },
    did: (what) => {
      live.last = { what, atMs: now() };
    },
    letIn: () => {
      const { transport, device } = live;
      if (device === undefined) return;
      isOnRecord = true;
      const { apiVersion } = device;
      journal.record(registrationSubject(device), {
        kind: 'connected',
        transport,
        ...(apiVersion !== undefined && { apiVersion }),
      });
    },
    left: (why) => {
      const { transport, device } = live;
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
