/** Device SAS tokens in the spelling of each SDK. [dps-device-protocol §4] */
import { signed } from './symmetric-key.ts';

export const SAS_SPELLINGS = ['node', 'c', 'python', 'java', 'csharp'] as const;
export type SasSpelling = (typeof SAS_SPELLINGS)[number];

export interface SasOptions {
  readonly idScope: string;
  readonly registrationId: string;
  /** base64 */
  readonly key: string;
  /** Default `node`. */
  readonly spelling?: SasSpelling | undefined;
  /** Life from now on; negative gives an expired token. Default: the SDK's own. */
  readonly ttlSeconds?: number | undefined;
  /** The `se` itself, in Unix seconds; wins over `ttlSeconds`. */
  readonly expiresAtSeconds?: number;
  /** Default: the registration itself. */
  readonly resource?: string | undefined;
}

interface Dialect {
  readonly encodeResource: (resource: string) => string;
  readonly encodeSignature: (signature: string) => string;
  /** The fields after `sr` and `sig`, in order. */
  readonly tail: (expiresAtSeconds: number) => string;
  readonly ttlSeconds: number;
}

const raw = (text: string): string => text;
/** encodeURIComponent writes upper-case hex; for the characters of ids it equals Python's quote and C#'s UrlEncode. */
const upper = encodeURIComponent;
const lower = (text: string): string => upper(text).replace(/%../g, (triplet) => triplet.toLowerCase());

/** Encoding of sr and sig, order of se and skn, default life: one row per SDK of the table. [dps-device-protocol §4] */
const DIALECTS: Readonly<Record<SasSpelling, Dialect>> = {
  node: {
    encodeResource: raw,
    encodeSignature: upper,
    tail: (se) => `skn=registration&se=${se}`,
    ttlSeconds: 3600,
  },
  c: { encodeResource: lower, encodeSignature: lower, tail: (se) => `se=${se}&skn=registration`, ttlSeconds: 2400 },
  python: { encodeResource: upper, encodeSignature: upper, tail: (se) => `se=${se}`, ttlSeconds: 3600 },
  java: { encodeResource: raw, encodeSignature: upper, tail: (se) => `se=${se}&skn=`, ttlSeconds: 3600 },
  csharp: {
    encodeResource: upper,
    encodeSignature: upper,
    tail: (se) => `se=${se}&skn=registration`,
    ttlSeconds: 86_400,
  },
};

/**
 * The token that a device sends as MQTT password or HTTP `Authorization`.
 * @param nowMs what its life is counted from; not looked at when `expiresAtSeconds` is given
 */
export function makeDeviceSas(options: SasOptions, nowMs: number): string {
  const dialect = DIALECTS[options.spelling ?? 'node'];
  const se = options.expiresAtSeconds ?? Math.floor(nowMs / 1000) + (options.ttlSeconds ?? dialect.ttlSeconds);
  // Every SDK signs the text as it stands in the token, encoded or not.
  const sr = dialect.encodeResource(options.resource ?? `${options.idScope}/registrations/${options.registrationId}`);
  const sig = signed(options.key, `${sr}\n${se}`).toString('base64');
  return `SharedAccessSignature sr=${sr}&sig=${dialect.encodeSignature(sig)}&${dialect.tail(se)}`;
}
