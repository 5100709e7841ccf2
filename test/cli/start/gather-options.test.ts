import { describe, expect, it } from 'vitest';
import { gatherOptions, type OptionSources } from '../../../cli/start/gather-options.ts';
import type { OptionName } from '../../../emulator/config.ts';

const sources = (given: {
  readonly flags?: Partial<Record<OptionName, string>>;
  readonly env?: Record<string, string>;
  readonly file?: Record<string, string | number | null | readonly string[]>;
}): OptionSources => ({
  flags: new Map(Object.entries(given.flags ?? {}) as [OptionName, string][]),
  env: given.env ?? {},
  file: given.file && { path: 'plant.json', options: given.file },
});

describe('the options of start', () => {
  const flags = { httpsPort: '1' };
  const env = { DPS_EMULATOR_HTTPS_PORT: '2' };
  const file = { httpsPort: 3 };

  it.each([
    ['the flag before all', { flags, env, file }, 1, '--https-port'],
    ['the environment before the file', { env, file }, 2, 'DPS_EMULATOR_HTTPS_PORT'],
    ['the file before the default', { file }, 3, 'plant.json: options.httpsPort'],
    ['nothing, and so the default', {}, undefined, undefined],
    [
      'an empty variable counts as none',
      { env: { DPS_EMULATOR_HTTPS_PORT: '' }, file },
      3,
      'plant.json: options.httpsPort',
    ],
  ])('take %s', (_what, given, value, label) => {
    const gathered = gatherOptions(sources(given));
    expect(gathered.given.httpsPort).toBe(value);
    expect(gathered.labels.get('httpsPort')).toBe(label);
  });

  it('read lists and assumptions the same from each source', () => {
    const expected = {
      hostNames: ['a.local', 'b.local'],
      assume: { 'webhook-timeout': 'fail', 'webhook-dns': 'fail' },
    };
    const texts = { hostNames: 'a.local,b.local', assume: 'webhook-timeout=fail,webhook-dns=fail' };
    expect(gatherOptions(sources({ flags: texts })).given).toEqual(expected);
    const variables = { DPS_EMULATOR_HOST_NAMES: texts.hostNames, DPS_EMULATOR_ASSUME: texts.assume };
    expect(gatherOptions(sources({ env: variables })).given).toEqual(expected);
    expect(gatherOptions({ ...sources({}), file: { path: 'plant.json', options: expected } }).given).toEqual(expected);
  });

  it('report every fault with its own source, those that are overridden included', () => {
    const attempt = () =>
      gatherOptions(
        sources({
          flags: { clock: 'fast', mqttPort: '8883' },
          env: { DPS_EMULATOR_MQTT_PORT: 'many', DPS_EMULATOR_ASSUME: 'webhook-timeout' },
          file: { host: null, mqttPrt: 1, replyDelayMs: 1.5 },
        }),
      );
    expect(attempt).toThrow(
      [
        'plant.json: options.mqttPrt: is not a known option; docs/configuration.md lists them',
        'plant.json: options.host: must be a text (is null)',
        'DPS_EMULATOR_MQTT_PORT: must be a whole number (is "many")',
        '--clock: must be one of system, scaled, manual, skip (is "fast")',
        'plant.json: options.replyDelayMs: must be a whole number (is 1.5)',
        'DPS_EMULATOR_ASSUME: "webhook-timeout" must have the form id=value',
      ].join('\n'),
    );
  });
});
