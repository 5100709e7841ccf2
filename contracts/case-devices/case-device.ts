/** A device as the steps of a case move it, whoever plays it. */

import type { CSdkResult } from '../../device/c-sdk-result.ts';
import type { DeviceOutcome, Reply } from '../../device/device.ts';
import { numberMember, stringMember } from '../../device/json-body.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';

/** What a step changes for the registrations from now on. */
export interface DeviceChange {
  readonly payload?: JsonValue;
  readonly apiVersion?: string;
}

/** What the device's program itself made of its registration. */
export interface DeviceReport {
  readonly outcome: DeviceOutcome;
  readonly hub?: string;
  readonly deviceId?: string;
  readonly errorCode?: number;
  readonly payload?: JsonValue;
  readonly message?: string;
}

/** What a program told of its registration, by the names that the service has for it; `hub` is a shorter one. */
export function reportedMembers(state: JsonObject): Omit<DeviceReport, 'outcome' | 'message'> {
  const hub = stringMember(state, 'assignedHub') ?? stringMember(state, 'hub');
  const deviceId = stringMember(state, 'deviceId');
  const errorCode = numberMember(state, 'errorCode');
  return {
    ...(hub !== undefined && { hub }),
    ...(deviceId !== undefined && { deviceId }),
    ...(errorCode !== undefined && { errorCode }),
    ...(state.payload !== undefined && { payload: state.payload }),
  };
}

export interface DeviceFacts {
  readonly outcome: DeviceOutcome | 'assigning' | 'not-started';
  readonly message?: string;
  /** The answers of the latest registration as they came over the wire; only the built-in device can tell. */
  readonly replies?: readonly Reply[];
  readonly cSdkResult?: CSdkResult;
  /** Only a program of somebody else's has an opinion of its own. */
  readonly report?: DeviceReport;
  /** Messages that were no answer to anything this device asked. */
  readonly strayMessages: number;
}

export interface CaseDevice {
  connect(): Promise<void>;
  /** Until there is an outcome, or until the service waits on its clock. */
  register(change: DeviceChange, connection: 'kept' | 'new'): Promise<void>;
  /** Up to the first answer. */
  sendRegister(change: DeviceChange): Promise<void>;
  poll(): Promise<void>;
  drop(): Promise<void>;
  reconnect(): Promise<void>;
  facts(): DeviceFacts;
  stop(): Promise<void>;
}
