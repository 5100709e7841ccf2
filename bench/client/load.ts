/** The two kinds of load that a client process makes, and what it counts. */
import { createSecureContext, type SecureContext } from 'node:tls';
import { deviceOf, type Fleet } from '../set-up.ts';
import { type Answer, type LinkTarget, type MqttLink, openLink } from './mqtt-link.ts';

export interface LoadOrder {
  /** `round-trips`: registers over connections that stay. `sessions`: a new TLS connection for each registration. */
  readonly kind: 'round-trips' | 'sessions';
  readonly port: number;
  readonly caPem: string;
  readonly fleet: Fleet;
  /** How many connections are open at a time. */
  readonly parallel: number;
  readonly durationMs: number;
  /** The first device's number; numbers go up from there. */
  readonly firstDevice: number;
}

export interface LoadResult {
  readonly perSecond: number;
  /** How many sessions or round trips there were. */
  readonly completed: number;
  /** Requests of all of them: registers and polls. */
  readonly requests: number;
}

export function makeLoad(order: LoadOrder): Promise<LoadResult> {
  const target = { port: order.port, secureContext: trusting(order.caPem) };
  return order.kind === 'round-trips' ? roundTrips(order, target) : sessions(order, target);
}

/** Reading a CA takes longer than a round trip; a device would do it once. */
const contexts = new Map<string, SecureContext>();

function trusting(caPem: string): SecureContext {
  const known = contexts.get(caPem) ?? createSecureContext({ ca: caPem });
  contexts.set(caPem, known);
  return known;
}

async function roundTrips({ fleet, parallel, durationMs, firstDevice }: LoadOrder, target: LinkTarget) {
  const numbers = Array.from({ length: parallel }, (_, n) => firstDevice + n);
  const links = await Promise.all(numbers.map((n) => openLink(deviceOf(fleet, n), target)));
  const load = await inParallel(parallel, durationMs, async (lane) => {
    const link = links[lane];
    if (link === undefined) throw new Error(`there is no connection ${lane}`);
    checked(await link.register(), 202);
    return 1;
  });
  await Promise.all(links.map((link) => link.close()));
  return load;
}

function sessions({ fleet, parallel, durationMs, firstDevice }: LoadOrder, target: LinkTarget): Promise<LoadResult> {
  let next = firstDevice;
  return inParallel(parallel, durationMs, async () => {
    const device = deviceOf(fleet, next);
    next += 1;
    const link = await openLink(device, target);
    const requests = await registration(link);
    await link.close();
    return requests;
  });
}

/** Register, then poll at once until it is over: both sides say that there is no need to wait. */
async function registration(link: MqttLink): Promise<number> {
  const { operationId } = JSON.parse(checked(await link.register(), 202).body) as { operationId: string };
  for (let requests = 2; ; requests += 1) {
    const answer = await link.poll(operationId);
    if (answer.status === 202) continue;
    const { status } = JSON.parse(checked(answer, 200).body) as { status: string };
    if (status !== 'assigned') throw new Error(`a device was not assigned: ${answer.body}`);
    return requests;
  }
}

function checked(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.body}`);
  return answer;
}

/** Repeats the work in every lane until the time is over; what has begun then is finished, and counts with its time. */
async function inParallel(
  lanes: number,
  durationMs: number,
  work: (lane: number) => Promise<number>,
): Promise<LoadResult> {
  let completed = 0;
  let requests = 0;
  const startedMs = performance.now();
  const lane = async (index: number): Promise<void> => {
    do {
      const made = await work(index);
      requests += made;
      completed += 1;
    } while (performance.now() - startedMs < durationMs);
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  const elapsedMs = performance.now() - startedMs;
  return { perSecond: (completed * 1000) / elapsedMs, completed, requests };
}
