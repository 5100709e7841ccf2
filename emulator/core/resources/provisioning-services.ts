/** Provisioning services as resources: each with an ID scope of its own, deleted with its enrollments and registrations. */

import { DPS_OWNER, DPS_RIGHTS, type DpsPolicy, type DpsRight, type GivenPolicy } from '../../wire/access-policy.ts';
import { schemaFaults } from '../../wire/check-shape.ts';
import { type Fault, shown } from '../../wire/fault.ts';
import { dpsNameOf, type ProvisioningServiceResource } from '../../wire/resource.ts';
import {
  type PolicyRequest,
  type ProvisioningServiceRequest,
  ProvisioningServiceRequestSchema,
  rightsIn,
  unknownRight,
} from '../../wire/resource-request.ts';
import { completedPolicies } from '../access/complete-policies.ts';
import type { DpsInstance } from '../store/instances.ts';
import { checkEtag, groupFor, isIn, notFound, placed } from './iot-hubs.ts';
import { requestedLinks } from './linked-hubs.ts';
import { invalidRequest, ManagementError } from './management-error.ts';
import type { ManagementPorts, Resources } from './management-ports.ts';
import { groupOf, locationOf, renderPolicy, renderProvisioningService } from './render-resource.ts';
import type { ResourceGroups } from './resource-groups.ts';

import { nameFaults, policyFaults } from './rules.ts';

export function createProvisioningServices(
  ports: ManagementPorts,
  groups: ResourceGroups,
): Resources<ProvisioningServiceResource> {
  const { instances, storedHubs } = ports.tx;
  const renderer = async (): Promise<(instance: DpsInstance) => ProvisioningServiceResource> => {
    const facts = new Map((await storedHubs.list()).map((hub) => [hub.name.toLowerCase(), hub.facts]));
    return (one) => renderProvisioningService(one, (host) => locationOf(facts.get(host.toLowerCase()) ?? {}));
  };
  const lookUp = async (name: string): Promise<DpsInstance | undefined> =>
    (await instances.list()).find((one) => one.name.toLowerCase() === dpsNameOf(name).toLowerCase());
  const find = async (name: string, resourceGroup: string | undefined): Promise<DpsInstance> => {
    if (resourceGroup !== undefined) await groups.find(resourceGroup);
    const instance = await lookUp(name);
    const group = instance === undefined ? undefined : groupOf(instance);
    if (instance !== undefined && isIn(group, resourceGroup)) return instance;
    throw notFound('Microsoft.Devices/ProvisioningServices', dpsNameOf(name), resourceGroup, group);
  };
  return {
    list: async (resourceGroup) => {
      if (resourceGroup !== undefined) await groups.find(resourceGroup);
      return (await instances.list()).filter((one) => isIn(groupOf(one), resourceGroup)).map(await renderer());
    },
    get: async (name, resourceGroup) => (await renderer())(await find(name, resourceGroup)),
    put: async (name, body) => {
      const request = await checkedRequest(name, body);
      const present = await lookUp(name);
      const render = await renderer();
      checkEtag(request.etag, present && render(present).etag);
      const group = await groupFor(request.resourceGroup, present && groupOf(present), groups);
      const { allocationPolicy, iotHubs, authorizationPolicies } = request.properties ?? {};
      const base = present ?? {
        name: dpsNameOf(name),
        idScope: await newScope(name, ports),
        allocationPolicy: 'hashed',
        linkedHubs: [],
        policies: [],
      };
      const instance: DpsInstance = {
        ...base,
        ...placed(request, group),
        ...(allocationPolicy !== undefined && { allocationPolicy: POLICY_ON_WIRE[allocationPolicy] }),
        ...(iotHubs !== undefined && { linkedHubs: requestedLinks(iotHubs, base.linkedHubs, await storedHubs.list()) }),
        policies: policiesOf(base, authorizationPolicies, ports),
      };
      await instances.put(instance);
      return render(instance);
    },
    delete: async (name, resourceGroup) => {
      const { idScope } = await find(name, resourceGroup);
      await instances.delete(idScope);
      await deleteContents(idScope, ports);
      ports.onScopeDeleted(idScope);
    },
    policies: async (name, resourceGroup) => (await find(name, resourceGroup)).policies.map(renderPolicy),
  };
}

/** What devices and back ends have left in an ID scope. */
export async function deleteContents(idScope: string, { tx, dps }: Pick<ManagementPorts, 'tx' | 'dps'>): Promise<void> {
  await tx.enrollments.deleteScope(idScope);
  for (const record of await tx.registrations.list()) {
    if (record.idScope.toLowerCase() === idScope.toLowerCase()) await dps.forget(record, tx);
  }
  await tx.registrations.deleteCounts(idScope);
}

const POLICY_ON_WIRE = { Hashed: 'hashed', GeoLatency: 'geoLatency', Static: 'static' } as const;

async function checkedRequest(name: string, body: unknown): Promise<ProvisioningServiceRequest> {
  const shape = [
    ...nameFaults('provisioningService', dpsNameOf(name)),
    ...(await schemaFaults(ProvisioningServiceRequestSchema, body)),
  ];
  if (shape.length > 0) throw invalidRequest(shape);
  const request = body as ProvisioningServiceRequest;
  const policies = request.properties?.authorizationPolicies ?? [];
  const path = 'properties.authorizationPolicies';
  const faults = [...policyFaults(path, policies), ...policies.flatMap(rightsFaults)];
  if (faults.length > 0) throw invalidRequest(faults);
  const sku = request.sku?.name;
  if (sku === undefined || sku.toUpperCase() === 'S1') return request;
  throw new ManagementError('SkuNotSupported', `The SKU of a provisioning service must be S1 (is ${sku}). (IH400059)`);
}

function rightsFaults({ rights }: PolicyRequest, index: number): readonly Fault[] {
  const unknown = unknownRight(rights);
  if (unknown === undefined) return [];
  const rule = `must be some of ${DPS_RIGHTS.join(', ')}, with commas between them`;
  return [{ path: `properties.authorizationPolicies[${index}].rights`, rule, value: shown(unknown) }];
}

/** Never one that was given before. */
async function newScope(name: string, { ids, tx: { instances } }: ManagementPorts): Promise<string> {
  const key = dpsNameOf(name).toLowerCase();
  for (;;) {
    const scope = ids.idScope(key, await instances.nextScopeOrdinal(key));
    if ((await instances.byScope(scope)) === undefined) return scope;
  }
}

function policiesOf(
  { idScope, policies: present }: Pick<DpsInstance, 'idScope' | 'policies'>,
  requested: readonly PolicyRequest[] | undefined,
  { ids }: ManagementPorts,
): readonly DpsPolicy[] {
  return completedPolicies({
    defaults: [{ keyName: DPS_OWNER, rights: DPS_RIGHTS }],
    given: requested?.map(givenPolicy),
    present,
    generateKey: (keyName, which) => ids.symmetricKey(which, `${idScope}/policies/${keyName.toLowerCase()}`),
  });
}

function givenPolicy({ rights, ...policy }: PolicyRequest): GivenPolicy<DpsRight> {
  const asked = new Set(rightsIn(rights).map((right) => right.toLowerCase()));
  return { ...policy, rights: DPS_RIGHTS.filter((right) => asked.has(right.toLowerCase())) };
}
