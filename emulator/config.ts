/** Every option once: type, rule, default, flag, environment name and help text. Files, flags, environment and code share it. */
import { type Assumptions, assumptionFault } from './core/assumptions.ts';
import { DEVICE_LISTENERS, LISTENERS, type ListenerRow, type PortOption } from './listeners.ts';
import type { OptionRow } from './option-row.ts';
import { CLOCK_MODES } from './wire/control-api.ts';
import { ruleText, shown } from './wire/fault.ts';
import { maskQuery } from './wire/mask.ts';
import { isWebhookUrl, WEBHOOK_URL_RULE } from './wire/webhook-url.ts';

export type { OptionRow };

type PortRow = OptionRow & { readonly type: 'integer'; readonly default: number };

/** The option of each listener: its port. */
export function portOptions<Name extends string>(
  listeners: Readonly<Record<Name, Pick<ListenerRow, 'port' | 'help'>>>,
): { readonly [Option in PortOption<Name>]: PortRow } {
  const rows = (Object.entries(listeners) as [Name, Pick<ListenerRow, 'port' | 'help'>][]).map(([name, row]) => [
    `${name}Port`,
    {
      type: 'integer',
      min: 0,
      max: 65_535,
      default: row.port,
      inProcess: 0,
      flag: `--${name}-port <port>`,
      env: `DPS_EMULATOR_${name.toUpperCase()}_PORT`,
      help: row.help,
    },
  ]);
  return Object.fromEntries(rows) as { readonly [Option in PortOption<Name>]: PortRow };
}

const TIME_MAX_MS = 24 * 60 * 60 * 1000;

export const OPTIONS = {
  host: {
    type: 'string',
    default: '127.0.0.1',
    flag: '--host <address>',
    env: 'DPS_EMULATOR_HOST',
    help: 'Address the device ports listen on. Anything but loopback is warned about.',
  },
  ...portOptions(DEVICE_LISTENERS),
  ...portOptions({ control: LISTENERS.control }),
  controlHost: {
    type: 'string',
    default: '127.0.0.1',
    flag: '--control-host <address>',
    env: 'DPS_EMULATOR_CONTROL_HOST',
    help: 'Address the control API listens on. It shows and changes everything: keep it on loopback.',
  },
  webhook: {
    type: 'string',
    rule: (text) => (isWebhookUrl(text) ? undefined : WEBHOOK_URL_RULE),
    default: undefined,
    flag: '--webhook <url>',
    env: 'DPS_EMULATOR_WEBHOOK',
    help: "The webhook that the demo's enrollment group calls, with its ?code=. Default: the bundled one.",
  },
  ...portOptions({ webhook: LISTENERS.webhook }),
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
    rule: (text) => (Number.isNaN(Date.parse(text)) ? 'must be an instant such as 2026-01-01T00:00:00Z' : undefined),
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
  unprovedConnectionsMax: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 5000,
    flag: '--unproved-connections <count>',
    env: 'DPS_EMULATOR_UNPROVED_CONNECTIONS',
    help: 'Connections that may be open without having proved who they are; the one silent longest makes room.',
  },
  hostNames: {
    type: 'list',
    default: undefined,
    flag: '--host-name <name...>',
    env: 'DPS_EMULATOR_HOST_NAMES',
    help: 'Further names or addresses in the server certificate. Names of hubs in the set-up are added by themselves.',
  },
  tls: {
    type: 'choice',
    choices: ['service', 'service-and-1.3', 'any'],
    default: 'service',
    flag: '--tls <offer>',
    env: 'DPS_EMULATOR_TLS',
    help: 'service: TLS 1.2 with the eight suites of the real service. service-and-1.3: TLS 1.3 too. any: TLS 1.0 and old suites too.',
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

type ValueOf<Row extends OptionRow> = Row extends { readonly type: 'assumptions' }
  ? Partial<Assumptions>
  : Row extends { readonly type: 'list' }
    ? readonly string[]
    : Row extends { readonly type: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : (Row['type'] extends 'string' ? string : number) | (undefined extends Row['default'] ? undefined : never);

/** The options of one emulator after defaults; frozen, and shown by the control API. */
export type EffectiveOptions = { readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]> };

/** What a caller may give: any part of the options. */
export type GivenOptions = { readonly [Name in OptionName]?: EffectiveOptions[Name] | undefined };

/** An option that breaks its rule: names the option, the rule and the value. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

const EMPTY: Partial<Record<OptionRow['type'], unknown>> = { list: [], assumptions: {} };

/**
 * Checks what was given and fills in the defaults.
 * @throws {OptionError}
 */
export function resolveOptions(given: GivenOptions, surface: 'command' | 'in-process'): EffectiveOptions {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new OptionError(`${name}: is not a known option`);
  }
  const resolved = Object.entries(OPTIONS).map(([name, row]: [string, OptionRow]) => {
    const value = given[name as OptionName];
    const fault = value === undefined ? undefined : faultOf(value, row);
    if (fault !== undefined) throw new OptionError(`${name}${fault}`);
    const fallback = surface === 'in-process' && row.inProcess !== undefined ? row.inProcess : row.default;
    return [name, value ?? fallback ?? EMPTY[row.type]];
  });
  return Object.freeze(Object.fromEntries(resolved)) as EffectiveOptions;
}

/** `: rule (is value)`, or `undefined` when the value keeps to its row. */
function faultOf(value: unknown, row: OptionRow): string | undefined {
  if (row.type === 'assumptions') return assumptionFault(value);
  const rule = ruleBroken(value, row);
  return rule === undefined
    ? undefined
    : `: ${ruleText({ rule, value: shown(typeof value === 'string' ? maskQuery(value) : value) })}`;
}

function ruleBroken(value: unknown, row: OptionRow): string | undefined {
  switch (row.type) {
    case 'integer':
    case 'number': {
      const isWhole = row.type === 'integer';
      if (typeof value !== 'number' || !Number.isFinite(value))
        return `must be a ${isWhole ? 'whole number' : 'number'}`;
      if (isWhole && !Number.isInteger(value)) return 'must be a whole number';
      const isWithin = value >= (row.min ?? value) && value <= (row.max ?? value);
      return isWithin ? undefined : `must be ${row.min} to ${row.max}`;
    }
    case 'choice':
      return row.choices?.includes(String(value)) ? undefined : `must be one of ${row.choices?.join(', ')}`;
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? undefined
        : 'must be a list of texts';
    default:
      return typeof value !== 'string' || value === '' ? 'must be a text' : row.rule?.(value);
  }
}
