/** What the user should know about a start, a sentence each with the next step. */
import { type EffectiveOptions, OPTIONS } from './config.ts';

import type { Bound, MissedPort } from './listen.ts';
import { isLoopback, type Listeners } from './listeners.ts';

export interface StartFacts {
  readonly options: EffectiveOptions;
  readonly listeners: Listeners;
  readonly control: Bound<{ readonly port: number }>;
  readonly webhookMovedTo: number | undefined;
  readonly warnings: readonly string[];
}

export function noticesOf({ options, listeners, control, webhookMovedTo, warnings }: StartFacts): readonly string[] {
  const { mqtt, https } = listeners;
  return [
    ...warnings,
    ...(https.missed ? [httpsNotice(https.missed, https.listener.port)] : []),
    ...(mqtt.missed
      ? [
          `Port 8883 is ${wordFor(mqtt.missed)}: MQTT listens on ${mqtt.listener.port}. The C and Python SDKs dial 8883 only; free it, or name another with --mqtt-port.`,
        ]
      : []),
    ...(outrunsPolls(options)
      ? [
          `At ${options.clockFactor} emulated seconds a real one, an operation id outlives its end by less than three polls: raise --operation-lifetime.`,
        ]
      : []),
    ...(control.missed
      ? [
          `Port ${OPTIONS.controlPort.default} is ${wordFor(control.missed)}: the control API listens on ${control.listener.port}.`,
        ]
      : []),
    ...(webhookMovedTo === undefined
      ? []
      : [`Port ${options.webhookPort} is taken: the bundled webhook listens on ${webhookMovedTo}.`]),
    ...(isLoopback(options.host)
      ? []
      : [`Devices are served on ${options.host}, beyond this machine: anyone who reaches it can try to register.`]),
    ...(isLoopback(options.controlHost)
      ? []
      : [
          `The control API is served on ${options.controlHost}, beyond this machine: anyone who reaches it can read keys and change everything.`,
        ]),
  ];
}

function httpsNotice(missed: MissedPort, port: number): string {
  const how =
    missed === 'taken'
      ? 'stop what holds it'
      : 'run as root, or once: sudo setcap cap_net_bind_service=+ep "$(readlink -f "$(which node)")"';
  return `Port 443 is ${wordFor(missed)}: HTTPS and WebSocket listen on ${port}. SDKs dial 443 there; to get it, ${how}.`;
}

function wordFor(missed: MissedPort): string {
  return missed === 'taken' ? 'taken' : 'not allowed for this user';
}

/** Devices poll in real seconds, operation ids expire in emulated ones. */
function outrunsPolls({ clock, clockFactor, retryAfterSeconds, operationLifetimeSeconds }: EffectiveOptions): boolean {
  return clock === 'scaled' && 3 * retryAfterSeconds * clockFactor > operationLifetimeSeconds;
}
