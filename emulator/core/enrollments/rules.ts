/** The service's own rules on an enrollment, whoever writes it: a back end, a set-up document or a seed. [dps-service-behaviour §1.1, §2, §3.3] */
import { isAtLeast } from '../../wire/api-version.ts';
import { HUB_DEVICE_ID_RULE, isHubDeviceId } from '../../wire/device-id.ts';
import { type Fault, shown } from '../../wire/fault.ts';
import { isTooDeep, JSON_DEPTH_MAX } from '../../wire/json-depth.ts';
import { MASK, maskQuery } from '../../wire/mask.ts';
import type { GivenEnrollment } from '../../wire/set-up.ts';
import { twinFaults } from '../../wire/twin-limits.ts';
import { isWebhookUrl, WEBHOOK_URL_RULE } from '../../wire/webhook-url.ts';
import { storedAttestation } from '../dps/attestation/stored-attestation.ts';
import type { EnrollmentRecord } from './enrollment-kind.ts';

/** A rule that a record breaks; a document tells the fault, the service API its sentence. */
export interface Breach {
  /** Its path begins at the record: `iotHubs[1]`. */
  readonly fault: Fault;
  /** The service's words, where they are known or were chosen; otherwise the fault's own. */
  readonly sentence?: string;
  /** Why, for the user of the emulator, where the service's words hide it. */
  readonly reason?: string;
}

export interface RuleContext {
  readonly hubs: AllowedHubs;
  /** The record that would be replaced: its keys, certificates and webhook URL can be meant, and its hubs may stay. */
  readonly previous: EnrollmentRecord | undefined;
}

/** The hubs that an enrollment of an instance may name. */
export interface AllowedHubs {
  /** As a fault lists them. */
  readonly linked: string;
  has(hub: string): boolean;
}

/** @param unlinked hubs that are no longer linked, of which a document says that enrollments still name them */
export function allowedHubs(
  linkedHubs: readonly (string | { readonly name: string })[],
  unlinked: readonly string[] = [],
): AllowedHubs {
  const linked = linkedHubs.map((hub) => (typeof hub === 'string' ? hub : hub.name));
  const keys = new Set([...linked, ...unlinked].map(hubKey));
  return { linked: linked.join(', ') || 'none', has: (hub) => keys.has(hubKey(hub)) };
}

/** Host names compare without regard to case. */
export function hubKey(hub: string): string {
  return hub.toLowerCase();
}

export function hubsNamedBy({ iotHubs = [], iotHubHostName }: GivenEnrollment): readonly string[] {
  return iotHubHostName === undefined ? iotHubs : [...iotHubs, iotHubHostName];
}

/** Every rule that the record breaks, in the order in which the service would notice. */
export function enrollmentBreaches(record: GivenEnrollment, context: RuleContext): readonly Breach[] {
  return [
    ...depthBreaches(record),
    ...allocationBreaches(record),
    ...webhookBreaches(record, context),
    ...hubBreaches(record, context),
    ...deviceIdBreaches(record),
    ...(record.initialTwin === undefined ? [] : twinFaults(record.initialTwin)).map((rule) => ({
      fault: { path: 'initialTwin', rule },
      sentence: `initialTwin: ${rule}.`,
    })),
    ...attestationBreaches(record, context),
  ];
}

/** A record stands four levels inside a set-up document, which has the limit of every JSON: what is kept can be exported. */
const DEPTH_MAX = JSON_DEPTH_MAX - 4;

function depthBreaches(record: GivenEnrollment): readonly Breach[] {
  if (!isTooDeep(record, DEPTH_MAX)) return [];
  const rule = `must not be nested deeper than ${DEPTH_MAX} levels`;
  return [{ fault: { path: '', rule }, sentence: `The enrollment ${rule}.` }];
}

/** That `static` names exactly one hub is the Azure CLI's rule, not the service's. [found/2026-11 A6] */
function allocationBreaches({
  allocationPolicy,
  iotHubs = [],
  customAllocationDefinition,
}: GivenEnrollment): readonly Breach[] {
  const breaches: Breach[] = [];
  if (iotHubs.length > 0 && allocationPolicy === undefined) {
    breaches.push({
      fault: { path: 'allocationPolicy', rule: 'must be specified when iotHubs are specified' },
      sentence: 'Enrollment allocationPolicy must be specified when iotHubs are specified.',
    });
  }
  if (allocationPolicy === 'custom' && customAllocationDefinition === undefined) {
    const rule = 'is required when allocationPolicy is "custom": { "webhookUrl": …, "apiVersion": "2021-10-01" }';
    breaches.push({
      fault: { path: 'customAllocationDefinition', rule },
      sentence: "A CustomAllocationDefinition is required when the allocation policy is set to 'Custom'",
    });
  }
  return breaches;
}

/** The oldest version in which a webhook can be asked. [dps-service-behaviour §1.4] */
const ALLOCATION_API_VERSION_MIN = '2018-09-01-preview';

function webhookBreaches(
  { customAllocationDefinition: given }: GivenEnrollment,
  { previous }: RuleContext,
): readonly Breach[] {
  if (given === undefined) return [];
  const breaches: Breach[] = [];
  const url = webhookUrlOf(given.webhookUrl, previous);
  const path = 'customAllocationDefinition.webhookUrl';
  if (!isWebhookUrl(url)) breaches.push({ fault: { path, rule: WEBHOOK_URL_RULE, value: MASK } });
  else if (url.includes(MASK)) {
    const rule = `must be whole: "${MASK}" stands for what the service does not show, and this enrollment has no such URL`;
    breaches.push({ fault: { path, rule, value: shown(url) } });
  }
  if (!isAtLeast(given.apiVersion, ALLOCATION_API_VERSION_MIN)) {
    const rule = `must be ${ALLOCATION_API_VERSION_MIN} or later`;
    breaches.push({ fault: { path: 'customAllocationDefinition.apiVersion', rule, value: shown(given.apiVersion) } });
  }
  return breaches;
}

/** Who reads a record and writes it back (the CLI's update does) sends the masked URL: it means the one that is stored. */
export function webhookUrlOf(given: string, previous: EnrollmentRecord | undefined): string {
  const old = previous?.customAllocationDefinition?.webhookUrl;
  return old !== undefined && given === maskQuery(old) ? old : given;
}

function hubBreaches(
  { iotHubs = [], iotHubHostName }: GivenEnrollment,
  { hubs, previous }: RuleContext,
): readonly Breach[] {
  // A hub that was unlinked after it was named may stay: an enrollment that names it can still be disabled.
  const old = previous === undefined ? [] : hubsNamedBy(previous).map(hubKey);
  const named = iotHubs.map((hub, index) => ({ hub, path: `iotHubs[${index}]` }));
  if (iotHubHostName !== undefined) named.push({ hub: iotHubHostName, path: 'iotHubHostName' });
  return named
    .filter(({ hub }) => !hubs.has(hub) && !old.includes(hubKey(hub)))
    .map(({ hub, path }) => ({
      fault: { path, rule: `must be one of the linkedHubs: ${hubs.linked}`, value: shown(hub) },
      sentence: `The IoT hub "${hub.slice(0, 160)}" is not linked. Linked: ${hubs.linked}.`,
    }));
}

function deviceIdBreaches(record: GivenEnrollment): readonly Breach[] {
  if (!('deviceId' in record) || record.deviceId === undefined || isHubDeviceId(record.deviceId)) return [];
  return [{ fault: { path: 'deviceId', rule: HUB_DEVICE_ID_RULE, value: shown(record.deviceId) } }];
}

/** Stands for a key that is generated later: checking changes nothing. */
const ANY_KEY = Buffer.alloc(64).toString('base64');

/** The words for a record that attests to nothing. [dps-service-behaviour §3.3] */
export const NO_ATTESTATION = 'TPM or X509 attestation is required.';

function attestationBreaches(record: GivenEnrollment, { previous }: RuleContext): readonly Breach[] {
  const outcome = storedAttestation(record.attestation, {
    enrollmentKind: 'registrationId' in record ? 'individual' : 'group',
    generateKey: () => ANY_KEY,
    previous: previous?.attestation,
  });
  if (outcome.kind === 'stored') return [];
  const isEmpty = outcome.faults.some(({ path, rule }) => rule === 'is required' && path.endsWith('.certificate'));
  return outcome.faults.map(({ path, rule }) => ({
    fault: { path: `attestation.${path}`, rule, ...(path.startsWith('symmetricKey.') && { value: MASK }) },
    ...(isEmpty && { sentence: NO_ATTESTATION, reason: `attestation.${path} ${rule}` }),
  }));
}
