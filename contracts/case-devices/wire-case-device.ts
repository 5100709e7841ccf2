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

// Long because one device's answers share its session and what has come of it.
export function createWireCaseDevice({ device, polling }: WireCaseDeviceOptions): CaseDevice {
  let options = device;
  let session: DeviceSession | undefined;
  let progress: Progress | undefined;
  let messagesIn = 0;
  let answersIn = 0;
  const stopped = new AbortController();

  const record = (reply: Reply): void => {
    progress?.replies.push(reply);
    if (reply.step === 'register' || reply.step === 'poll') answersIn += 1;
  };
  const counting = (): DeviceOptions => ({
    ...options,
    onStatus: (event) => {
      if (event.kind === 'packet' && event.direction === 'in' && event.cmd === 'publish') messagesIn += 1;
    },
  });
  const open = async (): Promise<DeviceSession> => {
    // What a time limit has cut off goes on for a while, and would come back to a target that has been tidied.
    stopped.signal.throwIfAborted();
    session ??= await openSession(counting(), record);
    return session;
  };
  const close = async (): Promise<void> => {
    const closing = session;
    session = undefined;
    if (closing === undefined) return;
    await closeQuietly(closing);
    closing.destroy();
  };
  const drop = (): void => {
    session?.destroy();
    session = undefined;
  };
  /** Whatever the service or the network does is an outcome, not an exception. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DeviceFailure) || progress === undefined) throw error;
      const { outcome, message, ended } = error.detail;
      progress.conclusion = { outcome, message };
      if (ended !== undefined) progress.ended = ended;
      drop();
    }
  };
  const take = async (reply: Reply): Promise<void> => {
    if (progress === undefined) return;
    const verdict = judge(reply);
    if (verdict.kind === 'assigning') progress.operationId = verdict.operationId;
    if (verdict.kind !== 'concluded') return;
    progress.conclusion = verdict.conclusion;
    await close();
  };
  const pollOnce = async (): Promise<void> => {
    if (progress?.operationId === undefined || progress.conclusion !== undefined) return;
    if (polling.kind === 'when-settled') {
      await polling.untilSettled();
      await take(await (await open()).poll(progress.operationId));
      return;
    }
    await pollAsTold(progress, progress.operationId);
  };
  /** How often it has to ask is chance: of the answers in between only the last is kept. */
  const pollAsTold = async (own: Progress, operationId: string): Promise<void> => {
    const before = own.replies.length;
    let waitSeconds = own.replies.at(-1)?.retryAfterSeconds ?? POLL_SECONDS_MIN;
    while (own === progress && own.conclusion === undefined && !stopped.signal.aborted) {
      await wait(Math.max(waitSeconds, POLL_SECONDS_MIN) * 1000, undefined, { signal: stopped.signal });
      const reply = await (await open()).poll(operationId);
      waitSeconds = reply.retryAfterSeconds ?? POLL_SECONDS_MIN;
      own.replies.splice(before, own.replies.length - before, reply);
      await take(reply);
    }
  };
  const sendRegister = async (change: DeviceChange): Promise<void> => {
    if (Object.keys(change).length > 0) await close();
    options = { ...options, ...change };
    progress = { replies: [] };
    await attempt(async () => take(await (await open()).register()));
  };

  return {
    connect: () => {
      progress ??= { replies: [] };
      return attempt(async () => void (await open()));
    },
    register: async (change, connection) => {
      if (connection === 'new') await close();
      await sendRegister(change);
      await attempt(pollOnce);
    },
    sendRegister,
    poll: () => attempt(pollOnce),
    drop: async () => drop(),
    reconnect: () => {
      drop();
      return attempt(async () => void (await open()));
    },
    facts: () => factsOf(progress, options, messagesIn - answersIn),
    stop: async () => {
      stopped.abort();
      drop();
    },
  };
}

function factsOf(progress: Progress | undefined, { transport }: DeviceOptions, strays: number): DeviceFacts {
  // HTTPS has no messages that nobody asked for.
  const strayMessages = Math.max(0, transport === 'https' ? 0 : strays);
  if (progress === undefined) return { outcome: 'not-started', strayMessages };
  const { replies, conclusion, ended } = progress;
  return {
    outcome: conclusion?.outcome ?? 'assigning',
    ...(conclusion?.message !== undefined && { message: conclusion.message }),
    replies: replies.filter((reply) => reply.step === 'register' || reply.step === 'poll'),
    cSdkResult: cSdkResult({ transport, replies, ...(ended !== undefined && { ended }) }),
    strayMessages,
  };
}
