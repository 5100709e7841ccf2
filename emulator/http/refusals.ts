/** What is refused before an API is asked, by the HTTP layer: each refusal leaves one entry, with its cause and the next step. */
import type { Socket } from 'node:net';
import type { Journal } from '../core/journal/journal.ts';

/** An error of whichever API. */
interface Refused {
  readonly errorName: string;
  readonly errorCode: number;
  readonly message: string;
  /** What only the user of the emulator reads. */
  readonly reason?: string | undefined;
}

/** Where a refused request came from, and what it asked, as far as that is known. */
export interface Asked {
  readonly socket: Pick<Socket, 'remoteAddress' | 'remotePort'>;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  MediaTypeUnsupported: 'say Content-Type: application/json',
  MethodNotAllowed: 'the answer names the methods of this address under Allow; an id may be missing in it',
  NotFound:
    'compare the address with docs/service-api.md; devices register with PUT /{idScope}/registrations/{id}/register',
  NotImplemented: 'docs/fidelity.md lists what of a hub is emulated',
};

/** An API whose refusals are told to the journal when they are sent. */
export interface Refusing<E, Reply> {
  refuse(error: E): Reply;
}

const told = new WeakMap<object, (asked: Asked) => void>();

/** The same API; what it refuses from here on leaves an entry as soon as it is sent. */
export function noting<E extends Refused, Reply extends object, Api extends Refusing<E, Reply>>(
  api: Api,
  journal: Pick<Journal, 'record'>,
): Api {
  const refuse = (error: E): Reply => {
    const reply = api.refuse(error);
    told.set(reply, (asked) => {
      const { errorName: reason, errorCode } = error;
      const detail = detailOf(error, asked);
      const event = { kind: 'refused', operation: 'request', transport: 'https', errorCode, reason, detail } as const;
      journal.record({ kind: 'listener', listener: 'https' }, event);
    });
    return reply;
  };
  return { ...api, refuse };
}

/** Called for every reply that is sent. */
export function noteRefusal(reply: object, asked: Asked): void {
  told.get(reply)?.(asked);
  told.delete(reply);
}

/** A long address tells no more than its beginning. */
const URL_SHOWN = 200;

function detailOf({ errorName, message, reason = message }: Refused, { socket, method, url }: Asked): string {
  const request = method === undefined ? '' : `, ${method} ${(url ?? '').slice(0, URL_SHOWN)}`;
  const step = NEXT_STEPS[errorName];
  return `${socket.remoteAddress}:${socket.remotePort}${request}: ${reason}${step === undefined ? '' : `; ${step}`}`;
}
