/** JSON that is nested too deeply is refused in its surface's own words, wherever it comes in, and nothing of it is taken. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJsonArgument } from '../../cli/az/json-argument.ts';
import { jsonFault, readJsonText } from '../../cli/json-fault.ts';
import { readConfigFile } from '../../cli/start/config-file.ts';
import { readReadyFile } from '../../client/ready-file.ts';
import { CaseError } from '../../contracts/case/case-error.ts';
import { readCases } from '../../contracts/case/read-cases.ts';
import { readAzureFile } from '../../contracts/target/azure-file.ts';
import { readExpectations } from '../../contracts/verify/expectations.ts';
import { judgeAnswer } from '../../contracts/verify/judge-answer.ts';
import { readJsonObject } from '../../device/json-body.ts';
import { resolveAssumptions } from '../../emulator/core/assumptions.ts';
import { readCustomAnswer } from '../../emulator/core/dps/allocation/custom-answer.ts';
import { checkSetUp } from '../../emulator/core/set-up/check-set-up.ts';
import { SetUpError } from '../../emulator/wire/fault.ts';
import { parsedJson } from '../../emulator/wire/json.ts';
import { readContainerConfig } from '../../testcontainers/container-config.ts';
import { caseFolder, HEAD } from '../contracts/support/case-folder.ts';
import { call } from '../control/support/call.ts';
import { errorCodeOf, serviceClient } from '../http/support/service-client.ts';
import { ask, goodRequest } from './support/ask.ts';
import { emulatorsForTests, GROUP_KEY, HUB, SCOPE } from './support/emulators.ts';

const start = emulatorsForTests();

/** Lists in lists: so many of them that with the object around them there are `levels`. */
const inObject = (levels: number, name: string): string =>
  `{"${name}":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
const lists = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const TOO_DEEP = /nested deeper than 64 levels/;

/** As deep as may be sent; one more; and so deep that whoever walks over it would run out of stack. */
const REFUSED = [65, 100_000];
/** The most that goes into a body of 96 KB. */
const REFUSED_IN_SMALL_BODIES = [65, 45_000];

describe('over the wire', () => {
  it.each(REFUSED_IN_SMALL_BODIES)('a register with %d levels is answered 400', async (levels) => {
    const emulator = await start();
    const request = goodRequest('register', SCOPE, 'a-device');
    const answer = await ask(emulator, 'https', { ...request, body: inObject(levels, 'payload') });
    expect(answer).toMatchObject({
      status: 400,
      body: { errorCode: 400012, message: 'Deserialization error.' },
    });
    const told = emulator.journal.timeline(SCOPE, 'a-device')?.entries.map(({ text }) => text) ?? [];
    expect(told.filter((text) => TOO_DEEP.test(text))).toHaveLength(1);
    expect((await ask(emulator, 'https', { ...request, body: inObject(64, 'payload') })).status).toBe(202);
  });

  it.each(REFUSED_IN_SMALL_BODIES)('a request to the service API with %d levels is answered 400', async (levels) => {
    const client = await serviceClient(await start());
    const refused = [
      await client.ask('PUT', '/enrollments/deep', { body: inObject(levels, 'optionalDeviceInformation') }),
      await client.ask('POST', '/enrollmentGroups', { body: inObject(levels, 'enrollmentGroups') }),
      await client.ask('POST', '/enrollments/query', { body: inObject(levels, 'query') }),
    ];
    for (const answer of refused) {
      expect([answer.status, errorCodeOf(answer)]).toEqual([400, 400004]);
      expect(answer.text).toMatch(TOO_DEEP);
    }
  });

  it.each(
    REFUSED_IN_SMALL_BODIES,
  )("a request to a hub with %d levels is answered 400 in the hub's shape", async (levels) => {
    const emulator = await start();
    const [hub] = (await emulator.connectionStrings()).hubs;
    const client = await serviceClient(emulator, hub?.connectionString);
    for (const [path, body] of [
      ['/devices', lists(levels)],
      ['/devices/query', inObject(levels, 'query')],
    ] as const) {
      const answer = await client.ask('POST', path, { body, apiVersion: '2021-04-12' });
      expect(answer).toMatchObject({ status: 400, body: { Message: expect.stringMatching(TOO_DEEP) } });
    }
  });

  it.each(REFUSED)('a request to the control API with %d levels is answered 400', async (levels) => {
    const emulator = await start();
    for (const [method, path] of [
      ['POST', '/seed'],
      ['POST', '/sas/explain'],
      ['PUT', '/iot-hubs/my-hub'],
    ] as const) {
      const answer = await call(emulator.endpoints.control, path, { method, body: inObject(levels, 'tags') });
      expect(answer).toMatchObject({
        status: 400,
        json: { error: { code: 'not-json', message: expect.stringMatching(TOO_DEEP) } },
      });
    }
  });
});

describe('in process', () => {
  it.each(REFUSED)('a set-up, a seed and a resource with %d levels are refused', async (levels) => {
    const emulator = await start();
    const before = await emulator.exportSetUp();
    const deep: unknown = JSON.parse(inObject(levels, 'dps'));
    await expect(checkSetUp(deep, 'mine.json')).rejects.toThrow(SetUpError);
    await expect(checkSetUp(deep, 'mine.json')).rejects.toThrow(TOO_DEEP);
    await expect(emulator.seed(deep)).rejects.toThrow(TOO_DEEP);
    await expect(emulator.resources.iotHubs.put('my-hub', deep)).rejects.toThrow(TOO_DEEP);
    expect(await emulator.exportSetUp()).toEqual(before);
  });

  it('a document that contains itself is too deep', async () => {
    const round: { dps: unknown[] } = { dps: [] };
    round.dps.push(round);
    await expect(checkSetUp(round, 'mine.json')).rejects.toThrow(TOO_DEEP);
  });
});

describe("a webhook's answer", () => {
  it.each(REFUSED)('of %d levels fails the allocation, and verify says why', (levels) => {
    const body = `{"iotHubHostName":"${HUB}","payload":${inObject(levels - 1, 'a')}}`;
    const outcome = { kind: 'response', status: 200, body } as const;
    expect(readCustomAnswer(outcome, [HUB], resolveAssumptions())).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(TOO_DEEP),
    });
    expect(judgeAnswer(outcome, [HUB])).toMatchObject([{ rule: 'json', detail: expect.stringMatching(TOO_DEEP) }]);
  });
});

describe('on the command line', () => {
  it.each(REFUSED)('an argument of %d levels is refused', (levels) => {
    expect(readJsonArgument(inObject(levels, 'a'))).toMatchObject({
      kind: 'fault',
      fault: expect.stringMatching(TOO_DEEP),
    });
    expect(readJsonArgument(inObject(64, 'a')).kind).toBe('json');
    // `register --payload` and `--config` read with this one.
    expect(readJsonText(lists(levels))).toMatchObject({ fault: { line: 1, column: 65 } });
  });

  it('a text that never ends is told of without a walk through it', () => {
    expect(jsonFault('['.repeat(100_000))).toMatchObject({ line: 1, column: 65 });
  });

  it.each(REFUSED)('a file of %d levels is refused by its name', async (levels) => {
    const folder = await caseFolder({});
    const [config, json, yaml] = ['config.json', 'rules.json', 'rules.yaml'].map((name) => join(folder, name));
    for (const path of [config, json, yaml]) await writeFile(path ?? '', inObject(levels, 'rules'));
    await expect(readConfigFile(config ?? '')).rejects.toThrow(/config\.json:1:\d+: not JSON: .*nested deeper than 64/);
    await expect(readExpectations(json ?? '')).rejects.toThrow(/rules\.json: .*nested deeper than 64 levels/);
    await expect(readExpectations(yaml ?? '')).rejects.toThrow(/rules\.yaml: .*nested deeper than 64 levels/);
  });
});

describe('what a client reads', () => {
  /** The state of a registration puts a payload at the limit one level deeper than the webhook gave it. */
  const reply = (levels: number): string => `{"registrationState":${inObject(levels, 'payload')}}`;

  it('may be as deep as what was let in has become inside an answer', () => {
    expect(readJsonObject(reply(64))).toHaveProperty('registrationState.payload');
    expect(parsedJson(`[${lists(79)}]`)).toBeDefined();
  });

  it.each([81, 100_000])('is no JSON with %d levels: nobody sends that', (levels) => {
    expect(readJsonObject(reply(levels))).toBeUndefined();
    expect(parsedJson(lists(levels))).toBeUndefined();
  });

  it.each(REFUSED)('a file of %d levels is refused, or is none of ours', async (levels) => {
    const folder = await caseFolder({});
    const path = join(folder, 'document.json');
    await writeFile(path, inObject(levels, 'options'));
    await expect(readContainerConfig(path)).rejects.toThrow(/withConfig: .*document\.json: nested deeper than 64/);
    await expect(readAzureFile(path)).rejects.toThrow(/document\.json is nested deeper than 64/);
    expect(readReadyFile(path)).toBeUndefined();
  });
});

describe('a contract case file', () => {
  const CASE = `id: a\n${HEAD}device: { registrationId: d }\nexpect: { status: assigned }\n`;

  it.each([
    ['65 levels in brackets', `${CASE}given: ${lists(65)}`],
    ['100,000 levels in brackets', `${CASE}given: ${lists(100_000)}`],
    ['100,000 brackets that are never closed', `${CASE}given: ${'['.repeat(100_000)}`],
    ['100,000 levels of dashes', `${CASE}steps:\n  ${'- '.repeat(100_000)}x`],
  ])('with %s is refused', async (_what, text) => {
    const folder = await caseFolder({ 'deep.yaml': text });
    const error = await readCases([folder]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CaseError);
    expect(String(error)).toMatch(TOO_DEEP);
  });

  it('may be as deep as anything else, with keys of its own', async () => {
    const payload = `${'{a: '.repeat(60)}1${'}'.repeat(60)}`;
    const folder = await caseFolder({
      'fine.yaml': `id: a\n${HEAD}device: { registrationId: d, key: ${GROUP_KEY}, payload: ${payload} }\nexpect: { status: assigned }\n`,
    });
    expect((await readCases([folder])).cases).toHaveLength(1);
  });
});
