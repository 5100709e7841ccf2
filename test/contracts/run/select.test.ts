/** Cases are chosen by id, tag and row; choosing none is an error. */
import { describe, expect, it } from 'vitest';
import { planRun } from '../../../contracts/run/plan.ts';
import { selectCases } from '../../../contracts/run/select.ts';
import { inProcessTarget } from '../../../contracts/target/in-process.ts';
import { RunError } from '../../../contracts/target/run-error.ts';
import { HEAD, loadCases } from '../support/case-folder.ts';
import { shippedCases } from '../support/shipped-cases.ts';

const BODY = 'device: { registrationId: d }\nexpect: { status: assigned }\n';
const CASES = [
  `id: one\ntags: [red]\nrow: 1\n${HEAD}${BODY}`,
  `id: two-a\ntags: [red, blue]\n${HEAD}${BODY}`,
  `id: two-b\nrow: 2\ntransports: [https]\n${HEAD}${BODY}`,
].join('---\n');

async function chosen(...selectors: readonly string[]): Promise<readonly string[]> {
  return selectCases(await loadCases(CASES), selectors).map(({ contract }) => contract.id);
}

describe('a selector', () => {
  it.each([
    [[], ['one', 'two-a', 'two-b']],
    [['two-a'], ['two-a']],
    [['two-*'], ['two-a', 'two-b']],
    [['*'], ['one', 'two-a', 'two-b']],
    [['tag:red'], ['one', 'two-a']],
    [['row:2'], ['two-b']],
    [
      ['row:2', 'one', 'tag:red'],
      ['one', 'two-a', 'two-b'],
    ],
  ])('%j selects %j', async (selectors, ids) => {
    expect(await chosen(...selectors)).toEqual(ids);
  });

  it.each([
    'three',
    'tag:green',
    'tag:',
    'row:3',
    'row:',
    'On*',
    'two.a',
    '',
  ])('%j selects nothing, which is an error even beside one that does', async (selector) => {
    await expect(chosen('one', selector)).rejects.toThrow(`"${selector}" selects no case`);
    await expect(chosen(selector)).rejects.toBeInstanceOf(RunError);
  });
});

describe('a plan', () => {
  const target = inProcessTarget();
  const wire = { target, driver: 'wire', transports: undefined, hasOwnWebhook: false, hasSdk: true } as const;

  it('runs a case over the transports that it and the user allow', async () => {
    const cases = await loadCases(CASES);
    expect(planRun(cases, wire).cases.map(({ transports }) => transports)).toEqual([
      ['mqtt', 'mqtt-ws', 'https'],
      ['mqtt', 'mqtt-ws', 'https'],
      ['https'],
    ]);
    const narrow = planRun(cases, { ...wire, transports: ['mqtt'] });
    expect(narrow.cases.map(({ loaded }) => loaded.contract.id)).toEqual(['one', 'two-a']);
    expect(narrow.leftOut).toEqual([{ id: 'two-b', why: 'not over mqtt' }]);
  });

  it('is an error when nothing is left of what was selected', async () => {
    const cases = selectCases(await loadCases(CASES), ['two-b']);
    expect(() => planRun(cases, { ...wire, transports: ['mqtt'] })).toThrow('no case is left to run: not over mqtt');
  });

  it('keeps to MQTT with the SDK, and says so when it cannot', async () => {
    const cases = await loadCases(CASES);
    expect(planRun(cases, { ...wire, driver: 'sdk' }).cases.map(({ transports }) => transports)).toEqual([
      ['mqtt'],
      ['mqtt'],
    ]);
    expect(() => planRun(cases, { ...wire, driver: 'sdk', transports: ['https'] })).toThrow('over mqtt only');
  });

  it('leaves out what another device than the built-in one cannot do, and why', async () => {
    const cases = await shippedCases;
    const why = new Map(planRun(cases, { ...wire, driver: 'command' }).leftOut.map((one) => [one.id, one.why]));
    expect(why.get('poll-after-reconnect')).toBe('moves the device request by request');
    expect(why.get('attest-expired-token')).toBe('sets what only the built-in device lets be set (token, api-version)');
    expect(why.get('tutorial-official-sdk')).toBe('asks for the official SDK');
    expect(why.has('row-5-ladder')).toBe(false);
  });

  it('leaves out what needs scripted answers when the webhook is the own one', async () => {
    const cases = await shippedCases;
    const plan = planRun(cases, { ...wire, hasOwnWebhook: true });
    expect(plan.cases.map(({ loaded }) => loaded.contract.id)).toContain('tutorial-toaster');
    expect(plan.leftOut).toContainEqual({ id: 'row-5-ladder', why: 'needs a webhook with scripted answers' });
  });

  it('leaves out what asks for the SDK where it is not installed', async () => {
    const cases = await shippedCases;
    const { leftOut } = planRun(cases, { ...wire, hasSdk: false });
    expect(leftOut).toEqual([
      { id: 'tutorial-official-sdk', why: 'asks for the official SDK, which is not installed' },
    ]);
  });
});
