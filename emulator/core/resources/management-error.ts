/** Every refusal of the management plane once: the resource manager's code for it and its status. [dps-service-behaviour §7] */
import { type Fault, ruleText } from '../../wire/fault.ts';

export const MANAGEMENT_ERRORS = {
  ResourceGroupNotFound: 404,
  ResourceNotFound: 404,
  NameNotAvailable: 409,
  InvalidRequest: 400,
  /** 404002 */
  IotHubNotFound: 400,
  /** IH400303 */
  DuplicateHub: 400,
  /** IH400059 */
  SkuNotSupported: 400,
  PreconditionFailed: 412,
} as const satisfies Record<string, number>;

export type ManagementErrorCode = keyof typeof MANAGEMENT_ERRORS;

export class ManagementError extends Error {
  readonly code: ManagementErrorCode;
  readonly faults: readonly Fault[];

  constructor(code: ManagementErrorCode, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.name = 'ManagementError';
    this.code = code;
    this.faults = faults;
  }
}

/** Members that break rules, all at once; the message names them too. */
export function invalidRequest(faults: readonly Fault[]): ManagementError {
  const list = faults.map((fault) => `${fault.path || 'the request'} ${ruleText(fault)}`);
  return new ManagementError('InvalidRequest', `${list.join('; ')}.`, faults);
}
