/**
 * The door for `contracts/` and `cli/`: what verify and the commands need of the service itself. Not exported from the package. What is
 * heavy (the emulator, its CA) is loaded when it is asked for, so that a command that needs little starts in a blink.
 */
import type { Emulator, EmulatorOptions } from './emulator.ts';
import type { CertificateAuthority, TlsFileOptions } from './tls/ca.ts';
import type { TrustEnvironment } from './tls/trust-environment.ts';

// How the service asks a webhook, reads its answer and decides to ask again.
export { postJson } from './allocation-webhook/client.ts';
export { buildAllocationRequest } from './allocation-webhook/request-builder.ts';
export { decideRetry, RETRIES_MAX } from './allocation-webhook/retry-policy.ts';
// Its options and ports, its named assumptions, the names of its errors.
export {
  type GivenOptions,
  OPTIONS,
  OptionError,
  type OptionName,
  type OptionRow,
  resolveOptions,
  variableOf,
} from './config.ts';
export { type Assumptions, resolveAssumptions } from './core/assumptions.ts';
export type { AllocationResult } from './core/dps/allocation/allocation-result.ts';
export { readCustomAnswer } from './core/dps/allocation/custom-answer.ts';
export { ERRORS } from './core/errors.ts';
// What an event of the journal has to say beyond its one line.
export { detailsOf } from './core/journal/describe.ts';
export type { AllocationQuestion, WebhookOutcome } from './core/ports.ts';
export type { Proven } from './core/store/proven.ts';
export type { Emulator, EmulatorOptions } from './emulator.ts';
export {
  DEVICE_LISTENERS,
  type DeviceListenerName,
  HOW_TO_BE_ALLOWED,
  LISTENERS,
  type ListenerName,
  listenerOf,
  type PortOption,
} from './listeners.ts';

/** An emulator as a command runs one: on the documented ports, and with the documented waits, unless told otherwise. */
export async function startAsCommand(options: EmulatorOptions): Promise<Emulator> {
  const { compose } = await import('./compose.ts');
  return compose(options, 'command');
}

/** The CA that is kept in a directory, made if there is none. */
export async function ensureCa(directory: string, options: TlsFileOptions = {}): Promise<CertificateAuthority> {
  return (await import('./tls/ca.ts')).ensureCa(directory, options);
}

/** What to export so that programs trust the CA at `caPath`. */
export async function trustEnvironment(
  caPath: string,
  options: { readonly warn?: (message: string) => void } = {},
): Promise<TrustEnvironment> {
  return (await import('./tls/trust-environment.ts')).trustEnvironment(caPath, options);
}
