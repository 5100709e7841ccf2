/** Every option once: type, default, flag, environment name and help text. Files, flags, environment and code share it. */
import type { Assumptions } from './core/assumptions.ts';
import { CLOCK_MODES, type ClockMode } from './wire/control-api.ts';

export interface OptionRow {
  readonly type: 'string' | 'integer' | 'number' | 'choice' | 'list' | 'assumptions';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** What `start` takes; in-process emulators take `inProcess` where it is given. `undefined`: see the help text. */
  readonly default: string | number | undefined;
  readonly inProcess?: number;
  readonly flag: string;
  readonly env: string;
  readonly help: string;
}

const PORT = { type: 'integer', min: 0, max: 65_535 } as const;
const TIME_MAX_MS = 24 * 60 * 60 * 1000;

export const OPTIONS = {
  host: {
    type: 'string',
    default: '127.0.0.1',
    flag: '--host <address>',
    env: 'DPS_EMULATOR_HOST',
    help: 'Address the device ports listen on. Anything but loopback is warned about.',
  },
  mqttPort: {
    ...PORT,
    default: 8883,
    inProcess: 0,
    flag: '--mqtt-port <port>',
    env: 'DPS_EMULATOR_MQTT_PORT',
    help: 'MQTT over TLS. 0 takes any free port; without the option a taken 8883 moves to the next free one.',
  },
  httpsPort: {
    ...PORT,
    default: 443,
    inProcess: 0,
    flag: '--https-port <port>',
    env: 'DPS_EMULATOR_HTTPS_PORT',
    help: 'HTTPS and MQTT over WebSocket. 0 takes any free port; without the option 443 moves to 8443 and up.',
  },
  controlPort: {
    ...PORT,
    default: 8980,
    inProcess: 0,
    flag: '--control-port <port>',
    env: 'DPS_EMULATOR_CONTROL_PORT',
    help: 'Control API, plain HTTP. 0 takes any free port; without the option a taken 8980 moves to the next free one.',
  },
  controlHost: {
    type: 'string',
    default: '127.0.0.1',
    flag: '--control-host <address>',
    env: 'DPS_EMULATOR_CONTROL_HOST',
    help: 'Address the control API listens on. It shows and changes everything: keep it on loopback.',
  },
  webhook: {
    type: 'string',
    default: undefined,
    flag: '--webhook <url>',
    env: 'DPS_EMULATOR_WEBHOOK',
    help: "The webhook that the demo's enrollment group calls, with its ?code=. Default: the bundled one.",
  },
  webhookPort: {
    ...PORT,
    default: 7071,
    inProcess: 0,
    flag: '--webhook-port <port>',
    env: 'DPS_EMULATOR_WEBHOOK_PORT',
    help: 'Port of the bundled webhook. 0 takes any free port; a taken one moves to the next free one.',
  },
  clock: {
    type: 'choice',
    choices: CLOCK_MODES,
    default: 'system',
    flag: '--clock <mode>',
    env: 'DPS_EMULATOR_CLOCK',
    help: 'system: wall clock. scaled: faster by --clock-factor. manual: moved by you. skip: jumps over every wait.',
  },
  clockFactor: {
    type: 'number',
    min: 0.001,
    max: 1_000_000,
    default: 60,
    flag: '--clock-factor <number>',
    env: 'DPS_EMULATOR_CLOCK_FACTOR',
    help: 'Emulated seconds per real second when the clock is scaled.',
  },
  startTime: {
    type: 'string',
    default: undefined,
    flag: '--start-time <iso>',
    env: 'DPS_EMULATOR_START_TIME',
    help: 'First instant of the clock. Default: now; 2026-01-01T00:00:00Z for a seeded manual or skip clock.',
  },
  authClock: {
    type: 'choice',
    choices: ['wall', 'emulator'],
    default: 'wall',
    flag: '--auth-clock <clock>',
    env: 'DPS_EMULATOR_AUTH_CLOCK',
    help: 'Which clock tokens expire by. SDKs sign with the wall clock.',
  },
  seed: {
    type: 'string',
    default: undefined,
    flag: '--seed <text>',
    env: 'DPS_EMULATOR_SEED',
    help: 'Makes ids, etags and generated keys repeatable. Without it they are random.',
  },
  retryAfterSeconds: {
    type: 'integer',
    min: 0,
    max: 300,
    default: 3,
    inProcess: 0,
    flag: '--retry-after <seconds>',
    env: 'DPS_EMULATOR_RETRY_AFTER',
    help: 'Real seconds that a device is told to wait before it polls.',
  },
  replyDelayMs: {
    type: 'integer',
    min: 0,
    max: 10_000,
    default: 50,
    inProcess: 0,
    flag: '--reply-delay <ms>',
    env: 'DPS_EMULATOR_REPLY_DELAY',
    help: 'Real milliseconds before an MQTT reply. The Java SDK loses replies that are faster than its own wait.',
  },
  webhookTimeoutMs: {
    type: 'integer',
    min: 1,
    max: TIME_MAX_MS,
    default: 30_000,
    flag: '--webhook-timeout <ms>',
    env: 'DPS_EMULATOR_WEBHOOK_TIMEOUT',
    help: 'How long a webhook may take; charged to the clock when it is manual or skip.',
  },
  webhookRealTimeoutMs: {
    type: 'integer',
    min: 1,
    max: TIME_MAX_MS,
    default: undefined,
    flag: '--webhook-real-timeout <ms>',
    env: 'DPS_EMULATOR_WEBHOOK_REAL_TIMEOUT',
    help: 'Shortens only the real wait for a webhook. Default: the webhook time-out.',
  },
  webhookResponseBytesMax: {
    type: 'integer',
    min: 1,
    max: 100 * 1024 * 1024,
    default: 1024 * 1024,
    flag: '--webhook-response-max <bytes>',
    env: 'DPS_EMULATOR_WEBHOOK_RESPONSE_MAX',
    help: 'Largest answer of a webhook that is read.',
  },
  webhookCa: {
    type: 'string',
    default: undefined,
    flag: '--webhook-ca <file>',
    env: 'DPS_EMULATOR_WEBHOOK_CA',
    help: 'PEM file with the CA of an https webhook, besides the public ones and our own.',
  },
  operationLifetimeSeconds: {
    type: 'integer',
    min: 0,
    max: 31_536_000,
    default: 600,
    flag: '--operation-lifetime <seconds>',
    env: 'DPS_EMULATOR_OPERATION_LIFETIME',
    help: "How long an operation id is answered after its end, on the emulator's clock; then 404.",
  },
  journalTimelinesMax: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 1000,
    flag: '--journal-timelines <count>',
    env: 'DPS_EMULATOR_JOURNAL_TIMELINES',
    help: 'Registrations that the journal keeps; the oldest concluded one makes room.',
  },
  journalEntriesMax: {
    type: 'integer',
    min: 10,
    max: 1_000_000,
    default: 500,
    flag: '--journal-entries <count>',
    env: 'DPS_EMULATOR_JOURNAL_ENTRIES',
    help: 'Entries that the journal keeps of one registration.',
  },
  hostNames: {
    type: 'list',
    default: undefined,
    flag: '--host-name <name...>',
    env: 'DPS_EMULATOR_HOST_NAMES',
    help: 'Further names or addresses in the server certificate. Names of hubs in the set-up are added by themselves.',
  },
  ca: {
    type: 'string',
    default: undefined,
    flag: '--ca <directory>',
    env: 'DPS_EMULATOR_CA',
    help: "Directory of the CA. Default: the installation's own, made once.",
  },
  assume: {
    type: 'assumptions',
    default: undefined,
    flag: '--assume <id=value...>',
    env: 'DPS_EMULATOR_ASSUME',
    help: 'Switches a named assumption (docs/fidelity.md), such as webhook-timeout=fail.',
  },
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof OPTIONS;

/** The options of one emulator after defaults; frozen, and shown by the control API. */
export interface EffectiveOptions {
  readonly host: string;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly controlPort: number;
  readonly controlHost: string;
  readonly webhook: string | undefined;
  readonly webhookPort: number;
  readonly clock: ClockMode;
  readonly clockFactor: number;
  readonly startTime: string | undefined;
  readonly authClock: 'wall' | 'emulator';
  readonly seed: string | undefined;
  readonly retryAfterSeconds: number;
  readonly replyDelayMs: number;
  readonly webhookTimeoutMs: number;
  readonly webhookRealTimeoutMs: number | undefined;
  readonly webhookResponseBytesMax: number;
  readonly webhookCa: string | undefined;
  readonly operationLifetimeSeconds: number;
  readonly journalTimelinesMax: number;
  readonly journalEntriesMax: number;
  readonly hostNames: readonly string[];
  readonly ca: string | undefined;
  readonly assume: Partial<Assumptions>;
}

/** What a caller may give: any part of the options. */
export type GivenOptions = { readonly [Name in OptionName]?: EffectiveOptions[Name] | undefined };
