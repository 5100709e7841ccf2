import { expect, it } from 'vitest';
import * as root from '../../emulator/index.ts';

it('the package root lets out the emulator and its errors, and nothing of the harness', () => {
  expect(Object.keys(root).sort()).toEqual([
    'ManagementError',
    'OptionError',
    'SetUpError',
    'deriveDeviceKey',
    'startEmulator',
  ]);
});
