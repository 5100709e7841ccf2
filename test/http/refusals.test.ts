/** What the HTTP layer refuses: answered in the service's shape, told once in the journal, and never half carried out. */
import { describe, expect, it } from 'vitest';
import { type Emulator, emulatorForFile, tokenFor } from '../flows/support/emulators.ts';
import { address, openRawHttps } from './support/https-client.ts';

const running = emulatorForFile();
const JSON_BODY = 'Content-Type: application/json\r\n';

function request(id: string, rest: string, body = ''): string {
  const token = tokenFor({ registrationId: id });
  return `PUT ${address(id, '/register')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\n${rest}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const good = (id: string): string => request(id, JSON_BODY, JSON.stringify({ registrationId: id }));

function refusals({ journal }: Emulator): readonly string[] {
  return journal
    .timelines()
    .filter((timeline) => timeline.kind === 'listener')
    .flatMap(({ entries }) => entries)
    .flatMap(({ event, text }) => (event.kind === 'refused' ? [text] : []));
}

/** What came back, and the entries that were made meanwhile. */
async function exchange(
  bytes: string,
): Promise<{ readonly statuses: readonly string[]; readonly told: readonly string[]; readonly text: string }> {
  const emulator = running();
  emulator.journal.clear();
  const raw = await openRawHttps(emulator);
  raw.write(bytes);
  const text = await raw.read();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status ?? '');
  return { statuses, told: refusals(emulator), text };
}

const CLOSE = 'Connection: close\r\n';

describe('each refusal leaves one entry, with cause and next step', () => {
  const rows: readonly (readonly [fact: string, bytes: string, status: string, says: RegExp])[] = [
    [
      'a body over 96 KB',
      request('big', JSON_BODY + CLOSE, 'x'.repeat(100_000)),
      '400',
      /PUT \/.*\/big\/register.*: the body is larger than 98304 bytes/,
    ],
    [
      'no Content-Type',
      request('plain', `Content-Type: text/plain\r\n${CLOSE}`, '{}'),
      '415',
      /MediaTypeUnsupported.*; say Content-Type: application\/json/,
    ],
    [
      'an unknown address',
      `GET /nothing/here HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
      '404',
      /GET \/nothing\/here: .*; compare the address/,
    ],
    [
      'another method',
      `DELETE ${address('m', '/register')} HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
      '405',
      /MethodNotAllowed: .*DELETE/,
    ],
    [
      'an address that is no text',
      `GET /%ZZ HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
      '400',
      /RequestInvalid: .*GET \/%ZZ/,
    ],
    [
      'an unknown address of a hub',
      `GET /jobs/x/y HTTP/1.1\r\nHost: a.azure-devices.net\r\n${CLOSE}\r\n`,
      '501',
      /NotImplemented: .*docs\/fidelity\.md/,
    ],
    ['no Host', `GET / HTTP/1.1\r\n\r\n`, '400', /The header Host is required by HTTP\/1\.1/],
    [
      'an upgrade without Host',
      'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      '400',
      /The header Host is required/,
    ],
    ['no HTTP', 'hello\r\n\r\n', '400', /The request is not valid HTTP/],
    [
      'headers of 40 KB',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      '400',
      /The headers of the request are too large/,
    ],
  ];

  it.each(rows)('%s', async (_fact, bytes, status, says) => {
    const { statuses, told, text } = await exchange(bytes);
    expect(statuses).toEqual([status]);
    expect(told).toEqual([expect.stringMatching(says)]);
    expect(told[0]).toMatch(/^request over https refused \d{6}: \w+: [\d.:a-f]+:\d+/);
    expect(text).toMatch(/\{"(?:errorCode|Message)":/);
  });

  it('and what an API itself refuses leaves none beside its own', async () => {
    const bare = `GET ${address('nobody', '/operations/x')} HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`;
    const { statuses, told } = await exchange(bare);
    expect(statuses).toEqual(['401']);
    expect(told).toEqual([]);
  });
});

describe('bytes behind a whole request', () => {
  it.each([
    ['blanks and line ends', '\r\n    \r\n'],
    ['a space', ' '],
    ['a NUL', '\0'],
    ['another word', 'more\r\n\r\n'],
  ])('(%s) are a bad request of their own: the first is answered as ever', async (_fact, behind) => {
    const id = `behind-${behind.length}`;
    const { statuses, told } = await exchange(`${good(id)}${behind}`);
    expect(statuses).toEqual(['202', '400']);
    expect(told).toEqual([expect.stringContaining('The request is not valid HTTP')]);
  });

  it('and a second whole request is answered after the first', async () => {
    const { statuses } = await exchange(`${good('pipelined-1')}${request('pipelined-2', JSON_BODY + CLOSE, '{}')}`);
    expect(statuses).toEqual(['202', '202']);
  });
});
