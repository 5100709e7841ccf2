/** The plain request that each shape of the catalogue varies. */
import type { Shape, ShapeInputs } from './shape.ts';

export const CONCEPTS = 'Microsoft Learn, "Understand custom allocation policies", the AllocationRequest object';
export const LOGGED = 'request bodies that the service was logged sending, and the published API description';

interface BaseShape {
  readonly shape: Omit<Shape, 'id' | 'title' | 'source'>;
  /** The hub that the device is taken to have: the first belongs to the first id, and so on. */
  readonly favouriteHub: string;
}

/** Takes the caller's ids in turn, so that each of them meets many shapes. */
export function baseShape({ registrationIds, hubs }: ShapeInputs, index: number): BaseShape {
  const position = index % registrationIds.length;
  const registrationId = registrationIds[position];
  const favouriteHub = hubs[position % hubs.length];
  if (registrationId === undefined || favouriteHub === undefined) throw new Error('no registration id or no hub given');
  return {
    favouriteHub,
    shape: {
      registrationId,
      linkedHubs: hubs,
      kind: 'group',
      attestation: 'symmetricKey',
      apiVersion: '2021-10-01',
      record: {
        capabilities: { iotEdge: false },
        reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
        selectsHubs: true,
      },
    },
  };
}
