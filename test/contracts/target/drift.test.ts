/** Two targets side by side: where they agree nothing is told, and where they differ it is told what each said. */
import { describe, expect, it } from 'vitest';
import { driftLines } from '../../../contracts/drift/drift-text.ts';
import { type Drift, findDrift } from '../../../contracts/drift/find-drift.ts';
import { normalise } from '../../../contracts/drift/normalise.ts';
import { selectCases } from '../../../contracts/run/select.ts';
import { inProcessTarget } from '../../../contracts/target/in-process.ts';
import type { Target } from '../../../contracts/target/target.ts';
import { startEmulator } from '../../../emulator/index.ts';
import { shippedCases } from '../support/shipped-cases.ts';
import { azureLike, runningEmulator } from '../support/targets.ts';

const confirm = async (): Promise<boolean> => true;

async function drift(a: Target, b: Target, ...ids: readonly string[]): Promise<Drift> {
  return findDrift(selectCases(await shippedCases, ids), {
    a,
    b,
    confirm,
    seed: 'drift',
    transports: ['mqtt', 'https'],
  });
}

/** It reads an answer without a hub in another way. */
const otherTarget = inProcessTarget((options) =>
  startEmulator({ ...options, assume: { ...options.assume, 'webhook-hub-absent': '400207' } }),
);

describe('drift', () => {
  it('is none between in process and an emulator that runs already', async () => {
    const { target } = await runningEmulator();
    const ids = ['row-1-valid-hub', 'row-5-throttled', 'attest-unknown-scope', 'tutorial-request'];
    const found = await drift(inProcessTarget(), await target(), ...ids);
    expect(found).toMatchObject({ same: 8, differences: [], notCompared: [], exitCode: 0 });
  });

  it('is none where the service is reached as the real one is, and says what that does not run', async () => {
    const { target } = await azureLike();
    const found = await drift(inProcessTarget(), await target(), 'request-without-keys', 'row-5-throttled');
    expect(found.differences).toEqual([]);
    expect(found).toMatchObject({ same: 2, exitCode: 0 });
    const why = 'at B: needs a clock that can be moved';
    expect(found.notCompared).toEqual(
      ['mqtt', 'https'].map((transport) => ({ id: 'row-5-throttled', transport, why })),
    );
  });

  it('tells outcomes and what each said where they differ, in lines of 80 columns', async () => {
    const found = await drift(inProcessTarget(), otherTarget, 'answer-hub-absent', 'row-1-valid-hub');
    expect(found).toMatchObject({ same: 2, exitCode: 1 });
    expect(found.differences).toHaveLength(2);
    expect(found.differences[0]).toMatchObject({
      id: 'answer-hub-absent',
      transport: 'mqtt',
      outcomes: { a: 'passed', b: 'failed' },
    });
    expect(found.differences[0]?.said).toContainEqual({
      path: 'device.replies[1].body.registrationState.errorCode',
      a: 400208,
      b: 400207,
    });
    const lines = driftLines(found);
    expect(lines).toContain('DIFFERENT  answer-hub-absent over mqtt');
    expect(lines).toContain('  the case passed at A, failed at B');
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('cannot be told when a target cannot run a case', async () => {
    const broken = inProcessTarget(() => Promise.reject(new Error('no port is free')));
    const found = await drift(inProcessTarget(), broken, 'row-1-valid-hub');
    expect(found).toMatchObject({ same: 0, differences: [], exitCode: 2 });
    expect(found.notCompared[0]?.why).toBe('could not be run at B: no port is free');
  });
});

describe('what is compared', () => {
  it('leaves out what is each target\u2019s own, and keeps the rest', () => {
    const said = {
      operationId: '4.0123456789abcdef.01234567-89ab-cdef-0123-456789abcdef',
      retryAfterSeconds: 3,
      etag: '"x"',
      message: 'At 2026-01-01T00:00:00.0000000Z the scope 0ne00001234 is unknown. Known: 0ne0000000A, 0ne0000000B.',
      status: 404,
      createdDateTimeUtc: null,
    };
    expect(normalise(said)).toEqual({
      operationId: '<operationId>',
      etag: '<etag>',
      message: 'At <instant> the scope <id scope> is unknown. Known: <id scope>.',
      status: 404,
      createdDateTimeUtc: null,
    });
  });
});
