/** The built-in device: registers over the chosen transport and keeps every reply as it came. */
import { cSdkResult } from './c-sdk-result.ts';
import type { Conclusion, DeviceOptions, DeviceResult, DeviceSession, Reply } from './device.ts';
import { DeviceFailure, type DeviceFailureDetail } from './device-failure.ts';
import { runRegistration } from './registration-loop.ts';
import { openHttpsSession } from './wire-device-https.ts';
import { openMqttSession } from './wire-device-mqtt.ts';

/**
 * Registers one device and waits for the outcome.
 *
 * Whatever the service or the network does is an outcome, not an exception.
 * @throws the signal's reason when `signal` is aborted.
 */
export async function registerDevice(options: DeviceOptions): Promise<DeviceResult> {
  options.signal?.throwIfAborted();
  const replies: Reply[] = [];
  const record = (reply: Reply): void => {
    replies.push(reply);
    options.onStatus?.({ kind: 'reply', reply });
  };
  const { conclusion, failure } = await attempt(options, record);
  const ended = failure?.ended;
  return {
    ...conclusion,
    replies,
    cSdkResult: cSdkResult({ transport: options.transport, replies, ...(ended === undefined ? {} : { ended }) }),
  };
}

interface Attempt {
  readonly conclusion: Conclusion;
  readonly failure?: DeviceFailureDetail;
}

async function attempt(options: DeviceOptions, record: (reply: Reply) => void): Promise<Attempt> {
  try {
    const session = await openSession(options, record);
    try {
      const conclusion = await runRegistration(session, options);
      await closeQuietly(session);
      return { conclusion };
    } finally {
      session.destroy();
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof DeviceFailure)) throw error;
    const { outcome, message } = error.detail;
    return { conclusion: { outcome, message }, failure: error.detail };
  }
}

/** @throws {DeviceFailure} when the service cannot be reached, or refuses the connection */
export async function openSession(options: DeviceOptions, record: (reply: Reply) => void): Promise<DeviceSession> {
  return options.transport === 'https' ? openHttpsSession(options, record) : openMqttSession(options, record);
}

/** The device has its answer: a connection that breaks while it says good-bye takes nothing away from it. */
export async function closeQuietly(session: DeviceSession): Promise<void> {
  try {
    await session.close();
  } catch (error) {
    if (!(error instanceof DeviceFailure)) throw error;
  }
}
