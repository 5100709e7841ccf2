/** A reader of server-sent events over node:http that takes them one at a time, or stops reading. */
import { type IncomingMessage, request } from 'node:http';

export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly comment?: string;
  readonly data?: unknown;
}

export interface EventReader {
  readonly response: IncomingMessage;
  /** The next event or comment; rejects when the stream has ended. */
  next(): Promise<ServerEvent>;
  /** The next event that is no comment. */
  nextEvent(): Promise<ServerEvent>;
  /** Everything up to the end of the stream. */
  rest(): Promise<readonly ServerEvent[]>;
  close(): void;
}

export async function openEvents(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const sent = request(url, { headers, agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', resolve);
    sent.end();
  });
  const events = readEvents(response);
  const next = async (): Promise<ServerEvent> => {
    const { value, done } = await events.next();
    if (done) throw new Error('the stream has ended');
    return value;
  };
  const nextEvent = async (): Promise<ServerEvent> => {
    const one = await next();
    return one.comment === undefined ? one : nextEvent();
  };
  const rest = async (): Promise<readonly ServerEvent[]> => {
    const all: ServerEvent[] = [];
    for await (const one of events) all.push(one);
    return all;
  };
  return { response, next, nextEvent, rest, close: () => sent.destroy() };
}

/** Reads no faster than it is asked to. */
async function* readEvents(response: IncomingMessage): AsyncGenerator<ServerEvent, undefined> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks.map(parse);
  }
  return undefined;
}

function parse(block: string): ServerEvent {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon) || 'comment';
    const value = line.slice(colon + 1).trim();
    return [name, name === 'data' ? JSON.parse(value) : value];
  });
  return Object.fromEntries(fields);
}
