/** Firmware from before TLS 1.2: it is refused, as the real service refuses it, and the journal says what it offered. */
import { describe, expect, it } from 'vitest';
import { emulatorForFile } from '../flows/support/emulators.ts';
import { clientHello, sayHello } from './support/client-hello.ts';

const running = emulatorForFile();
const PROTOCOL_VERSION = 70;
const HELLO = clientHello({ version: 0x0301, suites: [0x0035, 0x002f, 0x000a, 0x0005] });

describe('firmware that speaks TLS 1.0', () => {
  it.each(['mqtt', 'https'] as const)('is refused at the %s port by an alert and an entry', async (listener) => {
    const { endpoints, journal } = running();
    const told = new Promise<string>((resolve) => {
      const stop = journal.subscribe((_subject, entry) => {
        stop();
        resolve(entry.text);
      });
    });
    expect(await sayHello(endpoints[listener].port, HELLO)).toEqual({ kind: 'alert', number: PROTOCOL_VERSION });
    expect(await told).toMatch(/tls-version: .*offers only TLS 1\.0; the real service would refuse it too/);
  });
});
