/** The runner on targets that are wrong: each is found out, and the report names the very thing that differs. */
import { describe, expect, it } from 'vitest';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import type { StartTarget } from '../../../contracts/target/in-process.ts';
import { startEmulator } from '../../../emulator/index.ts';
import { startStandIn } from '../../../webhook/stand-in/index.ts';
import { holdTimeouts } from '../../support/held-timeouts.ts';
import { HEAD, loadCases, resultOf, runYaml } from '../support/case-folder.ts';

/** A case with this webhook answer and these expectations. */
function yaml(answer: string, expected: string, more = ''): string {
  return `id: sample
${HEAD}given:
  extends: plain
  webhook: { answers: [${answer}] }
device: { registrationId: sample-device, payload: { a: 1 } }
${more}expect: { ${expected} }
`;
}

const ALPHA = '{ kind: json, body: { iotHubHostName: alpha-hub.azure-devices.net } }';
const FAILS = '{ kind: status, status: 503 }';

describe('a case that the target fulfils', () => {
  it('passes with every check counted, and tells its story on the emulator clock', async () => {
    const result = await resultOf(
      yaml(
        FAILS,
        'status: assigning, webhookCalls: 2, device: { result: null }',
        'steps: [{ register: device }, { advance: 1 }, { poll: device }]\n',
      ),
    );
    expect(result).toMatchObject({
      outcome: 'passed',
      checks: 4,
      mismatches: [],
      virtualSeconds: 1,
      transport: 'mqtt',
    });
    const story = result.timeline.map(({ atSeconds, subject, text }) => `${atSeconds} ${subject ?? 'step'}: ${text}`);
    expect(story).toContain('0 step: register device');
    for (const [atSeconds, call] of [
      [0, 1],
      [1, 2],
    ]) {
      const said = `${atSeconds} sample-device: webhook call ${call} answered 503, after `;
      expect(story).toContainEqual(expect.stringContaining(said));
    }
    expect(story.at(-1)).toMatch(/^1 sample-device: poll answered 202, retry after 0 s$/);
  });
});

/** answer of the webhook, expectation, and the mismatches that have to be told. */
const BROKEN = [
  ['another status', FAILS, 'status: assigned', [{ path: 'expect.status', expected: 'assigned', actual: 'assigning' }]],
  [
    'another hub',
    ALPHA,
    'hub: beta-hub.azure-devices.net',
    [{ path: 'expect.hub', expected: 'beta-hub.azure-devices.net', actual: 'alpha-hub.azure-devices.net' }],
  ],
  ['a code where none came', ALPHA, 'errorCode: 400207', [{ path: 'expect.errorCode', expected: 400207 }]],
  [
    'another message',
    '{ kind: status, status: 400 }',
    "errorMessage: 'no'",
    [{ path: 'expect.errorMessage', expected: 'no', actual: 'Custom allocation failed with status code: 400' }],
  ],
  [
    'another substatus',
    ALPHA,
    'substatus: deviceDataReset',
    [{ path: 'expect.substatus', expected: 'deviceDataReset', actual: 'initialAssignment' }],
  ],
  ['another device id', ALPHA, 'deviceId: x', [{ path: 'expect.deviceId', expected: 'x', actual: 'sample-device' }]],
  ['another twin', ALPHA, 'twin: { desired: { a: 1 } }', [{ path: 'expect.twin.desired.a', expected: 1 }]],
  [
    'a twin where none should be',
    ALPHA,
    'twin: null',
    [{ path: 'expect.twin', expected: { $absent: true }, actual: { tags: {}, desired: {} } }],
  ],
  ['a payload that did not come', ALPHA, 'payload: { a: 1 }', [{ path: 'expect.payload', expected: { a: 1 } }]],
  ['another number of calls', ALPHA, 'webhookCalls: 0', [{ path: 'expect.webhookCalls', expected: 0, actual: 1 }]],
  [
    'other instants of the calls',
    ALPHA,
    'callsAtSeconds: [0, 1]',
    [{ path: 'expect.callsAtSeconds', expected: [0, 1], actual: [0] }],
  ],
  [
    'another request',
    ALPHA,
    'webhookRequests: [{ body: { deviceRuntimeContext: { payload: { a: 2 } } } }]',
    [{ path: 'expect.webhookRequests[0].body.deviceRuntimeContext.payload.a', expected: 2, actual: 1 }],
  ],
  [
    'another answer to the device',
    ALPHA,
    'lastReply: { status: 202 }',
    [{ path: 'expect.lastReply.status', expected: 202, actual: 200 }],
  ],
  [
    'fewer answers',
    ALPHA,
    'replies: [{ step: register }]',
    [{ path: 'expect.replies (how many)', expected: 1, actual: 2 }],
  ],
  [
    'another device at the hub',
    ALPHA,
    'hubDevices: { alpha-hub.azure-devices.net: [] }',
    [{ path: 'expect.hubDevices.alpha-hub.azure-devices.net', expected: [], actual: ['sample-device'] }],
  ],
  [
    'another result of the C SDK',
    ALPHA,
    'device: { result: PROV_DEVICE_RESULT_DISABLED }',
    [{ path: 'expect.device.result', expected: 'PROV_DEVICE_RESULT_DISABLED', actual: 'PROV_DEVICE_RESULT_OK' }],
  ],
  [
    'other callbacks of the C SDK',
    ALPHA,
    'device: { statuses: [CONNECTED] }',
    [{ path: 'expect.device.statuses', expected: ['CONNECTED'], actual: ['CONNECTED', 'ASSIGNING'] }],
  ],
] as const;

describe('a case that expects', () => {
  it.each(BROKEN)('%s is broken, and the mismatch says so', async (_what, answer, expected, mismatches) => {
    const verdict = await runYaml(yaml(answer, expected));
    expect(verdict.results[0]).toMatchObject({ outcome: 'failed' });
    expect(verdict.results[0]?.mismatches).toEqual(mismatches);
    expect(verdict).toMatchObject({ exitCode: 1, failed: 1, passed: 0 });
  });

  it('something at a step is judged at that step', async () => {
    const result = await resultOf(
      yaml(
        FAILS,
        'status: assigning',
        'steps: [{ register: device }, { expect: { webhookCalls: 9 } }, { advance: 1 }]\n',
      ),
    );
    expect(result.mismatches).toEqual([{ path: 'steps[1].expect.webhookCalls', expected: 9, actual: 1 }]);
  });
});

describe('whatever a case expects, it is broken', () => {
  it('by an internal error of the target', async () => {
    const startTarget: StartTarget = async (options) => {
      const emulator = await startEmulator(options);
      options.onBug?.(new Error('a broken invariant'), 'register of sample-device');
      return emulator;
    };
    const { mismatches } = await resultOf(yaml(ALPHA, 'status: assigned'), { startTarget });
    expect(mismatches).toEqual([
      { path: 'target', says: 'internal error in register of sample-device: a broken invariant' },
    ]);
  });

  it('by traces that differ between transports, and the first event that differs is told', async () => {
    let starts = 0;
    const startTarget: StartTarget = (options) => {
      starts += 1;
      return startEmulator({ ...options, seed: `seed ${starts}` });
    };
    const { results } = await runYaml(yaml(ALPHA, 'status: assigned, traceEqualAcrossTransports: true'), {
      startTarget,
      transports: ['mqtt', 'https'],
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed']);
    const [mismatch] = results[1]?.mismatches ?? [];
    expect(mismatch?.says).toBe('the event trace differs from the one over mqtt, here first');
    expect(mismatch).toMatchObject({ expected: { kind: 'operation-opened' }, actual: { kind: 'operation-opened' } });
  });

  it('by not ending within its time, and what it hangs on is told', async () => {
    const text = yaml('{ kind: hang }', 'status: assigned');
    const letPass = holdTimeouts();
    const startTarget: StartTarget = async (options) => {
      const emulator = await startEmulator(options);
      emulator.journal.subscribe((_subject, { event }) => {
        if (event.kind === 'operation-opened') setImmediate(() => letPass(400));
      });
      return emulator;
    };
    const { mismatches } = await resultOf(text, { caseTimeoutMs: 400, startTarget });
    expect(mismatches).toContainEqual({
      path: 'steps',
      says: 'did not end within 0.4 s; what still runs at the service: registration sample-device',
    });
  });

  it('by a webhook of the user that decides otherwise', async () => {
    const webhook = await startStandIn([
      { kind: 'json', body: { iotHubHostName: 'somewhere-else.azure-devices.net' } },
    ]);
    try {
      const verdict = await runYaml(yaml(ALPHA, 'status: assigned', 'tags: [own-webhook]\n'), { webhook: webhook.url });
      expect(verdict.results[0]?.mismatches).toEqual([
        { path: 'expect.status', expected: 'assigned', actual: 'failed' },
      ]);
      expect(webhook.count()).toBe(1);
    } finally {
      await webhook.stop();
    }
  });
});

describe('a case that cannot be run', () => {
  it('leaves no emulator behind, even when the target cannot tell what it holds', async () => {
    let stops = 0;
    let exports = 0;
    let listeners = 0;
    const startTarget: StartTarget = async (options) => {
      const emulator = await startEmulator(options);
      const exportSetUp = async () => {
        exports += 1;
        // While the case is judged, not while it is opened.
        if (exports > 2) throw new Error('the store is gone');
        return emulator.exportSetUp();
      };
      const stop = async (): Promise<void> => {
        stops += 1;
        await emulator.stop();
      };
      const subscribe: typeof emulator.journal.subscribe = (listener) => {
        const end = emulator.journal.subscribe(listener);
        listeners += 1;
        return () => {
          listeners -= 1;
          end();
        };
      };
      const journal = { ...emulator.journal, subscribe };
      return { ...emulator, clock: emulator.clock, journal, exportSetUp, stop };
    };
    const { outcome, error } = await resultOf(yaml(ALPHA, 'status: assigned'), { startTarget });
    expect([outcome, error, stops, listeners]).toEqual(['error', 'the store is gone', 1, 0]);
  });

  it('is an error and no broken contract, with the emulator saying why', async () => {
    const verdict = await runYaml(
      `id: sample\n${HEAD}given: { hubs: [], enrollments: [{ registrationId: d, iotHubs: [h.azure-devices.net] }] }
device: { registrationId: d }\nexpect: { status: assigned }\n`,
    );
    expect(verdict).toMatchObject({ exitCode: 2, errors: 1, failed: 0 });
    expect(verdict.results[0]?.error).toContain(
      'dps[0].enrollments[0].allocationPolicy: must be specified when iotHubs are specified',
    );
  });

  it('because of an assumption that does not exist names those that do', async () => {
    const { error } = await resultOf(
      yaml(ALPHA, 'status: assigned').replace('webhook:', 'assume: { x: y }\n  webhook:'),
    );
    expect(error).toContain('assume.x: is not a named assumption; known: webhook-timeout');
  });

  it('does not hide a broken one beside it: the exit code is 1', async () => {
    const broken = yaml(ALPHA, 'status: failed');
    const unrunnable = yaml(ALPHA, 'status: assigned')
      .replace('id: sample', 'id: other')
      .replace('webhook:', 'assume: { x: y }\n  webhook:');
    expect(await runYaml(`${broken}---\n${unrunnable}`)).toMatchObject({ exitCode: 1, failed: 1, errors: 1 });
  });
});

describe('a run that cannot begin', () => {
  it.each([
    [
      'nothing listens at the webhook',
      { webhook: 'http://127.0.0.1:1/x?code=secret' },
      'http://127.0.0.1:1/x?**** cannot be reached',
    ],
    ['the webhook is no URL', { webhook: 'ftp://example' }, 'must be an http or https URL'],
    ['the command has an open quote', { deviceCommand: "./device '{key}" }, 'is never closed'],
    ['the command has an unknown placeholder', { deviceCommand: './device {secret}' }, '{secret} is no placeholder'],
  ])('because %s runs nothing', async (_why, options, told) => {
    const cases = await loadCases(yaml(ALPHA, 'status: assigned', 'tags: [own-webhook]\n'));
    let starts = 0;
    const startTarget: StartTarget = (given) => {
      starts += 1;
      return startEmulator(given);
    };
    await expect(runContracts(cases, { ...options, startTarget })).rejects.toThrow(told);
    expect(starts).toBe(0);
  });
});
