import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectationFaults, expectedShapes, hubsNamedIn } from '../../../contracts/verify/expectation-cases.ts';
import {
  checkExpectations,
  type Expectation,
  ExpectationsError,
  readExpectations,
} from '../../../contracts/verify/expectations.ts';

const TOASTER: Expectation = { registrationId: 'toaster-1', hub: 'a.example' };

describe('a file of expectations', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'expectations-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function written(name: string, text: string): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, text);
    return file;
  }

  it.each([
    ['rules.json', '{ "rules": [{ "registrationId": "toaster-1", "hub": "a.example" }] }'],
    ['rules.yaml', '# ours\nrules:\n  - registrationId: toaster-1\n    hub: a.example\n'],
    ['rules.yml', 'rules: [{ registrationId: toaster-1, hub: a.example }]'],
  ])('is read from %s', async (name, text) => {
    expect(await readExpectations(await written(name, text))).toEqual({ rules: [TOASTER] });
  });

  it.each([
    ['broken.json', '{ rules:', /broken\.json: is not JSON/],
    ['broken.yaml', 'rules: [', /broken\.yaml: is not YAML/],
    ['empty.yaml', '', /empty\.yaml: the document: must be an object \(is null\)/],
  ])('that cannot be parsed is named: %s', async (name, text, message) => {
    await expect(readExpectations(await written(name, text))).rejects.toThrow(message);
  });

  it('that is not there is named', async () => {
    await expect(readExpectations(join(directory, 'none.json'))).rejects.toThrow(/none\.json: cannot be read: ENOENT/);
  });

  it.each([
    [{}, 'f: rules: is required'],
    [{ rules: [{ hub: 'a' }] }, 'f: rules[0].registrationId: is required'],
    [{ rules: [{ ...TOASTER, hubs: 'a' }] }, 'f: rules[0].hubs: is not a known member'],
    [{ rules: [{ ...TOASTER, attestation: 'password' }] }, 'f: rules[0].attestation: must be one of'],
    [{ rules: [{ registrationId: 'a b', hub: 'a' }] }, 'f: rules[0].registrationId: must be 1 to 128 characters'],
    [{ rules: [{ registrationId: 'a' }] }, 'f: rules[0]: must have either "hub" or "refused": true'],
    [{ rules: [{ ...TOASTER, refused: true }] }, 'f: rules[0]: must have either "hub" or "refused": true'],
    [
      { rules: [{ registrationId: 'a', refused: true, initialTwin: null }] },
      'f: rules[0]: a refusal has no initialTwin',
    ],
    [
      { rules: [{ ...TOASTER, enrollment: 'group', attestation: 'tpm' }] },
      'f: rules[0].enrollment: must be "individual"',
    ],
    [{ linkedHubs: ['b'], rules: [TOASTER] }, 'f: rules[0].hub: must be one of the linkedHubs (is "a.example")'],
  ])('that says %j is refused', async (document, message) => {
    const refusal = checkExpectations(document, 'f');
    await expect(refusal).rejects.toBeInstanceOf(ExpectationsError);
    await expect(refusal).rejects.toThrow(message);
  });
});

describe('an expectation', () => {
  it('becomes a request with the hubs of the rule, of the file, or of the caller and its own', () => {
    const rules: readonly Expectation[] = [TOASTER, { ...TOASTER, linkedHubs: ['x', 'a.example'] }];
    const hubsOf = (linkedHubs?: readonly string[]): readonly (readonly string[])[] =>
      expectedShapes({ rules, ...(linkedHubs && { linkedHubs }) }, ['c.example']).map(({ shape }) => shape.linkedHubs);
    expect(hubsOf()).toEqual([
      ['c.example', 'a.example'],
      ['x', 'a.example'],
    ]);
    expect(hubsOf(['a.example', 'y'])).toEqual([
      ['a.example', 'y'],
      ['x', 'a.example'],
    ]);
    expect(hubsNamedIn({ rules })).toEqual(['a.example', 'x']);
  });

  const twin = { tags: { a: 1 } };
  it.each<[string, Expectation, number, unknown, RegExp | null]>([
    ['the hub', TOASTER, 200, { iotHubHostName: 'a.example' }, null],
    ['another hub', TOASTER, 200, { iotHubHostName: 'b.example' }, /expected the hub a\.example.*b\.example/],
    ['a refusal', TOASTER, 404, 'no', /expected the hub a\.example, but the answer is 404/],
    ['a refusal', { registrationId: 'a', refused: true }, 400, 'no', null],
    ['a hub', { registrationId: 'a', refused: true }, 200, { iotHubHostName: 'b' }, /expected a refusal/],
    [
      'the twin',
      { ...TOASTER, initialTwin: twin },
      200,
      { iotHubHostName: 'a.example', initialTwin: { properties: null, ...twin } },
      null,
    ],
    ['no twin', { ...TOASTER, initialTwin: twin }, 200, { iotHubHostName: 'a.example' }, /expected initialTwin/],
    [
      'a twin',
      { ...TOASTER, initialTwin: null },
      200,
      { iotHubHostName: 'a.example', initialTwin: twin },
      /expected initialTwin/,
    ],
    [
      'an empty twin',
      { ...TOASTER, initialTwin: null },
      200,
      { iotHubHostName: 'a.example', initialTwin: { tags: {} } },
      null,
    ],
    [
      'the payload',
      { ...TOASTER, responsePayload: { a: 1 } },
      200,
      { iotHubHostName: 'a.example', payload: { a: 1 } },
      null,
    ],
    [
      'another payload',
      { ...TOASTER, responsePayload: { a: 1 } },
      200,
      { iotHubHostName: 'a.example', payload: { a: 2 } },
      /expected payload/,
    ],
    ['no payload', { ...TOASTER, responsePayload: null }, 200, { iotHubHostName: 'a.example' }, null],
    ['500, which has a fault of its own,', TOASTER, 500, '', null],
  ])('is held against %s', (_what, expectation, status, body, message) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const faults = expectationFaults(expectation, { kind: 'response', status, body: text });
    expect(faults.map((fault) => fault.detail)).toEqual(message === null ? [] : [expect.stringMatching(message)]);
  });
});
