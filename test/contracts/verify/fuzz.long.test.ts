import { afterEach, describe, expect, it } from 'vitest';
import { createCaller } from '../../../contracts/verify/caller.ts';
import { fuzz } from '../../../contracts/verify/fuzz.ts';
import { type FuzzReport, type VerifyCase, verifyWebhook } from '../../../contracts/verify/index.ts';
import { resolveAssumptions } from '../../../emulator/service-door.ts';
import { CONTOSO_DEVICES, CONTOSO_HUBS, CONTOSO_PAYLOAD } from '../../../emulator/wire/contoso.ts';
import { startLocalHost } from '../../../webhook/host/local-host.ts';
import { type Script, startStandIn } from '../../../webhook/stand-in/index.ts';
import { answer, askedIn, firstHub } from './webhooks.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Fuzzed {
  readonly report: FuzzReport;
  readonly findings: readonly VerifyCase[];
  readonly bodies: readonly string[];
}

const INPUTS = { registrationIds: CONTOSO_DEVICES, hubs: CONTOSO_HUBS, payload: CONTOSO_PAYLOAD };

/** The fuzzer alone, without the catalogue before it. */
async function fuzzed(script: Script, amount: { requests: number; seed: number }, timeoutMs = 2_000): Promise<Fuzzed> {
  const standIn = await startStandIn(script);
  stops.push(() => standIn.stop());
  const { url } = standIn;
  const settings = {
    caller: createCaller({ url, timeoutMs }),
    assumptions: resolveAssumptions(),
    url,
    showKeys: false,
  };
  const { report, findings } = await fuzz({ ...amount, inputs: INPUTS, settings });
  return { report, findings, bodies: standIn.requests.map((request) => request.bodyText) };
}

/** Wrong for odd requests alone, so that the catalogue finds nothing. */
function wrongWhen(isOdd: (registrationId: string, body: string) => boolean, wrong: Script): Script {
  const [answerWrong] = Array.isArray(wrong) ? wrong : [];
  return (request, index) => {
    const isWrong = isOdd(askedIn(request).registrationId, request.bodyText);
    return isWrong && answerWrong !== undefined ? answerWrong : firstHub(request, index);
  };
}

describe('the fuzzer', () => {
  it('finds the id that is too long for a webhook, and shrinks it to the first that is', async () => {
    const standIn = await startStandIn(wrongWhen((id) => id.length > 128, [{ kind: 'status', status: 500 }]));
    stops.push(() => standIn.stop());
    const webhook = `${standIn.url}?code=key-of-mine`;
    const document = await verifyWebhook({ webhook, fuzz: { requests: 32, seed: 1 } });
    const findings = document.cases.filter((one) => one.id.startsWith('fuzz.'));
    expect(document).toMatchObject({ exitCode: 1, summary: { failed: 1 }, fuzz: { requests: 32, seed: 1 } });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.request).toEqual({ deviceRuntimeContext: { registrationId: 'a'.repeat(129) } });
    expect(findings[0]).toMatchObject({ outcome: 'failed', detail: 'the webhook answered 500' });
    const curl = findings[0]?.reproduction ?? '';
    expect(curl).toContain(`'{"deviceRuntimeContext":{"registrationId":"${'a'.repeat(129)}"}}'`);
    expect(curl).toContain('code=****');
  });

  it('finds the missing member that a webhook relies on', async () => {
    const { findings } = await fuzzed(
      wrongWhen((_id, body) => !body.includes('"linkedHubs"'), [{ kind: 'drop' }]),
      { requests: 64, seed: 2 },
    );
    expect(findings.map((one) => [one.faults[0]?.rule, one.request])).toEqual([['connection', {}]]);
  });

  it('finds the request that makes a webhook hang, and gives up after three time-outs', async () => {
    const { report, findings } = await fuzzed(
      wrongWhen((id) => id.length > 128, [{ kind: 'hang' }]),
      { requests: 32, seed: 3 },
      300,
    );
    expect(findings.map((one) => one.faults[0]?.rule)).toEqual(['in-time']);
    expect(report.cutShort).toMatch(/three/);
  });

  it('finds a hub that was not offered', async () => {
    const script: Script = (request, index) =>
      askedIn(request).registrationId.length > 128
        ? answer({ iotHubHostName: 'mine.example' })
        : firstHub(request, index);
    const { findings } = await fuzzed(script, { requests: 96, seed: 4 });
    expect(findings.map((one) => one.faults[0]?.rule)).toEqual(['hub-linked']);
  });

  it('leaves a webhook alone that refuses what it cannot read', async () => {
    const host = await startLocalHost({ port: 0 });
    stops.push(() => host.stop());
    const document = await verifyWebhook({ webhook: host.url, fuzz: { requests: 100, seed: 5 } });
    expect(document).toMatchObject({ exitCode: 0, fuzz: { requests: 100, seed: 5, sent: 100 } });
  });

  it('sends the same requests for the same seed, and others for another', async () => {
    const oddOnes = async (seed: number): Promise<readonly string[]> => {
      const { bodies } = await fuzzed(firstHub, { requests: 40, seed });
      return [...bodies].sort();
    };
    const [one, same, other] = [await oddOnes(6), await oddOnes(6), await oddOnes(7)];
    expect(one).toHaveLength(40);
    expect(same).toEqual(one);
    expect(other.filter((body) => !one.includes(body)).length).toBeGreaterThan(30);
  });
});
