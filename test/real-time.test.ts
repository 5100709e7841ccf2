import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { realTime } from '../emulator/real-time.ts';

it('tells the wall clock', () => {
  const beforeMs = Date.now();
  const nowMs = realTime.now();
  expect(nowMs).toBeGreaterThanOrEqual(beforeMs);
  expect(nowMs).toBeLessThanOrEqual(Date.now());
});

it.each([0, 1])('calls back once after %d ms, and not within the call', async (ms) => {
  let within = true;
  const calledWithin = await new Promise((resolve) => {
    realTime.after(ms, () => resolve(within));
    within = false;
  });
  expect(calledWithin).toBe(false);
});

it.each([0, 1])('does not call back after %d ms when cancelled', async (ms) => {
  let called = false;
  const cancel = realTime.after(ms, () => {
    called = true;
  });
  cancel();
  await new Promise<void>((resolve) => realTime.after(5, resolve));
  expect(called).toBe(false);
});

it.each([2 ** 31 - 1, 2 ** 31, 1e15])('does not ring at once when asked for %d ms', async (ms) => {
  let called = false;
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const cancel = realTime.after(ms, () => {
    called = true;
  });
  await new Promise<void>((resolve) => realTime.after(5, resolve));
  await turn();
  process.off('warning', onWarning);
  cancel();
  expect([called, warnings]).toEqual([false, []]);
});
