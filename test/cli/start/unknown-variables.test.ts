import { expect, it } from 'vitest';
import { unknownVariables } from '../../../cli/start/unknown-variables.ts';
import { OPTIONS, variableOf } from '../../../emulator/config.ts';

it('names a variable that is no option, and the one that was meant', async () => {
  expect(await unknownVariables({ DPS_EMULATOR_CLOK: 'skip', OTHER: '1' })).toEqual([
    'DPS_EMULATOR_CLOK: is not a known variable and changes nothing; the most similar is DPS_EMULATOR_CLOCK (docs/configuration.md).',
  ]);
});

it('is content with every option, and with what all commands read', async () => {
  const options = Object.fromEntries(Object.values(OPTIONS).map((row) => [variableOf(row), 'x']));
  expect(await unknownVariables({ ...options, DPS_EMULATOR_HOME: 'x', DPS_EMULATOR_URL: 'x', PATH: 'x' })).toEqual([]);
});
