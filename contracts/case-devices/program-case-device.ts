/** A device whose program is somebody else's: it registers by itself, and the case watches what the service answers. */
import type { DeviceOptions } from '../../device/device.ts';
import type { CaseDevice, DeviceChange, DeviceFacts, DeviceReport } from './case-device.ts';

export interface DeviceProgram {
  /**
   * Registers once, to the end.
   * @throws {DeviceProgramError} when the program could not be run at all
   */
  register(options: DeviceOptions, signal: AbortSignal): Promise<DeviceReport>;
}

/** The program could not be run: this says nothing about the contract. */
export class DeviceProgramError extends Error {
  override readonly name = 'DeviceProgramError';
}

interface ProgramCaseDeviceOptions {
  readonly device: DeviceOptions;
  readonly program: DeviceProgram;
  /** Hears of every answer to a poll that says `assigning` while the service sleeps; the returned function ends that. */
  readonly onWaiting: (listener: () => void) => () => void;
}

export function createProgramCaseDevice({ device, program, onWaiting }: ProgramCaseDeviceOptions): CaseDevice {
  let options = device;
  let abort = new AbortController();
  let running: Promise<void> | undefined;
  let report: DeviceReport | undefined;
  let broken: unknown;

  const start = (): void => {
    abort.abort();
    const own = new AbortController();
    abort = own;
    report = undefined;
    running = program.register(options, own.signal).then(
      (result) => {
        if (!own.signal.aborted) report = result;
      },
      (error: unknown) => {
        if (!own.signal.aborted) broken = error;
      },
    );
  };
  /** Until the program has ended, or has been told `assigning` by a service that waits on its clock. */
  const untilWaiting = async (): Promise<void> => {
    let stop = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      stop = onWaiting(resolve);
    });
    await Promise.race([waiting, running]);
    stop();
    if (broken !== undefined) throw broken;
  };
  const register = (change: DeviceChange): Promise<void> => {
    options = { ...options, ...change };
    start();
    return untilWaiting();
  };

  return {
    register,
    poll: () => (report === undefined ? untilWaiting() : Promise.resolve()),
    connect: onlyBuiltIn,
    sendRegister: onlyBuiltIn,
    drop: onlyBuiltIn,
    reconnect: onlyBuiltIn,
    facts: (): DeviceFacts => ({
      outcome: report?.outcome ?? (running === undefined ? 'not-started' : 'assigning'),
      ...(report !== undefined && { report }),
      ...(report?.message !== undefined && { message: report.message }),
      strayMessages: 0,
    }),
    stop: async () => {
      abort.abort();
      await running;
    },
  };
}

/** Such cases are left out of the plan; this only guards it. */
const onlyBuiltIn = async (): Promise<never> => {
  throw new DeviceProgramError('only the built-in device can be moved request by request');
};
