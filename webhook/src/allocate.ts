/** Decides, for one allocation request of DPS, which hub a Contoso device goes to and with which initial twin. */

import { parseAllocationRequest } from './allocation-request.ts';

/** What DPS reads from a 200. The member order is the one that the tutorial's log prints. */
export interface AllocationAnswer {
  readonly iotHubHostName: string;
  readonly initialTwin: {
    readonly properties: { readonly desired: Readonly<Record<string, string>> };
    readonly tags: Readonly<Record<string, string>>;
  };
}

export type Decision =
  | { readonly kind: 'allocated'; readonly answer: AllocationAnswer; readonly logLines: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string; readonly logLines: readonly string[] };

/** The two products of the tutorial, in the order in which it tests for them. */
const products = [
  {
    registrationIdPart: '-contoso-tstrsd-007',
    hubNamePart: '-toasters-',
    noHub: 'No toasters hub found for the enrollment.',
    desired: { state: 'ready', darknessSetting: 'medium' },
    tags: { deviceType: 'toaster' },
  },
  {
    registrationIdPart: '-contoso-hpsd-088',
    hubNamePart: '-heatpumps-',
    noHub: 'No heat pumps hub found for the enrollment.',
    // A string in the tutorial's code too, although it looks like a number.
    desired: { state: 'on', temperatureSetting: '65' },
    tags: { deviceType: 'heatpump' },
  },
] as const;

/**
 * The tutorial's decision on the raw body of DPS's request. Never throws: a body that is no allocation request is
 * refused with the reason.
 */
export function allocate(requestBody: string): Decision {
  const request = parseAllocationRequest(requestBody);
  switch (request.kind) {
    case 'malformed':
      return refuse(request.reason, request.reason);
    case 'no-registration-id':
      return refuse('Registration ID not provided for the device.', 'Registration ID : NULL');
    case 'no-linked-hubs':
      return refuse('No hub group defined for the enrollment.', 'linkedHubs : NULL');
    case 'request':
      return allocateTo(request.registrationId, request.linkedHubs);
  }
}

function allocateTo(registrationId: string, linkedHubs: readonly string[]): Decision {
  const product = products.find(({ registrationIdPart }) => registrationId.includes(registrationIdPart));
  if (product === undefined) return refuse('Unrecognized device registration.', 'Unknown device registration');

  // The last match, because the tutorial's loop overwrites an earlier one.
  const hub = linkedHubs.findLast((hostName) => hostName.includes(product.hubNamePart));
  if (hub === undefined) return refuse(product.noHub, product.noHub);

  const initialTwin = { properties: { desired: product.desired }, tags: product.tags };
  return { kind: 'allocated', answer: { iotHubHostName: hub, initialTwin }, logLines: [] };
}

function refuse(message: string, logLine: string): Decision {
  return { kind: 'refused', message, logLines: [logLine] };
}
