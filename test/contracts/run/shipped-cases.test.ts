/** The shipped cases pass. All of them over all transports, again and again: npm run test:long. */
import { expect, it } from 'vitest';
import type { LoadedCase } from '../../../contracts/case/read-cases.ts';
import { runShipped, shippedCases } from '../support/shipped-cases.ts';

const isOfTable = ({ contract }: LoadedCase): boolean => contract.row !== undefined;
const isOverMqtt = ({ contract }: LoadedCase): boolean => contract.transports.includes('mqtt');

it.each([
  1, 2, 3, 4, 5, 6,
])('row %d of the troubleshooting table passes over every transport, with equal traces', async (row) => {
  const { told, verdict } = await runShipped(({ contract }) => contract.row === row);
  expect(told).toEqual([]);
  const passed = new Set(verdict.results.map(({ transport }) => transport));
  expect(passed).toEqual(new Set(['mqtt', 'mqtt-ws', 'https']));
});

const others = (await shippedCases).filter((one) => !isOfTable(one));
// A test for each file, so that none takes long.
const groups = [...new Set(others.map(({ file }) => file))]
  .flatMap((file) => {
    const ofFile = others.filter((one) => one.file === file);
    return [
      { file, where: 'over MQTT', transports: ['mqtt'] as const, cases: ofFile.filter(isOverMqtt) },
      { file, where: 'where they run', cases: ofFile.filter((one) => !isOverMqtt(one)) },
    ];
  })
  .filter(({ cases }) => cases.length > 0);

it.each(groups)('all others of $file pass $where', async ({ cases, transports }) => {
  const { told, verdict } = await runShipped((one) => cases.includes(one), transports);
  expect(told).toEqual([]);
  expect(verdict.cases).toBe(cases.length);
});
