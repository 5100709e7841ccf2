/** The table of listeners: a row is all that a port takes, and the image publishes what it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readyBlock } from '../cli/start/block.ts';
import { paint } from '../cli/terminal.ts';
import { portOptions, resolveOptions } from '../emulator/config.ts';
import { resolveAssumptions } from '../emulator/core/assumptions.ts';
import type { Emulator } from '../emulator/emulator.ts';
import type { Engine } from '../emulator/engine.ts';
import { startListeners } from '../emulator/listen.ts';
import { type DeviceListenerRow, listenerOf, PUBLIC_LISTENERS, type Served } from '../emulator/listeners.ts';
import { noticesOf } from '../emulator/notices.ts';
import { DpsEmulatorContainer } from '../testcontainers/index.ts';
import { startHarness } from './core/service-harness.ts';

/** Binds the port that it is given, or refuses it as a taken one. */
function shamRow(taken: number): DeviceListenerRow {
  return {
    title: 'sham over nothing',
    help: 'A port for tests.',
    port: taken,
    fallbackFrom: taken + 1,
    subject: 'the sham listens',
    advice: (missed) => `It is ${missed}.`,
    transport: 'amqp',
    deviceVariable: 'PROVISIONING_SHAM_PORT',
    speak: async () => ({
      listen: async ({ port }) => {
        if (port === taken) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
        return { port, stop: async () => undefined };
      },
      stop: async () => undefined,
    }),
  };
}

function servedBy(engine: Engine): Served {
  return {
    ...engine,
    journal: engine.state.journal,
    replyDelayMs: 0,
    assumptions: resolveAssumptions(),
    bodyWithoutContentType: 'accept',
    replaceBroker: (broker) => broker,
    reportBug: () => undefined,
  };
}

it('a row more is an option, an endpoint, a line of the block and a notice', async () => {
  const rows = { sham: shamRow(6000) };
  expect(portOptions(rows)).toEqual({
    shamPort: {
      type: 'integer',
      min: 0,
      max: 65_535,
      default: 6000,
      inProcess: 0,
      flag: '--sham-port <port>',
      env: 'DPS_EMULATOR_SHAM_PORT',
      help: 'A port for tests.',
    },
  });
  const { engine, bugs } = await startHarness();
  const { addresses, moved, stop } = await startListeners({
    rows,
    host: '127.0.0.1',
    security: { options: {}, watch: () => () => undefined },
    choose: () => ({ port: 6000, isMovable: true }),
    served: servedBy(engine),
  });
  onTestFinished(stop);
  expect(addresses).toEqual({ sham: { host: 'localhost', port: 6001 } });
  const options = resolveOptions({}, 'command');
  expect(noticesOf({ options, moved, warnings: [] })).toEqual([
    'Port 6000 is taken: the sham listens on 6001. It is taken.',
  ]);
  const mqtt = { host: 'localhost', port: 1 };
  const endpoints = { mqtt, https: mqtt, ...addresses, provisioningHost: 'localhost:1' };
  const ready = { version: '1', pid: 1, startedAt: '', control: 'http://x', endpoints, idScopes: [], caPath: '/ca' };
  const emulator = { ...engine.state, options } as unknown as Emulator;
  const block = await readyBlock({ emulator, ready, isDemo: false, isSecond: false, notices: [] }, paint, rows);
  expect(block.join('\n')).toMatch(/sham over nothing +localhost:6001/);
  expect(bugs).toEqual([]);
});

it('what has been opened is closed again when a later port cannot be had', async () => {
  const { engine } = await startHarness();
  const stopped: string[] = [];
  const row: DeviceListenerRow = {
    ...shamRow(6000),
    speak: async () => ({
      listen: async () => ({ port: 1, stop: async () => void stopped.push('port') }),
      stop: async () => void stopped.push('speaker'),
    }),
  };
  const starting = startListeners({
    rows: { first: row, second: shamRow(6000) },
    host: '127.0.0.1',
    security: { options: {}, watch: () => () => undefined },
    choose: () => ({ port: 6000, isMovable: false }),
    served: servedBy(engine),
  });
  await expect(starting).rejects.toThrow('taken');
  expect(stopped).toEqual(['port', 'speaker']);
});

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

it('the image names and exposes the public ports, and no other', () => {
  const dockerfile = textOf('Dockerfile');
  const ports = Object.entries(PUBLIC_LISTENERS).map(([name, { port }]) => [name, port] as const);
  const named = [...dockerfile.matchAll(/DPS_EMULATOR_([A-Z]+)_PORT=(\d+)/g)].map(
    ([, name = '', port]) => [name.toLowerCase(), Number(port)] as const,
  );
  expect(named).toEqual(ports);
  const [, exposed = ''] = /^EXPOSE (.*)$/m.exec(dockerfile) ?? [];
  expect(exposed.split(' ').map(Number)).toEqual(ports.map(([, port]) => port));
});

it('docker-compose.yml publishes each of them', () => {
  const published = [...textOf('docker-compose.yml').matchAll(/- 127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:(\d+)/g)];
  expect(published.map(([, port]) => Number(port))).toEqual(Object.values(PUBLIC_LISTENERS).map(({ port }) => port));
});

it('Testcontainers exposes each of them', () => {
  class Inspected extends DpsEmulatorContainer {
    get exposed(): readonly unknown[] {
      return this.exposedPorts;
    }
  }
  expect(new Inspected('dps-emulator').exposed).toEqual(Object.values(PUBLIC_LISTENERS).map(({ port }) => port));
});

it.each([
  ['mqtt', 'mqtt'],
  ['https', 'https'],
  ['mqtt-ws', 'https'],
] as const)('devices that speak %s dial the %s port', (transport, name) => {
  expect(listenerOf(transport)).toBe(name);
});
