/** Checks a set-up document against its schema and the service's own rules; every fault names path, rule and value. */
import { HUB_DEFAULTS } from '../../wire/access-policy.ts';
import { isOfShape, schemaFaults } from '../../wire/check-shape.ts';
import { EnrollmentGroupSchema, IndividualEnrollmentSchema } from '../../wire/enrollment.ts';
import { type Fault, SetUpError, shown } from '../../wire/fault.ts';
import { isTooDeep } from '../../wire/json-depth.ts';
import { isRegistrationId, REGISTRATION_ID_RULE, registrationKey } from '../../wire/registration-id.ts';
import { type SetUp, type SetUpInstance, SetUpSchema } from '../../wire/set-up.ts';
import { isJsonObject } from '../../wire/twin.ts';
import { type EnrollmentKind, enrollmentKind, idOf } from '../enrollments/enrollment-kind.ts';
import { allowedHubs, enrollmentBreaches, hubKey, hubsNamedBy } from '../enrollments/rules.ts';
import { duplicates, isSame, policyFaults } from '../resources/rules.ts';
import type { DpsInstance } from '../store/instances.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createStore, type Reads } from '../store/store.ts';

/** What is there already, which a document may build upon. */
export type PresentRecords = Pick<Reads, 'instances' | 'enrollments' | 'storedHubs'>;

/**
 * @param present nothing for the document that an emulator starts with
 * @throws {SetUpError} naming every fault; nothing of the document has been taken over then
 */
export async function checkSetUp(
  document: unknown,
  source: string,
  present: PresentRecords = createStore(createMemoryStore()),
): Promise<SetUp> {
  const shape = await shapeFaults(document);
  if (shape.length > 0) throw new SetUpError(source, shape);
  const setUp = document as SetUp;
  const { dps = [], hubs = [] } = setUp;
  const faults: Fault[] = [
    ...duplicates(
      dps.map((instance) => instance.idScope),
      (index) => `dps[${index}].idScope`,
    ),
    ...duplicates(
      dps.map((instance) => instance.name),
      (index) => `dps[${index}].name`,
    ),
  ];
  for (const [index, instance] of dps.entries()) {
    faults.push(...takenNames(instance, index, dps, await present.instances.list()));
    for (const fault of await instanceFaults(instance, index, present)) faults.push(fault);
    faults.push(...(await linkPolicyFaults(instance, index, hubs, present)));
  }
  faults.push(
    ...hubs.flatMap((hub, index) =>
      typeof hub === 'string' ? [] : policyFaults(`hubs[${index}].policies`, hub.policies ?? []),
    ),
  );
  if (faults.length > 0) throw new SetUpError(source, faults);
  return setUp;
}

/**
 * Telling why costs a hundred times what telling whether does, and a document may have a hundred thousand records: only
 * those that are at fault are asked why, and are told by the place that they have in the document.
 */
async function shapeFaults(document: unknown): Promise<readonly Fault[]> {
  if (await isOfShape(SetUpSchema, document)) return [];
  if (!isJsonObject(document) || isTooDeep(document) || !Array.isArray(document.dps)) {
    return schemaFaults(SetUpSchema, document);
  }
  const places = new Map<string, readonly number[]>();
  const dps: unknown[] = [];
  for (const [index, instance] of document.dps.entries()) {
    const outline: Record<string, unknown> = isJsonObject(instance) ? { ...instance } : instance;
    for (const [list, schema] of RECORD_LISTS) {
      const records: unknown = isJsonObject(instance) ? instance[list] : undefined;
      if (!Array.isArray(records)) continue;
      const faulty: number[] = [];
      for (const [place, record] of records.entries()) if (!(await isOfShape(schema, record))) faulty.push(place);
      places.set(`dps[${index}].${list}`, faulty);
      outline[list] = faulty.map((place) => records[place]);
    }
    dps.push(outline);
  }
  return (await schemaFaults(SetUpSchema, { ...document, dps })).map((fault) => ({
    ...fault,
    path: fault.path.replace(/^(dps\[\d+\]\.\w+)\[(\d+)\]/, (path, list: string, place: string) => {
      const original = places.get(list)?.[Number(place)];
      return original === undefined ? path : `${list}[${original}]`;
    }),
  }));
}

const RECORD_LISTS = [
  ['enrollments', IndividualEnrollmentSchema],
  ['enrollmentGroups', EnrollmentGroupSchema],
] as const;

/** Two instances of one name would share a service host. */
function takenNames(
  given: SetUpInstance,
  index: number,
  all: readonly SetUpInstance[],
  present: readonly DpsInstance[],
): readonly Fault[] {
  const other = present.find(
    (one) => isSame(one.name, given.name) && !all.some((own) => isSame(own.idScope, one.idScope)),
  );
  if (other === undefined) return [];
  const rule = `is the name of the instance with the ID scope "${other.idScope}"`;
  return [{ path: `dps[${index}].name`, rule, value: shown(given.name) }];
}

async function instanceFaults(given: SetUpInstance, index: number, present: PresentRecords): Promise<readonly Fault[]> {
  const at = `dps[${index}]`;
  const old = await present.instances.byScope(given.idScope);
  const kinds = [enrollmentKind('individual', present.enrollments), enrollmentKind('group', present.enrollments)];
  const faults = [...policyFaults(`${at}.policies`, given.policies ?? []), ...linkFaults(given, at)];
  for (const kind of kinds) {
    faults.push(
      ...duplicates(
        (given[kind.collection] ?? []).map(idOf),
        (position) => `${at}.${kind.collection}[${position}].${kind.idMember}`,
      ),
    );
  }
  for (const kind of kinds) {
    for (const fault of await recordFaults(given, at, kind, old)) faults.push(fault);
    if (old !== undefined) faults.push(...(await brokenLinks(given, at, kind, old)));
  }
  return faults;
}

function linkFaults({ linkedHubs = [], unlinkedHubs = [] }: SetUpInstance, at: string): readonly Fault[] {
  const names = linkedHubs.map((hub) => (typeof hub === 'string' ? hub : hub.name));
  const linked = new Set(names.map(hubKey));
  return [
    ...duplicates(names, (position) => `${at}.linkedHubs[${position}]`),
    ...unlinkedHubs.flatMap((hub, position) =>
      linked.has(hubKey(hub))
        ? [{ path: `${at}.unlinkedHubs[${position}]`, rule: 'is linked', value: shown(hub) }]
        : [],
    ),
  ];
}

/** A link is made with a policy of its hub; only the key tells that the hub once had it. */
async function linkPolicyFaults(
  { linkedHubs = [] }: SetUpInstance,
  index: number,
  hubs: NonNullable<SetUp['hubs']>,
  { storedHubs }: PresentRecords,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const [position, link] of linkedHubs.entries()) {
    if (typeof link === 'string' || link.policy === undefined || link.key !== undefined) continue;
    const { name, policy } = link;
    const given = hubs.find((hub) => typeof hub !== 'string' && isSame(hub.name, name));
    const present = (await storedHubs.get(name))?.policies ?? [];
    const own = typeof given === 'object' ? (given.policies ?? []) : [];
    if ([...HUB_DEFAULTS, ...present, ...own].some(({ keyName }) => isSame(keyName, policy))) continue;
    const rule = 'must be a policy of the hub, or "key" must be given';
    faults.push({ path: `dps[${index}].linkedHubs[${position}].policy`, rule, value: shown(policy) });
  }
  return faults;
}

async function recordFaults(
  given: SetUpInstance,
  at: string,
  kind: EnrollmentKind,
  old: DpsInstance | undefined,
): Promise<readonly Fault[]> {
  const hubs = allowedHubs(given.linkedHubs ?? old?.linkedHubs ?? [], given.unlinkedHubs);
  const faults: Fault[] = [];
  for (const [position, record] of (given[kind.collection] ?? []).entries()) {
    const path = `${at}.${kind.collection}[${position}]`;
    const id = idOf(record);
    if (!isRegistrationId(id)) {
      faults.push({ path: `${path}.${kind.idMember}`, rule: `must be ${REGISTRATION_ID_RULE}`, value: shown(id) });
    }
    const previous = old === undefined ? undefined : await kind.get(old.idScope, id);
    for (const { fault } of enrollmentBreaches(record, { hubs, previous })) {
      faults.push({ ...fault, path: `${path}.${fault.path}` });
    }
  }
  return faults;
}

/** An enrollment that stays must still find the hubs that are linked now; what was unlinked before does not matter. */
async function brokenLinks(
  given: SetUpInstance,
  at: string,
  kind: EnrollmentKind,
  old: DpsInstance,
): Promise<readonly Fault[]> {
  const stays = allowedHubs(given.linkedHubs ?? old.linkedHubs, given.unlinkedHubs);
  const dropped = old.linkedHubs.filter(({ name }) => !stays.has(name)).map(({ name }) => hubKey(name));
  // Only then are the enrollments looked at that the document says nothing of.
  if (dropped.length === 0) return [];
  const replaced = new Set((given[kind.collection] ?? []).map((record) => registrationKey(idOf(record))));
  const noun = kind.name === 'individual' ? 'enrollment' : 'enrollment group';
  return (await kind.all(old.idScope))
    .filter((record) => !replaced.has(registrationKey(idOf(record))))
    .flatMap((record) =>
      hubsNamedBy(record)
        .filter((hub) => dropped.includes(hubKey(hub)))
        .map((hub) => ({
          path: `${at}.linkedHubs`,
          rule: `must keep "${hub}": the ${noun} "${idOf(record)}", which is here already, names it`,
        })),
    );
}
