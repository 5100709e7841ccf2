import { afterEach, describe, expect, it } from 'vitest';
import { type VerifyDocument, type VerifyOptions, verifyWebhook } from '../../../contracts/verify/index.ts';

import { REQUESTS_AT_A_TIME } from '../../../contracts/verify/run-cases.ts';
import { startLocalHost } from '../../../webhook/host/local-host.ts';
import {
  type Answer,
  type RecordedRequest,
  type Script,
  type StandIn,
  startStandIn,
} from '../../../webhook/stand-in/index.ts';
import { answer, askedIn, firstHub, firstHubWith, withoutSocket } from './webhooks.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function webhook(script: Script): Promise<StandIn> {
  const standIn = await startStandIn(script);
  stops.push(() => standIn.stop());
  return standIn;
}

async function verify(script: Script, options: Partial<VerifyOptions> = {}): Promise<VerifyDocument> {
  return verifyWebhook({ webhook: (await webhook(script)).url, ...options });
}

/** For answers that the client takes as they are, whatever else is judged. */
async function judge(script: Script, options: Partial<VerifyOptions> = {}): Promise<VerifyDocument> {
  return verifyWebhook({ webhook: 'http://127.0.0.1/api/HttpTrigger1', ...options }, withoutSocket(script));
}

function brokenRules(document: VerifyDocument): readonly string[] {
  return [...new Set(document.cases.flatMap((one) => one.faults.map((fault) => fault.rule)))];
}

const COUNTS = { passed: 'passed', refused: 'refused', failed: 'failed', notRun: 'not-run' } as const;

describe('a webhook that is right', () => {
  it('passes: the bundled one, whose refusals of unknown ids and hubs are no faults', async () => {
    const host = await startLocalHost({ port: 0 });
    stops.push(() => host.stop());
    const document = await verifyWebhook({ webhook: host.url });
    expect(document).toMatchObject({ verdict: 'passed', exitCode: 0 });
    const refused = document.cases.filter((one) => one.outcome === 'refused').map((one) => one.id);
    expect(refused).toEqual([
      'hubs.neutral-1',
      'hubs.neutral-2',
      'id.neutral',
      'id.neutral-mac',
      'id.one-character',
      'id.longest-neutral',
      'id.upper-case',
    ]);
    expect(document.cases.find((one) => one.id === 'id.neutral')).toMatchObject({
      faults: [],
      exchanges: [
        {
          sent: 'first',
          status: 400,
          answer: 'Unrecognized device registration.',
          dps: { outcome: '400207' },
          device: {
            status: 'failed',
            errorCode: 400207,
            errorMessage: 'Custom allocation failed with status code: 400',
            cSdkResult: 'PROV_DEVICE_RESULT_DEV_AUTH_ERROR',
          },
        },
        { sent: 'again' },
        { sent: 'reordered' },
      ],
    });
  });

  it('passes with ids, hubs and a payload that it is asked about', async () => {
    const requests: RecordedRequest[] = [];
    const script: Script = (request, index) => {
      requests.push(request);
      return firstHub(request, index);
    };
    const given = {
      registrationIds: ['pump-1', 'pump-2'],
      hubs: ['one.example', 'two.example'],
      payload: { model: 7 },
    };
    const document = await judge(script, given);
    expect(document.exitCode).toBe(0);
    expect(document.settings).toMatchObject({
      registrationIds: ['pump-1', 'pump-2'],
      hubs: ['one.example', 'two.example'],
    });
    const ids = new Set(requests.map((request) => askedIn(request).registrationId));
    expect([...ids].filter((id) => id.startsWith('pump'))).toEqual(expect.arrayContaining(['pump-1', 'pump-2']));
    expect(requests.some((request) => request.bodyText.includes('"payload":{"model":7}'))).toBe(true);
  });

  it('is asked as DPS asks: POST, JSON, with its function key', async () => {
    const standIn = await startStandIn([{ kind: 'status', status: 404 }], { functionKey: 'a-function-key' });
    stops.push(() => standIn.stop());
    const document = await verifyWebhook({ webhook: standIn.url });
    expect(document.summary.requests).toBe(standIn.count());
    for (const { method, headers, query } of standIn.requests) {
      expect([method, headers['content-type'], query.get('code')]).toEqual([
        'POST',
        'application/json; charset=utf-8',
        'a-function-key',
      ]);
    }
  });

  it('is asked eight requests at a time, and never more', async () => {
    let underWay = 0;
    let most = 0;
    let asked = 0;
    let release: () => void = () => undefined;
    const eightAtOnce = new Promise<void>((resolve) => {
      release = resolve;
    });
    await verifyWebhook({ webhook: 'http://127.0.0.1/api/HttpTrigger1' }, async () => {
      underWay += 1;
      asked += 1;
      most = Math.max(most, underWay);
      if (underWay === 8) release();
      // The first kind of request is sent alone, three times; of the others none is answered before eight are there.
      if (asked > 3) await eightAtOnce;
      // Whoever sent a ninth would not wait for a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return { kind: 'response', status: 404, body: '' };
    });
    expect(most).toBe(8);
  });
});

type Wrong = readonly [string, Script, readonly string[], string];

/** A webhook, the rules that it breaks, and one answer as DPS takes it. */
const WRONG_ANSWERS: readonly Wrong[] = [
  ['401 to everybody', [{ kind: 'status', status: 401 }], ['authorized'], '400209'],
  ['429', [{ kind: 'status', status: 429 }], ['not-retried'], 'retried'],
  ['an empty body', [{ kind: 'status', status: 200 }], ['json'], '400208'],
  ['text', [{ kind: 'text', text: 'OK' }], ['json'], '400207'],
  ['an empty hub', [answer({ iotHubHostName: '' })], ['hub-specified'], '400208'],
  ['a hub of its own', [answer({ iotHubHostName: 'my-hub.example' })], ['hub-linked'], '400207'],
  ['a twin without shape', firstHubWith({ initialTwin: { tags: 'red' } }), ['twin-shape'], '400207'],
  ['a twin that the hub refuses', firstHubWith({ initialTwin: { tags: { 'a b': 1 } } }), ['twin-limits'], '400207'],
  ['a payload that is text', firstHubWith({ payload: 'hello' }), ['payload-object'], '400207'],
];

/** The same, where the connection is the fault; and one to see that a socket makes no difference. */
const WRONG_ON_THE_WIRE: readonly Wrong[] = [
  ['500', [{ kind: 'status', status: 500 }], ['not-retried'], 'retried'],
  ['nothing, and hangs up', [{ kind: 'drop' }], ['connection'], 'retried'],
  ['half a body', [{ kind: 'drop-mid-body' }], ['connection'], 'retried'],
  ['what is no HTTP', [{ kind: 'garbage' }], ['connection'], 'retried'],
  ['more than a megabyte', [{ kind: 'huge', bytes: 2 ** 20 + 1 }], ['answer-size'], '400207'],
];

describe('a webhook that is wrong', () => {
  it.each([
    ...WRONG_ANSWERS.map((wrong) => [...wrong, judge] as const),
    ...WRONG_ON_THE_WIRE.map((wrong) => [...wrong, verify] as const),
  ])('is caught when it answers %s', async (_what, script, rules, dps, verdictOn) => {
    const document = await verdictOn(script);
    expect(document).toMatchObject({ verdict: 'faults', exitCode: 1 });
    expect(brokenRules(document)).toEqual(rules);
    const broken = document.cases.find((one) => one.outcome === 'failed');
    expect(broken?.exchanges[0]?.dps.outcome).toBe(dps);
    expect(broken?.requirement).toBe(broken?.faults[0]?.requirement);
    expect(broken?.reproduction).toMatch(/^curl /);
  });

  it('is caught when it takes turns', async () => {
    let turn = 0;
    const document = await judge((request) => {
      turn += 1;
      const { linkedHubs } = askedIn(request);
      return answer({ iotHubHostName: linkedHubs[turn % linkedHubs.length] });
    });
    expect(brokenRules(document)).toContain('same-hub');
    expect(document.exitCode).toBe(1);
  });

  it('is caught when it fails every second time', async () => {
    const document = await judge((request, index) =>
      index % 2 === 0 ? firstHub(request, index) : { kind: 'status', status: 503 },
    );
    expect(brokenRules(document)).toEqual(['not-retried']);
    expect(document.cases[0]?.detail).toBe('to the same request again: the webhook answered 503');
  });

  it('is caught when it reads the request by the order of its members', async () => {
    const document = await judge((request, index) =>
      /^\{"(enrollmentGroup|individualEnrollment)"/.test(request.bodyText)
        ? firstHub(request, index)
        : { kind: 'status', status: 400 },
    );
    expect(brokenRules(document)).toEqual(['key-order']);
    expect(document.summary.failed).toBe(document.summary.cases);
  });

  it('is caught when it knows only the hubs of the demo', async () => {
    const document = await judge([answer({ iotHubHostName: 'contoso-toasters-hub-1098.azure-devices.net' })]);
    const failed = document.cases.filter((one) => one.outcome === 'failed').map((one) => one.id);
    expect(failed).toEqual(['hubs.one-2', 'hubs.neutral-1', 'hubs.neutral-2']);
  });

  it('is caught when it cannot do without a payload', async () => {
    const document = await judge((request, index) =>
      request.bodyText.includes('"payload"') ? firstHub(request, index) : { kind: 'status', status: 500 },
    );
    const failed = document.cases.filter((one) => one.outcome === 'failed').map((one) => one.id);
    expect(failed).toContain('group.x509.first.no-payload');
    expect(failed).not.toContain('group.x509.first.payload');
  });

  it('is told of the missing key when it answers nothing but 401', async () => {
    expect((await judge([{ kind: 'status', status: 401 }])).reason).toContain('?code=');
  });
});

describe('a webhook that cannot be judged', () => {
  it('comes to exit code 2 when it refuses everything, with what to pass', async () => {
    const document = await judge([{ kind: 'status', status: 404 }]);
    expect(document).toMatchObject({ verdict: 'could-not-run', exitCode: 2 });
    expect(document.reason).toMatch(/refused \(404\).*--registration-id.*--hub.*--expect/);
    expect(document.summary.refused).toBe(document.summary.cases);
  });

  it('comes to exit code 2 when nothing listens', async () => {
    const standIn = await startStandIn([{ kind: 'hang' }]);
    await standIn.stop();
    const document = await verifyWebhook({ webhook: standIn.url });
    expect(document).toMatchObject({ verdict: 'could-not-run', exitCode: 2, cases: [], summary: { requests: 1 } });
    expect(document.reason).toMatch(/^Nothing listens/);
  });

  it('comes to exit code 2 when its name does not resolve', async () => {
    const document = await verifyWebhook({ webhook: 'http://no-such-host.invalid/api/f' });
    expect(document).toMatchObject({ exitCode: 2, cases: [] });
    expect(document.reason).toMatch(/does not resolve/);
  });

  it('is given up after three requests without an answer in time, which is a fault', async () => {
    const standIn = await webhook([{ kind: 'hang' }]);
    const document = await verifyWebhook({ webhook: standIn.url, timeoutMs: 100, fuzz: { requests: 50, seed: 1 } });
    expect(brokenRules(document)).toEqual(['in-time']);
    expect(document.exitCode).toBe(1);
    // The first alone, then eight at a time; a place that becomes free before the third time-out is filled again.
    expect(standIn.count()).toBeLessThanOrEqual(1 + 2 * REQUESTS_AT_A_TIME);
    expect(document.fuzz).toMatchObject({ sent: 0, cutShort: expect.stringContaining('three') });
    expect(document.summary.notRun).toBe(document.summary.cases - document.summary.failed);
  });

  it('that goes away in the middle has broken a rule', async () => {
    const document = await verify((request, index) =>
      index < 20 ? firstHub(request, index) : ({ kind: 'drop' } satisfies Answer),
    );
    expect(document.exitCode).toBe(1);
    expect(brokenRules(document)).toEqual(['connection']);
  });
});

describe('the verdict', () => {
  it('counts its cases by outcome and gives each an id of its own', async () => {
    const document = await judge((request, index) =>
      askedIn(request).linkedHubs.length === 1 ? { kind: 'status', status: 500 } : firstHub(request, index),
    );
    expect(new Set(document.cases.map((one) => one.id)).size).toBe(document.summary.cases);
    for (const [name, outcome] of Object.entries(COUNTS)) {
      const count = document.cases.filter((one) => one.outcome === outcome).length;
      expect(document.summary[name as keyof typeof COUNTS], name).toBe(count);
    }
    for (const one of document.cases) {
      expect(
        [one.title, one.requirement, one.source, one.detail].every((text) => text !== ''),
        one.id,
      ).toBe(true);
    }
  });

  it('never holds the function key, not even where the webhook echoes it', async () => {
    const echo: Script = ({ query }) => ({ kind: 'text', status: 500, text: `you sent ${query.get('code')}` });
    const document = await judge(echo, { webhook: 'http://127.0.0.1/api/HttpTrigger1?code=key%2Fof-mine%3D%3D' });
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/of-mine/);
    expect(document.webhook).toBe('http://127.0.0.1/api/HttpTrigger1?code=****');
    expect(text).toContain('you sent ****');
  });

  it('leaves the function key in the curl lines on request, and there alone', async () => {
    const document = await judge([{ kind: 'status', status: 500 }], {
      webhook: 'http://127.0.0.1/api/HttpTrigger1?code=key-of-mine',
      showKeys: true,
    });
    expect(document.cases[0]?.reproduction).toContain('code=key-of-mine');
    const cases = document.cases.map(({ reproduction: _curl, ...rest }) => rest);
    expect(JSON.stringify({ ...document, cases })).not.toContain('key-of-mine');
  });

  it('tells how far it is', async () => {
    const steps: string[] = [];
    const progress = (done: number, total: number): number => steps.push(`${done}/${total}`);
    const { summary } = await judge(firstHub, { progress, fuzz: { requests: 9, seed: 1 } });
    expect(steps).toContain(`${summary.cases}/${summary.cases}`);
    expect(steps.at(-1)).toBe('9/9');
  });
});

describe('expectations', () => {
  const hubs = ['a.example', 'b.example'];
  const rules = [
    { registrationId: 'to-a', hub: 'a.example' },
    { registrationId: 'nobody', refused: true },
  ] as const;
  const mine: Script = (request) => {
    const { registrationId, linkedHubs } = askedIn(request);
    const isKnown = registrationId.includes('to-a') && linkedHubs.includes('a.example');
    return isKnown ? answer({ iotHubHostName: 'a.example' }) : { kind: 'status', status: 403 };
  };

  it('hold: the rules pass, and the ids and hubs of the file stand for the demo’s', async () => {
    const document = await judge(mine, { expectations: { linkedHubs: hubs, rules } });
    expect(document.exitCode).toBe(0);
    expect(document.cases.slice(0, 2).map((one) => [one.id, one.outcome])).toEqual([
      ['expect.1', 'passed'],
      ['expect.2', 'passed'],
    ]);
    expect(document.settings).toMatchObject({ registrationIds: ['to-a'], hubs });
    expect(document.summary.passed).toBeGreaterThan(30);
  });

  it('are judged even when all else is refused', async () => {
    const document = await judge([{ kind: 'status', status: 403 }], {
      expectations: { rules: [{ registrationId: 'nobody', refused: true }] },
    });
    expect(document).toMatchObject({ exitCode: 0, summary: { passed: 1 } });
  });

  it('that are not met are faults', async () => {
    const document = await judge(mine, {
      expectations: {
        linkedHubs: hubs,
        rules: [
          { ...rules[0], hub: 'b.example' },
          { registrationId: 'to-a-2', refused: true },
        ],
      },
    });
    expect(document.exitCode).toBe(1);
    expect(document.cases.filter((one) => one.outcome === 'failed').map((one) => one.detail)).toEqual([
      'expected the hub b.example, but the answer is 200 with the hub a.example',
      'expected a refusal, but the answer is 200 with the hub a.example',
    ]);
  });
});
