/** Every error of the control API once: its code and status; the message says what is wrong and what to do next. */
import { MANAGEMENT_ERRORS } from '../core/resources/management-error.ts';
import { type Fault, ruleText } from '../wire/fault.ts';

export const CONTROL_ERRORS = {
  'bad-request': 400,
  'not-json': 400,
  invalid: 400,
  'foreign-host': 403,
  'foreign-origin': 403,
  'unknown-route': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'wrong-clock-mode': 409,
  'clock-not-settled': 409,
  'too-large': 413,
  'not-json-type': 415,
  'internal-error': 500,
  // The resource manager's own, in its spelling.
  ...MANAGEMENT_ERRORS,
} as const satisfies Record<string, number>;

export type ControlErrorCode = keyof typeof CONTROL_ERRORS;

export interface ControlErrorBody {
  readonly error: { readonly code: ControlErrorCode; readonly message: string; readonly faults?: readonly Fault[] };
}

export class ControlError extends Error {
  readonly code: ControlErrorCode;
  readonly faults: readonly Fault[];

  constructor(code: ControlErrorCode, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.name = 'ControlError';
    this.code = code;
    this.faults = faults;
  }

  get status(): number {
    return CONTROL_ERRORS[this.code];
  }

  body(): ControlErrorBody {
    const { code, message, faults } = this;
    return { error: { code, message, ...(faults.length > 0 && { faults }) } };
  }
}

/** A request whose parts break rules: every fault at once, and the message names them too. */
export function invalid(what: string, faults: readonly Fault[]): ControlError {
  const list = faults.map((fault) => `${fault.path || 'it'} ${ruleText(fault)}`);
  const shownMax = 3;
  const rest = list.length > shownMax ? `; and ${list.length - shownMax} more` : '';
  return new ControlError('invalid', `${what}: ${list.slice(0, shownMax).join('; ')}${rest}.`, faults);
}
