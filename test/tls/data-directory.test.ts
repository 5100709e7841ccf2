import { describe, expect, it } from 'vitest';
import { caDirectory, dataDirectory, runtimeDirectory } from '../../emulator/wire/data-directory.ts';

const WINDOWS_HOME = 'C:\\Users\\ada';

describe('dataDirectory', () => {
  it.each([
    { env: {}, platform: 'linux', home: '/home/ada', expected: '/home/ada/.local/share/dps-emulator' },
    {
      env: {},
      platform: 'darwin',
      home: '/Users/ada',
      expected: '/Users/ada/Library/Application Support/dps-emulator',
    },
    { env: {}, platform: 'win32', home: WINDOWS_HOME, expected: 'C:\\Users\\ada\\AppData\\Local\\dps-emulator' },
    { env: { LOCALAPPDATA: 'D:\\local' }, platform: 'win32', home: WINDOWS_HOME, expected: 'D:\\local\\dps-emulator' },
    { env: { XDG_DATA_HOME: '/data' }, platform: 'linux', home: '/home/ada', expected: '/data/dps-emulator' },
    { env: { XDG_DATA_HOME: '/data' }, platform: 'darwin', home: '/Users/ada', expected: '/data/dps-emulator' },
    { env: { XDG_DATA_HOME: 'data' }, platform: 'linux', home: '/h', expected: '/h/.local/share/dps-emulator' },
    { env: { XDG_DATA_HOME: '' }, platform: 'linux', home: '/h', expected: '/h/.local/share/dps-emulator' },
    { env: { DPS_EMULATOR_HOME: '/mine', XDG_DATA_HOME: '/data' }, platform: 'linux', home: '/h', expected: '/mine' },
    { env: { DPS_EMULATOR_HOME: '' }, platform: 'linux', home: '/h', expected: '/h/.local/share/dps-emulator' },
  ] as const)('is $expected on $platform with $env', ({ env, platform, home, expected }) => {
    expect(dataDirectory(env, platform, home)).toBe(expected);
  });
});

describe('runtimeDirectory', () => {
  it.each([
    { env: { XDG_RUNTIME_DIR: '/run/user/7' }, expected: '/run/user/7/dps-emulator' },
    { env: { XDG_RUNTIME_DIR: '/run/user/7', DPS_EMULATOR_HOME: '/mine' }, expected: '/mine/run' },
    { env: { XDG_RUNTIME_DIR: 'run' }, expected: '/h/.local/share/dps-emulator/run' },
    { env: {}, expected: '/h/.local/share/dps-emulator/run' },
  ])('is $expected with $env', ({ env, expected }) => {
    expect(runtimeDirectory(env, 'linux', '/h')).toBe(expected);
  });
});

describe('caDirectory', () => {
  it('is the ca directory of the data directory', () => {
    expect(caDirectory({ DPS_EMULATOR_HOME: '/mine' }, 'linux', '/h')).toBe('/mine/ca');
  });
});
