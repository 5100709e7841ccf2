/** The shipped cases pass. All of them over all transports, again and again: npm run test:long. */
import { expect, it } from 'vitest';
import type { LoadedCase } from '../../../contracts/case/read-cases.ts';
import { runShipped } from '../support/shipped-cases.ts';

const TIMEOUT_MS = 60_000;

const isOfTable = ({ contract }: LoadedCase): boolean => contract.row !== undefined;
const isOverMqtt = ({ contract }: LoadedCase): boolean => contract.transports.includes('mqtt');

it('the troubleshooting table passes over every transport, with equal traces', { timeout: TIMEOUT_MS }, async () => {
  const { told, verdict } = await runShipped(isOfTable);
  expect(told).toEqual([]);
  for (const row of [1, 2, 3, 4, 5, 6]) {
    const passed = verdict.results.filter((result) => result.row === row).map(({ transport }) => transport);
    expect(new Set(passed), `row ${row}`).toEqual(new Set(['mqtt', 'mqtt-ws', 'https']));
  }
});

it('all others pass over MQTT, or where they run', { timeout: TIMEOUT_MS }, async () => {
  const overMqtt = await runShipped((one) => !isOfTable(one) && isOverMqtt(one), ['mqtt']);
  expect(overMqtt.told).toEqual([]);
  expect(overMqtt.verdict.passed).toBeGreaterThan(80);
  const elsewhere = await runShipped((one) => !isOfTable(one) && !isOverMqtt(one));
  expect(elsewhere.told).toEqual([]);
});
