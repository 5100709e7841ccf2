/** Whatever is wrong with a case file is told with file, line, path, rule and value. */
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaseError } from '../../../contracts/case/case-error.ts';
import { readCases } from '../../../contracts/case/read-cases.ts';
import { caseFolder, HEAD } from '../support/case-folder.ts';

async function faultsIn(text: string, files: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const folder = await caseFolder({ 'bad.yaml': text, ...files });
  const place = relative('.', join(folder, 'bad.yaml'));
  const error = await readCases([folder]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CaseError)) throw new Error(`it was taken: ${String(error)}`);
  return error.message.split('\n').map((line) => line.replace(place, 'bad.yaml'));
}

const DEVICE = 'device: { registrationId: d }\n';
const EXPECT = 'expect: { status: assigned }\n';
const GOOD = `id: good\n${HEAD}${DEVICE}${EXPECT}`;

/** What is written, and what is told: everything after `bad.yaml:`. */
const FAULTS: readonly (readonly [what: string, text: string, told: string])[] = [
  ['no YAML', 'id: [', '1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['a key twice', 'id: a\nid: b', '2: Map keys must be unique'],
  ['no mapping', '- a', '1: a document must be a case or a base'],
  ['a member that no case has', `${GOOD}expects: {}`, '8: case good: expects: is not a known member'],
  ['no expectation', `id: a\n${HEAD}${DEVICE}`, '1: case a: expect: is required'],
  ['an empty expectation', `id: a\n${HEAD}${DEVICE}expect: {}`, '7: case a: expect: must have a member (is {})'],
  ['an id in capitals', GOOD.replace('good', 'GOOD'), '1: case GOOD: id: must match ^[a-z0-9][a-z0-9-]*$ (is "GOOD")'],
  ['a row that the table has not', `${GOOD}row: 7`, '8: case good: row: must be <= 6 (is 7)'],
  [
    'an unknown confidence',
    GOOD.replace('documented', 'certain'),
    '5: case good: confidence: must be one of documented, observed, inferred, assumed (is "certain")',
  ],
  [
    'an unknown transport',
    `${GOOD}transports: [amqp]`,
    '8: case good: transports[0]: must be one of mqtt, mqtt-ws, https (is "amqp")',
  ],
  ['an unknown step', `${GOOD}steps: [{ advanse: 1 }]`, '8: case good: steps[0].advanse: is not a known member'],
  [
    'two steps in one',
    `${GOOD}steps:\n  - poll: device\n    drop: device`,
    '9: case good: steps[0]: must be an object with one member: one step each (is {"poll":"device","drop":"device"})',
  ],
  ['a step back in time', `${GOOD}steps: [{ advance: -1 }]`, '8: case good: steps[0].advance: must be > 0 (is -1)'],
  [
    'a step of a device that is not there',
    `${GOOD}steps: [{ register: toaster }]`,
    '8: case good: steps[0].register: must be a device of the case: device (is "toaster")',
  ],
  [
    'an expectation of a device that is not there',
    `id: a\n${HEAD}${DEVICE}expect: { devices: { toaster: { status: x } } }`,
    '7: case a: expect.devices.toaster: must be a device of the case: device (is "toaster")',
  ],
  [
    'a device without id',
    `id: a\n${HEAD}device: { key: abc }\n${EXPECT}`,
    '6: case a: device.registrationId: is required',
  ],
  ['no device', `id: a\n${HEAD}${EXPECT}`, '1: case a: must have exactly one of device, devices'],
  [
    'two devices without names in expect',
    `id: a\n${HEAD}devices: { x: { registrationId: x }, y: { registrationId: y } }\n${EXPECT}`,
    '7: case a: expect: must name the device: expect.devices.x',
  ],
  [
    'an expectation of the trace alone',
    `id: a\n${HEAD}${DEVICE}expect: { traceEqualAcrossTransports: true }`,
    '7: case a: expect: must say what comes of the registration, not of the trace alone',
  ],
  [
    'a matcher that does not exist',
    `id: a\n${HEAD}${DEVICE}expect: { hub: { $like: x } }`,
    '7: case a: expect.hub.$like: is no matcher; known: $absent, $any, $contains, $exactly, $keyOf, $keys, $matches, $oneOf',
  ],
  [
    'a broken regular expression',
    `id: a\n${HEAD}${DEVICE}expect: { hub: { $matches: '(' } }`,
    '7: case a: expect.hub.$matches: must be a regular expression',
  ],
  [
    'an unknown answer',
    `${GOOD}given: { webhook: { answers: [{ kind: teapot }] } }`,
    '8: case good: given.webhook.answers[0].kind: must be one of json, text, status, hang, hang-after-headers, drop, drop-mid-body, garbage, huge, redirect, slow (is "teapot")',
  ],
  [
    'an answer without its body',
    `${GOOD}given: { webhook: { answers: [{ kind: json }] } }`,
    '8: case good: given.webhook.answers[0].body: is required',
  ],
  [
    'a member that belongs to another kind of answer',
    `${GOOD}given: { webhook: { answers: [{ kind: hang, status: 200 }] } }`,
    '8: case good: given.webhook.answers[0].status: is not a known member',
  ],
  [
    'two webhooks',
    `${GOOD}given: { webhook: { bundled: true, url: 'http://localhost/' } }`,
    '8: case good: given.webhook: must have exactly one of answers, url, bundled',
  ],
  [
    'custom allocation without a webhook',
    `${GOOD}given: { extends: plain }`,
    '8: case good: given.webhook: is required: an enrollment has custom allocation',
  ],
  [
    'a base that does not exist',
    `${GOOD}given: { extends: fabrikam }`,
    '8: case good: given.extends: must be one of contoso, plain, hashed',
  ],
  [
    'bases in a circle',
    `base: one\ngiven: { extends: two }\n---\nbase: two\ngiven: { extends: one }\n---\n${GOOD}given: { extends: one }`,
    '14: case good: given.extends: goes round in a circle: one → two → one',
  ],
  [
    'an option that no case may set',
    `${GOOD}given: { options: { mqttPort: 8883 } }`,
    '8: case good: given.options.mqttPort: is not a known member',
  ],
  [
    'a register step of another form',
    `${GOOD}steps: [{ register: { devise: device } }]`,
    '8: case good: steps[0].register.device: is required',
  ],
  [
    'a change of no enrollment',
    `${GOOD}steps: [{ change-enrollment: { set: {} } }]`,
    '8: case good: steps[0].change-enrollment: must have exactly one of enrollment, enrollmentGroup',
  ],
];

describe('a case file', () => {
  it.each(FAULTS)('is refused for %s', async (_what, text, told) => {
    const faults = await faultsIn(text);
    expect(faults.join('\n')).toContain(`bad.yaml:${told}`);
  });

  it('is refused for an id that another file has, and both places are named', async () => {
    const faults = await faultsIn(GOOD, { 'also.yaml': `\n${GOOD}` });
    expect(faults.join('\n')).toMatch(/bad\.yaml:1: case good: id: stands twice: also in .*also\.yaml:2/);
  });

  it('has all its faults told at once', async () => {
    const faults = await faultsIn(`${GOOD}rows: 1\nrow: 9\n---\n- x`);
    expect(faults).toHaveLength(3);
  });

  it('shows no key in what it tells', async () => {
    const text = `${GOOD}given: { enrollments: [{ registrationId: d, attestation: { symmetricKey: { primaryKey: c2VjcmV0 } } }] }`;
    const faults = await faultsIn(text);
    expect(faults.join('\n')).toContain('given.enrollments[0].attestation.type: is required');
    expect(faults.join('\n')).not.toContain('c2VjcmV0');
  });

  it('is refused where the folder holds none, or does not exist', async () => {
    const empty = await caseFolder({ 'readme.txt': 'no case' });
    await expect(readCases([empty])).rejects.toThrow('holds no .yaml file');
    await expect(readCases([join(empty, 'nowhere')])).rejects.toThrow('does not exist');
  });
});
