/** The harness notices what it says it notices; and the judge of the mutants can tell a survivor. */
import { describe, expect, it } from 'vitest';
import { judgeMutants, type MutantVerdict, WRONG_EMULATORS, WRONG_WEBHOOKS } from '../../../contracts/mutants/index.ts';
import {
  type EmulatorMutant,
  replacing,
  replacingPorts,
  type WebhookMutant,
} from '../../../contracts/mutants/mutant.ts';
import { run, temporaryHome } from '../../cli/support/command.ts';
import { shippedCases } from '../support/shipped-cases.ts';

const ALL = [...WRONG_EMULATORS, ...WRONG_WEBHOOKS];

describe('contracts mutants', () => {
  it('notices every mutant by the case that is named for it', async () => {
    const { code, stdout, stderr } = await run(await temporaryHome(), ['contracts', 'mutants', '--json']);
    const verdict = JSON.parse(stdout) as { readonly mutants: readonly MutantVerdict[] };
    expect(verdict.mutants.filter(({ outcome }) => outcome !== 'killed')).toEqual([]);
    expect(verdict.mutants.map(({ id }) => id)).toEqual(ALL.map(({ id }) => id));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('has a list of at least 25, each once and with its reason', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(25);
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
    for (const { id, wrong, reason, at } of ALL) {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      expect(wrong, id).toMatch(/^[a-z].*[^.]$/);
      expect(reason, id).toMatch(/^\S.*\.$/);
      expect(at, id).not.toBe('');
    }
  });

  it('lets every row of the troubleshooting table notice something', async () => {
    const cases = await shippedCases;
    const named = new Set(WRONG_EMULATORS.map(({ killedBy }) => killedBy));
    const rows = cases.filter(({ contract }) => named.has(contract.id)).map(({ contract }) => contract.row);
    expect([1, 2, 3, 4, 5, 6].filter((row) => !rows.includes(row))).toEqual([]);
  });
});

const emulator: EmulatorMutant = {
  id: 'any',
  wrong: 'is wrong',
  reason: 'Because.',
  killedBy: 'row-1-valid-hub',
  at: 'expect.status',
  replace: replacingPorts(() => ({})),
};

const webhook: WebhookMutant = {
  id: 'any',
  wrong: 'is wrong',
  reason: 'Because.',
  killedBy: { verify: 'group.symmetricKey.first.payload' },
  at: 'json',
  script: () => (request) => {
    const { linkedHubs } = request.json() as { readonly linkedHubs: readonly string[] };
    return { kind: 'json', body: { iotHubHostName: linkedHubs[0] } };
  },
};

async function judge(mutants: Partial<Parameters<typeof judgeMutants>[0]>) {
  return judgeMutants({ emulators: [], webhooks: [], cases: await shippedCases, ...mutants });
}

async function judgeOne(mutant: Partial<EmulatorMutant>) {
  const verdict = await judge({ emulators: [{ ...emulator, ...mutant }] });
  return { exitCode: verdict.exitCode, ...verdict.mutants[0] };
}

describe('judgeMutants', () => {
  it('exits with 1 when an emulator that is not wrong at all survives', async () => {
    expect(await judgeOne({})).toMatchObject({ exitCode: 1, outcome: 'survived', detail: 'the case passed' });
  });

  it('exits with 1 when a webhook that is right survives', async () => {
    const verdict = await judge({ webhooks: [webhook] });
    expect(verdict).toMatchObject({ exitCode: 1, mutants: [{ outcome: 'survived', detail: 'no rule was broken' }] });
  });

  const forgetsPayload = replacing('dps', (dps) => ({
    ...dps,
    call: async (call) => ({ ...(await dps.call(call)), text: '{}' }),
  }));
  const crashes = replacingPorts(() => ({
    allocateCustom: () => Promise.reject(new Error('this mutant is of no use')),
  }));

  it.each<[string, Partial<EmulatorMutant>, RegExp]>([
    [
      'is noticed in another place than the one named',
      { replace: forgetsPayload, at: 'expect.callsAtSeconds' },
      /^noticed in another place: /,
    ],
    ['crashes instead of being wrong', { replace: crashes }, /this mutant is of no use/],
    ['names a case that is not there', { killedBy: 'no-such-case' }, /is not there/],
  ])('exits with 2 when a mutant %s', async (_what, mutant, detail) => {
    expect(await judgeOne(mutant)).toMatchObject({
      exitCode: 2,
      outcome: 'broken',
      detail: expect.stringMatching(detail),
    });
  });

  it('exits with 2 when there is nothing to judge', async () => {
    expect((await judge({})).exitCode).toBe(2);
  });

  it('says of a verification that the kind of request is not there', async () => {
    const { mutants, exitCode } = await judge({ webhooks: [{ ...webhook, killedBy: { verify: 'no-such-kind' } }] });
    expect({ mutants, exitCode }).toMatchObject({ exitCode: 2, mutants: [{ outcome: 'broken' }] });
  });
});
