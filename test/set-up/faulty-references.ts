/** Set-up documents that point to what cannot be: webhooks that are none, hubs that are not linked. */
import {
  type Faulty,
  group,
  HUB,
  IN_GROUP,
  IN_INDIVIDUAL,
  individual,
  instance,
  symmetricKey,
} from './faulty-documents.ts';

export const faultyReferences: readonly Faulty[] = [
  ...['no URL', 'ftp://x/y', 'functions.example/api', 'https://', 'http://a b/'].map(
    (webhookUrl): Faulty => [
      `the webhook URL "${webhookUrl}"`,
      group({ allocationPolicy: 'custom', customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' } }),
      `${IN_GROUP}.customAllocationDefinition.webhookUrl`,
      /must be an http or https URL/,
      /^\*{4}$/,
    ],
  ),
  [
    'a masked webhook URL where there is none that it could mean',
    individual({
      allocationPolicy: 'custom',
      customAllocationDefinition: { webhookUrl: 'https://functions.example/api?****', apiVersion: '2021-10-01' },
    }),
    `${IN_INDIVIDUAL}.customAllocationDefinition.webhookUrl`,
    /must be whole/,
    /\?\*{4}/,
  ],
  [
    'a hub that is linked and unlinked',
    instance({ unlinkedHubs: ['hub-x.azure-devices.net', HUB.toUpperCase()] }),
    'dps[0].unlinkedHubs[1]',
    /is linked/,
  ],
  [
    'a hub that is neither linked nor among the unlinked ones',
    instance({
      unlinkedHubs: ['hub-x.azure-devices.net'],
      enrollments: [{ registrationId: 'd', attestation: symmetricKey, allocationPolicy: 'hashed', iotHubs: ['y'] }],
    }),
    `${IN_INDIVIDUAL}.iotHubs[0]`,
    /must be one of the linkedHubs: hub-a/,
    /"y"/,
  ],
];
