/** Set-up documents with a fault each, and what the fault has to name. */

const KEY = Buffer.alloc(32, 1).toString('base64');
export const HUB = 'hub-a.azure-devices.net';
export const symmetricKey = { type: 'symmetricKey', symmetricKey: { primaryKey: KEY } };

export const instance = (more: object) => ({ dps: [{ name: 'dps-1', idScope: '0ne1', linkedHubs: [HUB], ...more }] });
export const group = (more: object) =>
  instance({ enrollmentGroups: [{ enrollmentGroupId: 'g', attestation: symmetricKey, ...more }] });
export const individual = (more: object) =>
  instance({ enrollments: [{ registrationId: 'd', attestation: symmetricKey, ...more }] });
export const key = (primaryKey: unknown) =>
  group({ attestation: { type: 'symmetricKey', symmetricKey: { primaryKey } } });

export const IN_GROUP = 'dps[0].enrollmentGroups[0]';
export const IN_INDIVIDUAL = 'dps[0].enrollments[0]';

export type Faulty = readonly [string, unknown, string, RegExp, (RegExp | undefined)?];

/** What is wrong, the document, and the path, rule and value that the fault names. */
export const faulty: readonly Faulty[] = [
  ['no object', 'hello', '', /must be an object/, /"hello"/],
  ['null', null, '', /must be an object/, /null/],
  ['an array', [], '', /must be an object/],
  ['a member that nobody knows', { dsp: [] }, 'dsp', /is not a known member/],
  ['dps that is no list', { dps: {} }, 'dps', /must be an array/],
  ['an instance without a name', { dps: [{ idScope: '0ne1' }] }, 'dps[0].name', /is required/],
  ['an instance without a scope', { dps: [{ name: 'a' }] }, 'dps[0].idScope', /is required/],
  [
    'a scope with a slash',
    { dps: [{ name: 'a', idScope: '0ne/1' }] },
    'dps[0].idScope',
    /letters and digits/,
    /"0ne\/1"/,
  ],
  [
    'two instances of one scope',
    {
      dps: [
        { name: 'a', idScope: '0ne1' },
        { name: 'b', idScope: '0NE1' },
      ],
    },
    'dps[1].idScope',
    /stands twice/,
    /"0NE1"/,
  ],
  [
    'two instances of one name',
    {
      dps: [
        { name: 'a', idScope: '0ne1' },
        { name: 'A', idScope: '0ne2' },
      ],
    },
    'dps[1].name',
    /stands twice/,
    /"A"/,
  ],
  [
    'the policy custom on an instance',
    instance({ allocationPolicy: 'custom' }),
    'dps[0].allocationPolicy',
    /must be one of/,
    /"custom"/,
  ],
  [
    'a hub linked twice',
    instance({ linkedHubs: [HUB, { name: HUB.toUpperCase() }] }),
    'dps[0].linkedHubs[1]',
    /stands twice/,
  ],
  [
    'a weight of 0',
    instance({ linkedHubs: [{ name: HUB, allocationWeight: 0 }] }),
    'dps[0].linkedHubs[0].allocationWeight',
    />= 1/,
    /0/,
  ],
  [
    'a weight of 1001',
    instance({ linkedHubs: [{ name: HUB, allocationWeight: 1001 }] }),
    'dps[0].linkedHubs[0].allocationWeight',
    /<= 1000/,
    /1001/,
  ],
  [
    'a weight that is no whole number',
    instance({ linkedHubs: [{ name: HUB, allocationWeight: 1.5 }] }),
    'dps[0].linkedHubs[0].allocationWeight',
    /integer/,
    /1\.5/,
  ],
  ['a linked hub that is a number', instance({ linkedHubs: [5] }), 'dps[0].linkedHubs[0]', /must be/, /5/],
  ['a hub without a name', { hubs: [''] }, 'hubs[0]', /must/, /""/],
  [
    'an individual without an id',
    instance({ enrollments: [{ attestation: symmetricKey }] }),
    `${IN_INDIVIDUAL}.registrationId`,
    /is required/,
  ],
  [
    'an individual without attestation',
    instance({ enrollments: [{ registrationId: 'd' }] }),
    `${IN_INDIVIDUAL}.attestation`,
    /is required/,
  ],
  [
    'an id against the grammar',
    individual({ registrationId: 'a b' }),
    `${IN_INDIVIDUAL}.registrationId`,
    /1 to 128 characters/,
    /"a b"/,
  ],
  [
    'an id that ends in a dot',
    individual({ registrationId: 'a.' }),
    `${IN_INDIVIDUAL}.registrationId`,
    /the last one alphanumeric or '-'/,
    /"a\."/,
  ],
  [
    'an id of 129 characters',
    individual({ registrationId: 'x'.repeat(129) }),
    `${IN_INDIVIDUAL}.registrationId`,
    /1 to 128/,
    /…$/,
  ],
  [
    'a group id against the grammar',
    group({ enrollmentGroupId: 'ä' }),
    `${IN_GROUP}.enrollmentGroupId`,
    /1 to 128/,
    /"ä"/,
  ],
  [
    'two individuals of one id',
    instance({ enrollments: ['d', 'D'].map((registrationId) => ({ registrationId, attestation: symmetricKey })) }),
    'dps[0].enrollments[1].registrationId',
    /stands twice/,
    /"D"/,
  ],
  [
    'two groups of one id',
    instance({
      enrollmentGroups: ['g', 'g'].map((enrollmentGroupId) => ({ enrollmentGroupId, attestation: symmetricKey })),
    }),
    'dps[0].enrollmentGroups[1].enrollmentGroupId',
    /stands twice/,
  ],
  [
    'a kind of attestation that does not exist',
    group({ attestation: { type: 'password' } }),
    `${IN_GROUP}.attestation.type`,
    /must be one of/,
    /"password"/,
  ],
  [
    'a key that is no base64',
    key('not base64!'),
    `${IN_GROUP}.attestation.symmetricKey.primaryKey`,
    /base64 of 16 to 64 bytes/,
    /^\*\*\*\*$/,
  ],
  [
    'a key of 15 bytes',
    key(Buffer.alloc(15).toString('base64')),
    `${IN_GROUP}.attestation.symmetricKey.primaryKey`,
    /16 to 64 bytes/,
  ],
  [
    'a key of 65 bytes',
    key(Buffer.alloc(65).toString('base64')),
    `${IN_GROUP}.attestation.symmetricKey.primaryKey`,
    /16 to 64 bytes/,
  ],
  ['a key that is a number', key(5), `${IN_GROUP}.attestation.symmetricKey.primaryKey`, /must be a string/],
  [
    'a status that does not exist',
    group({ provisioningStatus: 'on' }),
    `${IN_GROUP}.provisioningStatus`,
    /enabled, disabled/,
    /"on"/,
  ],
  [
    'a policy that does not exist',
    group({ allocationPolicy: 'best' }),
    `${IN_GROUP}.allocationPolicy`,
    /must be one of/,
    /"best"/,
  ],
  [
    'custom without a definition',
    group({ allocationPolicy: 'custom' }),
    `${IN_GROUP}.customAllocationDefinition`,
    /is required when allocationPolicy is "custom"/,
  ],
  [
    'a definition without a URL',
    group({ customAllocationDefinition: { apiVersion: '2021-10-01' } }),
    `${IN_GROUP}.customAllocationDefinition.webhookUrl`,
    /is required/,
  ],
  [
    'a definition without a version',
    group({ customAllocationDefinition: { webhookUrl: 'http://x' } }),
    `${IN_GROUP}.customAllocationDefinition.apiVersion`,
    /is required/,
  ],
  [
    'a definition of a version before there were any',
    group({
      allocationPolicy: 'custom',
      customAllocationDefinition: { webhookUrl: 'http://x', apiVersion: '2018-04-01' },
    }),
    `${IN_GROUP}.customAllocationDefinition.apiVersion`,
    /2018-09-01-preview or later/,
    /"2018-04-01"/,
  ],
  [
    'hubs without a policy',
    group({ iotHubs: [HUB] }),
    `${IN_GROUP}.allocationPolicy`,
    /must be specified when iotHubs are specified/,
  ],
  [
    'a hub that is not linked',
    group({ allocationPolicy: 'hashed', iotHubs: [HUB, 'x'] }),
    `${IN_GROUP}.iotHubs[1]`,
    /must be one of the linkedHubs: hub-a/,
    /"x"/,
  ],
  [
    'iotHubHostName that is not linked',
    group({ iotHubHostName: 'x' }),
    `${IN_GROUP}.iotHubHostName`,
    /must be one of the linkedHubs: hub-a/,
    /"x"/,
  ],
  [
    'half a reprovision policy',
    group({ reprovisionPolicy: { migrateDeviceData: true } }),
    `${IN_GROUP}.reprovisionPolicy.updateHubAssignment`,
    /is required/,
  ],
  ['capabilities without iotEdge', group({ capabilities: {} }), `${IN_GROUP}.capabilities.iotEdge`, /is required/],
  ['a deviceId on a group', group({ deviceId: 'x' }), `${IN_GROUP}.deviceId`, /is not a known member/],
  [
    'a deviceId that no hub takes',
    individual({ deviceId: 'a/b' }),
    `${IN_INDIVIDUAL}.deviceId`,
    /1 to 128 characters/,
    /"a\/b"/,
  ],
  ['a twin that is no object', group({ initialTwin: [] }), `${IN_GROUP}.initialTwin`, /must be an object/],
  ['tags that are a text', group({ initialTwin: { tags: 'x' } }), `${IN_GROUP}.initialTwin.tags`, /must be/, /"x"/],
  [
    'a twin that the hub refuses',
    group({ initialTwin: { tags: { 'a.b': 1 } } }),
    `${IN_GROUP}.initialTwin`,
    /the key "a\.b" in tags/,
  ],
  [
    'JSON without a bottom',
    JSON.parse(`{"dps":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
    '',
    /nested deeper than 64 levels/,
  ],
];
