/** A contract case as its author writes it: who registers under which circumstances, and what has to come of it. */
import type { XStatic } from 'typebox/schema';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, GivenLinkedHub } from '../../emulator/wire/set-up.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import type { Answer } from '../../webhook/stand-in/index.ts';
import type { DeviceExpectSchema, ExpectSchema } from './expect-schema.ts';
import type { GivenSchema } from './given-schema.ts';
import type { DeviceSchema, StepSchema } from './step-schema.ts';

/** How well the requirement is founded on the public record. */
export const CONFIDENCES = ['documented', 'observed', 'inferred', 'assumed'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export interface ContractCase {
  readonly id: string;
  readonly title: string;
  /** What DPS has to do, as one sentence in our own words. */
  readonly requirement: string;
  /** Where that stands. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly tags: readonly string[];
  /** Row of the tutorial's troubleshooting table, 1 to 6. */
  readonly row?: number;
  /** Ids of the rows of docs/fidelity.md that the case proves. */
  readonly covers: readonly string[];
  readonly transports: readonly DeviceTransport[];
  readonly given: Given;
  readonly devices: Readonly<Record<string, GivenDevice>>;
  readonly steps: readonly Step[];
  readonly expect: Expect;
}

/** What a schema admits: read-only, and JSON where it says nothing more. */
export type Written<Schema> = Json<XStatic<Schema>>;
type Json<T> = unknown extends T
  ? JsonValue
  : T extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : T extends object
      ? keyof T extends never
        ? JsonObject
        : { readonly [Name in keyof T]: Json<T[Name]> }
      : T;

/** What the schema refers to, or leaves to another one, by its own type. */
export type With<T, Own> = Omit<T, keyof Own> & Own;

type AnyAttestation<T extends { readonly attestation: unknown }> = Omit<T, 'attestation'> &
  Partial<Pick<T, 'attestation'>>;
export type CaseIndividual = AnyAttestation<GivenIndividualEnrollment>;
export type CaseGroup = AnyAttestation<GivenEnrollmentGroup>;

type WrittenGiven = Written<typeof GivenSchema>;

/** The world of a case. What a base says is kept unless the case says otherwise. */
export type Given = With<
  WrittenGiven,
  {
    readonly hubs?: readonly (string | GivenLinkedHub)[];
    readonly enrollments?: readonly CaseIndividual[];
    readonly enrollmentGroups?: readonly CaseGroup[];
    readonly webhook?: GivenWebhook;
  }
>;

export type GivenWebhook = With<NonNullable<WrittenGiven['webhook']>, { readonly answers?: readonly Answer[] }>;

export type GivenDevice = Written<typeof DeviceSchema>;
export type KeySource = Exclude<NonNullable<GivenDevice['key']>, string>;

export type EnrollmentStep =
  | { readonly enrollment: string; readonly set: JsonObject }
  | { readonly enrollmentGroup: string; readonly set: JsonObject };

/** One member each. */
export type Step = With<
  Written<typeof StepSchema>,
  {
    readonly answer?: readonly Answer[];
    readonly 'change-enrollment'?: EnrollmentStep;
    readonly expect?: Expect;
  }
>;
export type RegisterStep = Exclude<NonNullable<Step['register']>, string>;

interface TwinExpect {
  readonly twin?: { readonly tags?: JsonValue; readonly desired?: JsonValue } | null;
}

/** What one device came to. Values are compared as they stand; objects with a `$` member are matchers. */
export type DeviceExpect = With<Written<typeof DeviceExpectSchema>, TwinExpect>;

/** With one device its expectations stand here directly; with several, under `devices`. */
export type Expect = With<
  Written<typeof ExpectSchema>,
  TwinExpect & { readonly devices?: Readonly<Record<string, DeviceExpect>> }
>;

/** What the device of a case with a single one is called. */
export const ONLY_DEVICE = 'device';
