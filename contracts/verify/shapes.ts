/** The catalogue: every shape of AllocationRequest that the service sends, made from the caller's ids and hubs. */
import { idShapes } from './id-shapes.ts';
import { payloadShapes } from './payload-shapes.ts';
import type { AttestationType, EnrollmentKind, RecordFacts, Shape, ShapeInputs } from './shape.ts';
import { baseShape, CONCEPTS, LOGGED } from './shape-base.ts';

/** Linked hubs per service, so the longest list there is. [dps-service-behaviour §6] */
const LINKED_HUBS_MAX = 50;

/** Hubs without any name of the demo's: `verify-hub-01.azure-devices.net` and so on. */
function neutralHubs(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `verify-hub-${String(index + 1).padStart(2, '0')}.azure-devices.net`,
  );
}

/** Ids are unique; the order is the one of the report. */
export function shapesFor(inputs: ShapeInputs): readonly Shape[] {
  return [
    ...registrationShapes(inputs),
    ...moveShapes(inputs),
    ...hubListShapes(inputs),
    ...recordShapes(inputs),
    ...apiVersionShapes(inputs),
    ...payloadShapes(inputs),
    ...idShapes(inputs),
  ];
}

/** A TPM has one endorsement key, so no group. [dps-service-behaviour §3.2] */
const ENROLLMENTS: readonly (readonly [EnrollmentKind, AttestationType, string])[] = [
  ['group', 'symmetricKey', 'a group with symmetric keys'],
  ['group', 'x509', 'a group with X.509 certificates'],
  ['individual', 'symmetricKey', 'an individual enrollment with symmetric keys'],
  ['individual', 'x509', 'an individual enrollment with an X.509 certificate'],
  ['individual', 'tpm', 'an individual enrollment with a TPM'],
];

function registrationShapes(inputs: ShapeInputs): readonly Shape[] {
  const times = ['first', 'again'] as const;
  return ENROLLMENTS.flatMap(([kind, attestation, words]) =>
    times.flatMap((time) => [true, false].map((hasPayload) => ({ kind, attestation, words, time, hasPayload }))),
  ).map(({ kind, attestation, words, time, hasPayload }, index) => {
    const base = baseShape(inputs, index);
    const current = { hub: base.favouriteHub, deviceId: base.shape.registrationId };
    return {
      ...base.shape,
      id: `${kind}.${attestation}.${time}.${hasPayload ? 'payload' : 'no-payload'}`,
      title: `A device of ${words} registers ${time === 'first' ? 'for the first time' : 'again'}, ${hasPayload ? 'with' : 'without'} a payload.`,
      source: CONCEPTS,
      kind,
      attestation,
      ...(hasPayload && { payload: inputs.payload }),
      ...(time === 'again' && { current }),
    };
  });
}

/** Registrations of a device that has a hub already. [dps-service-behaviour §1.3, §5.4] */
function moveShapes(inputs: ShapeInputs): readonly Shape[] {
  const [first, second] = [baseShape(inputs, 0), baseShape(inputs, 1)];
  const own = { hub: first.favouriteHub, deviceId: first.shape.registrationId };
  const elsewhere = neutralHubs(1)[0] ?? '';
  return [
    {
      ...first.shape,
      id: 'again.reset',
      title: 'A device registers again, and its enrollment resets it to its initial state.',
      source: CONCEPTS,
      current: own,
      record: { ...first.shape.record, reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false } },
    },
    {
      ...second.shape,
      id: 'again.hub-gone',
      title: 'A device registers again, and its hub is not among the linked hubs any more.',
      source: CONCEPTS,
      current: { hub: elsewhere, deviceId: second.shape.registrationId },
    },
    {
      ...first.shape,
      id: 'again.never',
      title: 'A device registers again that must never move: its own hub is the only one offered.',
      source: CONCEPTS,
      current: own,
      linkedHubs: [first.favouriteHub],
      record: { ...first.shape.record, reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false } },
    },
  ];
}

function hubListShapes(inputs: ShapeInputs): readonly Shape[] {
  const counts = [2, 3, 10, LINKED_HUBS_MAX].filter((count) => count > inputs.hubs.length);
  const lists = [
    ...inputs.registrationIds.map((_, index) => ({
      name: `one-${index + 1}`,
      words: 'one hub',
      hubs: [baseShape(inputs, index).favouriteHub],
      index,
    })),
    ...counts.map((count, index) => ({
      name: `${count}`,
      words: `${count} hubs`,
      hubs: fill(inputs.hubs, count),
      index,
    })),
    { name: 'reversed', words: 'the hubs in the opposite order', hubs: [...inputs.hubs].reverse(), index: 0 },
    { name: 'neutral-1', words: 'one hub of another naming scheme', hubs: neutralHubs(1), index: 0 },
    { name: 'neutral-2', words: 'two hubs of another naming scheme', hubs: neutralHubs(2), index: 1 },
  ];
  return lists.map(({ name, words, hubs, index }) => ({
    ...baseShape(inputs, index).shape,
    id: `hubs.${name}`,
    title: `The request offers ${words}.`,
    source: 'Microsoft Learn, DPS quotas: at most 50 linked hubs',
    linkedHubs: hubs.slice(0, LINKED_HUBS_MAX),
  }));
}

/** The caller's hubs among neutral ones, neither first nor last where there is room. */
function fill(hubs: readonly string[], count: number): readonly string[] {
  const others = neutralHubs(count - hubs.length);
  const half = Math.ceil(others.length / 2);
  return [...others.slice(0, half), ...hubs, ...others.slice(half)];
}

/** Members that an enrollment never had are absent. [dps-service-behaviour §1.3, §3.1] */
function recordShapes(inputs: ShapeInputs): readonly Shape[] {
  const twin = { tags: { site: 'building 43' }, properties: { desired: { telemetryIntervalSeconds: 60 } } };
  const rows: readonly (readonly [EnrollmentKind, string, string, RecordFacts])[] = [
    ['group', 'minimal', 'The enrollment group has no capabilities, reprovision policy or hubs of its own.', bare],
    ['individual', 'minimal', 'The individual enrollment has only what it must have.', bare],
    ['individual', 'device-id', 'The hub will know the device by another id.', { ...full, deviceId: 'Device-43' }],
    [
      'individual',
      'device-information',
      'The enrollment carries information about the device.',
      { ...full, optionalDeviceInformation: { colour: 'red', floors: [1, 2], serial: null } },
    ],
    ['group', 'initial-twin', 'The enrollment group has an initial twin.', { ...full, initialTwin: twin }],
    ['group', 'iot-edge', 'The devices are IoT Edge devices.', { ...full, capabilities: { iotEdge: true } }],
    [
      'group',
      'long-id',
      'The enrollment group id has the 128 characters it may have.',
      { ...full, enrollmentGroupId: `${'g'.repeat(118)}-A.b_c:0-9` },
    ],
  ];
  return rows.map(([kind, name, title, record], index) => ({
    ...baseShape(inputs, index).shape,
    id: `${kind}.${name}`,
    title,
    source: LOGGED,
    kind,
    record,
  }));
}

const bare: RecordFacts = { selectsHubs: false };
const full: RecordFacts = {
  capabilities: { iotEdge: false },
  reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
  selectsHubs: true,
};

/** Payloads came with 2019-03-31. [dps-service-behaviour §1.4] */
const API_VERSIONS = [
  ['2018-09-01-preview', false],
  ['2018-11-01', false],
  ['2019-03-31', true],
  ['2021-06-01', true],
] as const;

function apiVersionShapes(inputs: ShapeInputs): readonly Shape[] {
  return API_VERSIONS.map(([apiVersion, hasPayload], index) => ({
    ...baseShape(inputs, index).shape,
    id: `api-version.${apiVersion}`,
    title: `The enrollment asks for api-version ${apiVersion}.`,
    source: 'the published API description: customAllocationDefinition.apiVersion, at least 2018-09-01-preview',
    apiVersion,
    ...(hasPayload && { payload: inputs.payload }),
  }));
}
