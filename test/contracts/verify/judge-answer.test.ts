import { describe, expect, it } from 'vitest';
import { viewsOf } from '../../../contracts/verify/dps-view.ts';
import { judgeAnswer } from '../../../contracts/verify/judge-answer.ts';
import { shapesFor } from '../../../contracts/verify/shapes.ts';
import { resolveAssumptions, type WebhookOutcome } from '../../../emulator/service-door.ts';
import { CONTOSO_DEVICES, CONTOSO_HUBS } from '../../../emulator/wire/contoso.ts';

const [HUB] = CONTOSO_HUBS;
const [FIRST, AGAIN] = ['group.symmetricKey.first.payload', 'again.reset'].map((id) => {
  const inputs = { registrationIds: CONTOSO_DEVICES, hubs: CONTOSO_HUBS, payload: {} };
  const shape = shapesFor(inputs).find((one) => one.id === id);
  if (shape === undefined) throw new Error(`no shape ${id}`);
  return shape;
});
if (FIRST === undefined || AGAIN === undefined) throw new Error('no shapes');
const first = FIRST;

function answered(body: unknown, status = 200): WebhookOutcome {
  return { kind: 'response', status, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function silent(failure: Extract<WebhookOutcome, { kind: 'no-response' }>['failure']): WebhookOutcome {
  return { kind: 'no-response', failure, detail: failure };
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
const tags = (value: unknown): unknown => ({ iotHubHostName: HUB, initialTwin: { tags: value } });
const desired = (value: unknown): unknown => ({ iotHubHostName: HUB, initialTwin: { properties: { desired: value } } });
const DEEP = `{"iotHubHostName":"${HUB}","initialTwin":{"tags":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}}`;

/** The answer, the rules that it breaks, what DPS makes of it, and what a C device reports. */
const ROWS: readonly (readonly [string, WebhookOutcome, readonly string[], string, string | null])[] = [
  ['a linked hub', answered({ iotHubHostName: HUB }), [], 'assigned', 'OK'],
  ['201 and a linked hub', answered({ iotHubHostName: HUB }, 201), [], 'assigned', 'OK'],
  ['members that DPS does not know', answered({ iotHubHostName: HUB, IoTHub: 1 }), [], 'assigned', 'OK'],
  [
    'a null twin and a null payload',
    answered({ iotHubHostName: HUB, initialTwin: null, payload: null }),
    [],
    'assigned',
    'OK',
  ],
  ['an object payload', answered({ iotHubHostName: HUB, payload: { a: [1] } }), [], 'assigned', 'OK'],
  ['400', answered('Unrecognized device registration.', 400), [], '400207', 'DEV_AUTH_ERROR'],
  ['a redirect', answered('', 307), [], '400207', 'DEV_AUTH_ERROR'],
  ['428', answered('', 428), [], '400207', 'DEV_AUTH_ERROR'],
  ['401', answered('', 401), ['authorized'], '400209', 'UNAUTHORIZED'],
  ['429', answered('', 429), ['not-retried'], 'retried', null],
  ['500', answered('', 500), ['not-retried'], 'retried', null],
  ['no answer', silent('timeout'), ['in-time'], 'retried', null],
  ['a dropped connection', silent('dropped'), ['connection'], 'retried', null],
  ['bytes that are no HTTP', silent('garbage'), ['connection'], 'retried', null],
  ['a refused connection', silent('refused'), ['connection'], 'retried', null],
  ['an endless answer', silent('too-large'), ['answer-size'], '400207', 'DEV_AUTH_ERROR'],
  ['an empty body', answered(''), ['json'], '400208', 'HUB_NOT_SPECIFIED'],
  ['text', answered(HUB), ['json'], '400207', 'DEV_AUTH_ERROR'],
  ['a JSON string', answered(`"${HUB}"`), ['json'], '400207', 'DEV_AUTH_ERROR'],
  ['a JSON list', answered([HUB]), ['json'], '400207', 'DEV_AUTH_ERROR'],
  ['no hub', answered({}), ['hub-specified'], '400208', 'HUB_NOT_SPECIFIED'],
  ['a null hub', answered({ iotHubHostName: null }), ['hub-specified'], '400208', 'HUB_NOT_SPECIFIED'],
  ['an empty hub', answered({ iotHubHostName: '' }), ['hub-specified'], '400208', 'HUB_NOT_SPECIFIED'],
  ['a hub that is a number', answered({ iotHubHostName: 1 }), ['hub-specified'], '400207', 'DEV_AUTH_ERROR'],
  ['a foreign hub', answered({ iotHubHostName: 'x.example' }), ['hub-linked'], '400207', 'DEV_AUTH_ERROR'],
  ['a linked hub in capitals', answered({ iotHubHostName: HUB.toUpperCase() }), ['hub-linked'], 'assigned', 'OK'],
  [
    'a twin that is a list',
    answered({ iotHubHostName: HUB, initialTwin: [] }),
    ['twin-shape'],
    '400207',
    'DEV_AUTH_ERROR',
  ],
  ['tags that are text', answered(tags('a')), ['twin-shape'], '400207', 'DEV_AUTH_ERROR'],
  ['desired that is a list', answered(desired([])), ['twin-shape'], '400207', 'DEV_AUTH_ERROR'],
  [
    'tags above 8 KB',
    answered(tags({ a: 'x'.repeat(4000), b: 'x'.repeat(4000), c: 'x'.repeat(400) })),
    ['twin-limits'],
    '400207',
    'DEV_AUTH_ERROR',
  ],
  ['a string above 4 KB', answered(desired({ a: 'x'.repeat(4097) })), ['twin-limits'], '400207', 'DEV_AUTH_ERROR'],
  ['twenty levels', answered(desired(nested(20))), ['twin-limits'], '400207', 'DEV_AUTH_ERROR'],
  ['ten levels', answered(desired(nested(10))), [], 'assigned', 'OK'],
  ['a key with a dot', answered(tags({ 'a.b': 1 })), ['twin-limits'], '400207', 'DEV_AUTH_ERROR'],
  ['an integer that is too large', answered(desired({ a: 2 ** 52 })), ['twin-limits'], '400207', 'DEV_AUTH_ERROR'],
  ['a twin of 200,000 levels', answered(DEEP), ['json'], '400207', 'DEV_AUTH_ERROR'],
  [
    'a payload that is text',
    answered({ iotHubHostName: HUB, payload: 'a' }),
    ['payload-object'],
    '400207',
    'DEV_AUTH_ERROR',
  ],
  [
    'a payload that is a list',
    answered({ iotHubHostName: HUB, payload: [] }),
    ['payload-object'],
    '400207',
    'DEV_AUTH_ERROR',
  ],
  [
    'two faults at once',
    answered({ iotHubHostName: 'x.example', payload: 1 }),
    ['hub-linked', 'payload-object'],
    '400207',
    'DEV_AUTH_ERROR',
  ],
];

describe('an answer', () => {
  it.each(ROWS)('with %s is judged, and told as DPS and the device take it', (...row) => {
    const [, outcome, rules, dps, result] = row;
    expect(judgeAnswer(outcome, first.linkedHubs).map((fault) => fault.rule)).toEqual(rules);
    const views = viewsOf(first, outcome, resolveAssumptions());
    expect(views.dps.outcome).toBe(dps);
    expect(views.device.cSdkResult).toBe(result === null ? null : `PROV_DEVICE_RESULT_${result}`);
  });

  it('carries with each fault its sentence, its source and what was wrong', () => {
    expect(judgeAnswer(answered({ iotHubHostName: 'x.example' }), ['a.example'])).toEqual([
      {
        rule: 'hub-linked',
        requirement: expect.stringContaining('linkedHubs'),
        source: expect.stringContaining('custom allocation policies'),
        confidence: 'documented',
        detail: 'iotHubHostName is "x.example"; the request offers a.example',
      },
    ]);
  });

  it('names a few members of a twin that breaks the limits a thousand times', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`a.${index}`, 1]));
    const faults = judgeAnswer(answered(tags(many)), first.linkedHubs);
    expect(faults.length).toBeLessThan(10);
    expect(faults.at(-1)?.detail).toMatch(/^and \d+ more/);
  });

  it('may name any hub when the request had no proper list of them', () => {
    expect(judgeAnswer(answered({ iotHubHostName: 'x.example' }), undefined)).toEqual([]);
  });
});

describe('a twin beyond the limits', () => {
  it('is a fault of the webhook, but does not fail a registration that stays at its hub', () => {
    const outcome = answered(tags({ 'a.b': 1 }));
    expect(judgeAnswer(outcome, AGAIN.linkedHubs)).toHaveLength(1);
    expect(viewsOf(AGAIN, outcome, resolveAssumptions()).dps.outcome).toBe('assigned');
  });

  it('fails a registration that is reset at another hub', () => {
    const moved = { iotHubHostName: CONTOSO_HUBS[1], initialTwin: { tags: { 'a.b': 1 } } };
    expect(viewsOf(AGAIN, answered(moved), resolveAssumptions()).dps.outcome).toBe('400207');
  });
});
