/** Every address of a hub that is not emulated is answered 501 in the hub's style, whoever asks. (docs/fidelity.md, H9) */
import { describe, expect, it } from 'vitest';
import { HUB_NOT_EMULATED } from '../../emulator/http/hub-addresses.ts';
import { emulatorForFile, HUB } from '../flows/support/emulators.ts';
import { httpsClient } from '../http/support/https-client.ts';

const running = emulatorForFile();

async function asked(method: string, path: string, host?: string) {
  const client = httpsClient(running());
  const headers = { ...(host !== undefined && { host }), 'content-type': 'application/json', 'content-length': 0 };
  const answer = await client.ask({ method, path, headers });
  client.close();
  const { Message = '', ExceptionMessage = '' } = answer.body as Record<string, string>;
  return { status: answer.status, name: answer.headers['iothub-errorcode'], Message, ExceptionMessage };
}

const NOT_IMPLEMENTED = {
  status: 501,
  name: 'NotImplemented',
  Message: expect.stringMatching(/^ErrorCode:NotImplemented;/),
  ExceptionMessage: expect.stringMatching(/^Tracking ID:/),
};

describe('the table of hub addresses that are not emulated', () => {
  it.each(HUB_NOT_EMULATED.map(({ method, url }) => [method, url] as const))('%s %s', async (method, url) => {
    const path = url.replaceAll(/:\w+/g, 'a-name');
    expect(await asked(method, `${path}?api-version=2021-04-12`)).toEqual(NOT_IMPLEMENTED);
  });

  it.each([
    ['POST', '/Devices/d/Messages/Events/?api-version=2016-11-14'],
    ['POST', '/devices/d/messages/events'],
  ])('%s %s, spelt and versioned as clients do', async (method, path) => {
    expect(await asked(method, path)).toEqual(NOT_IMPLEMENTED);
  });

  it('has no address twice', () => {
    const all = HUB_NOT_EMULATED.map(({ method, url }) => `${method} ${url.toLowerCase()}`);
    expect(new Set(all).size).toBe(all.length);
  });
});

it('another method of such an address is the hub 405', async () => {
  expect(await asked('PUT', '/jobs')).toMatchObject({ status: 405, name: 'MethodNotAllowed' });
});

it.each([
  '/anything',
  '/devices/d/anything',
  '/0ne/registrations',
])('at a hub, %s is 501 too; elsewhere it is not', async (path) => {
  expect(await asked('GET', path, HUB)).toEqual(NOT_IMPLEMENTED);
  expect(await asked('GET', path, `${HUB.toUpperCase()}:443`)).toEqual(NOT_IMPLEMENTED);
  expect((await asked('GET', path)).status).toBeLessThan(500);
});
