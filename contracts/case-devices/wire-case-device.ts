/** The built-in device, request by request: it polls when the service has settled, so every run sees the same answers. */
import { setTimeout as wait } from 'node:timers/promises';
import { type CSdkEnd, cSdkResult } from '../../device/c-sdk-result.ts';
import type { Conclusion, DeviceOptions, DeviceSession, Reply } from '../../device/device.ts';
import { DeviceFailure } from '../../device/device-failure.ts';
import { judge } from '../../device/registration-loop.ts';
import { closeQuietly, openSession } from '../../device/wire-device.ts';
import type { Polling } from '../target/target.ts';
import type { CaseDevice, DeviceChange, DeviceFacts } from './case-device.ts';

export interface WireCaseDeviceOptions {
  readonly device: DeviceOptions;
  readonly polling: Polling;
}

/** Between two polls where the service does not say: long enough not to be a flood. */
const POLL_SECONDS_MIN = 0.1;

/** What the latest registration has come to. */
interface Progress {
  readonly replies: Reply[];
  operationId?: string;
  conclusion?: Conclusion;
  ended?: CSdkEnd;
}

export function createWireCaseDevice({ device, polling }: WireCaseDeviceOptions): CaseDevice {
  let options = device;
  let progress: Progress | undefined;
  const stopped = new AbortController();
  const connection = createConnection((reply) => progress?.replies.push(reply), stopped.signal);
  const connect = async (): Promise<void> => void (await connection.open(options));

  /** Whatever the service or the network does is an outcome, not an exception. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DeviceFailure) || progress === undefined) throw error;
      const { outcome, message, ended } = error.detail;
      progress.conclusion = { outcome, message };
      if (ended !== undefined) progress.ended = ended;
      connection.drop();
    }
  };
  const take = async (reply: Reply): Promise<void> => {
    if (progress === undefined) return;
    const verdict = judge(reply);
    if (verdict.kind === 'assigning') progress.operationId = verdict.operationId;
    if (verdict.kind !== 'concluded') return;
    progress.conclusion = verdict.conclusion;
    await connection.close();
  };
  const pollOnce = async (): Promise<void> => {
    const own = progress;
    if (own?.operationId === undefined || own.conclusion !== undefined) return;
    const { operationId } = own;
    const ask = async (): Promise<Reply> => (await connection.open(options)).poll(operationId);
    if (polling.kind === 'when-settled') {
      await polling.untilSettled();
      return take(await ask());
    }
    const isOver = (): boolean => own !== progress || own.conclusion !== undefined;
    for await (const reply of repliesAsTold({ own, ask, isOver, signal: stopped.signal })) await take(reply);
  };
  const sendRegister = async (change: DeviceChange): Promise<void> => {
    if (Object.keys(change).length > 0) await connection.close();
    options = { ...options, ...change };
    progress = { replies: [] };
    await attempt(async () => take(await (await connection.open(options)).register()));
  };

  return {
    connect: () => {
      progress ??= { replies: [] };
      return attempt(connect);
    },
    register: async (change, kept) => {
      if (kept === 'new') await connection.close();
      await sendRegister(change);
      await attempt(pollOnce);
    },
    sendRegister,
    poll: () => attempt(pollOnce),
    drop: async () => connection.drop(),
    reconnect: () => {
      connection.drop();
      return attempt(connect);
    },
    facts: () => factsOf(progress, options, connection.strays()),
    stop: async () => {
      stopped.abort();
      connection.drop();
    },
  };
}

/** The connection of a device, opened when it is needed. */
function createConnection(record: (reply: Reply) => void, stopped: AbortSignal) {
  let session: DeviceSession | undefined;
  let messagesIn = 0;
  let answersIn = 0;
  const counted = (reply: Reply): void => {
    record(reply);
    if (isAnswer(reply)) answersIn += 1;
  };
  const onStatus: NonNullable<DeviceOptions['onStatus']> = (event) => {
    if (event.kind === 'packet' && event.direction === 'in' && event.cmd === 'publish') messagesIn += 1;
  };
  return {
    open: async (options: DeviceOptions): Promise<DeviceSession> => {
      // What a time limit has cut off goes on for a while, and would come back to a target that has been tidied.
      stopped.throwIfAborted();
      session ??= await openSession({ ...options, onStatus }, counted);
      return session;
    },
    close: async (): Promise<void> => {
      const closing = session;
      session = undefined;
      if (closing === undefined) return;
      await closeQuietly(closing);
      closing.destroy();
    },
    drop: (): void => {
      session?.destroy();
      session = undefined;
    },
    /** Messages that were no answer to anything. */
    strays: () => messagesIn - answersIn,
  };
}

interface AskedAgain {
  readonly own: Progress;
  readonly ask: () => Promise<Reply>;
  readonly isOver: () => boolean;
  readonly signal: AbortSignal;
}

/** How often it has to ask is chance: of the answers in between only the last is kept. */
async function* repliesAsTold({ own, ask, isOver, signal }: AskedAgain): AsyncIterable<Reply> {
  const before = own.replies.length;
  let waitSeconds = own.replies.at(-1)?.retryAfterSeconds ?? POLL_SECONDS_MIN;
  while (!isOver() && !signal.aborted) {
    await wait(Math.max(waitSeconds, POLL_SECONDS_MIN) * 1000, undefined, { signal });
    const reply = await ask();
    waitSeconds = reply.retryAfterSeconds ?? POLL_SECONDS_MIN;
    own.replies.splice(before, own.replies.length - before, reply);
    yield reply;
  }
}

function isAnswer({ step }: Reply): boolean {
  return step === 'register' || step === 'poll';
}

function factsOf(progress: Progress | undefined, { transport }: DeviceOptions, strays: number): DeviceFacts {
  // HTTPS has no messages that nobody asked for.
  const strayMessages = Math.max(0, transport === 'https' ? 0 : strays);
  if (progress === undefined) return { outcome: 'not-started', strayMessages };
  const { replies, conclusion, ended } = progress;
  return {
    outcome: conclusion?.outcome ?? 'assigning',
    ...(conclusion?.message !== undefined && { message: conclusion.message }),
    replies: replies.filter(isAnswer),
    cSdkResult: cSdkResult({ transport, replies, ...(ended !== undefined && { ended }) }),
    strayMessages,
  };
}
