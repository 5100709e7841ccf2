import { expect, it } from 'vitest';
import { explainStartError } from '../../../cli/start/start-fault.ts';
import { OptionError, type OptionName } from '../../../emulator/config.ts';

const labels = new Map<OptionName, string>([
  ['mqttPort', '--mqtt-port'],
  ['httpsPort', 'plant.json: options.httpsPort'],
  ['host', 'DPS_EMULATOR_HOST'],
  ['webhookCa', '--webhook-ca'],
]);
const given = { mqttPort: 8883, httpsPort: 443, host: '10.9.9.9' };

function listenError(code: string, port: number, address = '127.0.0.1'): Error {
  return Object.assign(new Error(`listen ${code}`), { code, syscall: 'listen', port, address });
}

it.each([
  [
    'linux',
    listenError('EADDRINUSE', 8883),
    "--mqtt-port 8883: the port is taken. See by whom: ss -ltnp 'sport = :8883'",
  ],
  [
    'darwin',
    listenError('EADDRINUSE', 8883),
    '--mqtt-port 8883: the port is taken. See by whom: lsof -nP -iTCP:8883 -sTCP:LISTEN',
  ],
  [
    'win32',
    listenError('EADDRINUSE', 8883),
    '--mqtt-port 8883: the port is taken. See by whom: netstat -ano | findstr :8883',
  ],
  [
    'linux',
    listenError('EADDRNOTAVAIL', 0, '10.9.9.9'),
    'DPS_EMULATOR_HOST 10.9.9.9: this machine has no such address',
  ],
  ['linux', new OptionError('webhookCa: cannot be read: ENOENT'), '--webhook-ca: cannot be read: ENOENT'],
] as const)('on %s %s becomes one line', (platform, error, line) => {
  expect(explainStartError(error, given, labels, platform)).toMatchObject({ message: line });
});

it('a port that may not be bound is an error that says how to get it', () => {
  const explained = explainStartError(listenError('EACCES', 443), given, labels);
  expect(String(explained)).toContain('plant.json: options.httpsPort 443: this user may not listen on it; run as root');
});

it('any other error stays what it is', () => {
  const error = new Error('the CA cannot be read');
  expect(explainStartError(error, given, labels)).toBe(error);
});
