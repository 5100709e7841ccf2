import { describe, expect, it } from 'vitest';
import { createControlClient } from '../../client/control-client.ts';
import { call } from './support/call.ts';
import { lentContosoForTests, SCOPE } from './support/contoso.ts';

const start = lentContosoForTests();
const subjectOf = (registrationId: string) => ({ kind: 'registration', idScope: SCOPE, registrationId }) as const;

interface Page {
  readonly next?: string;
  readonly timelines: readonly {
    readonly registrationId: string;
    readonly entries: readonly { readonly sequence: number }[];
  }[];
}

describe('pages of the journal', () => {
  const filled = async (devices: number, payload: string) => {
    const started = await start(undefined, { journalBytesMax: 64 * 1024 * 1024 });
    for (let n = 0; n < devices; n += 1) {
      started.emulator.journal.record(subjectOf(`d${n}`), {
        kind: 'register-received',
        transport: 'mqtt',
        apiVersion: '2021-06-01',
        payload: { n, payload },
      });
    }
    return started;
  };

  it('hold what was asked for, in the order of the entries, and the last one has no next', async () => {
    const { control } = await filled(5, '');
    const first = (await call(control, '/journal?limit=3')).json as Page;
    expect(first.timelines.map(({ registrationId }) => registrationId)).toEqual(['d0', 'd1', 'd2']);
    const rest = (await call(control, `/journal?limit=3&after=${first.next}`)).json as Page;
    expect(rest.timelines.map(({ registrationId }) => registrationId)).toEqual(['d3', 'd4']);
    expect(rest).not.toHaveProperty('next');
  });

  it.each(['limit=0', 'limit=x', 'after=-1', 'after=1&after=2'])('refuse %s', async (query) => {
    const { control } = await start();
    expect(await call(control, `/journal?${query}`)).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid' } },
    });
  });

  it('stay below 16 MB however much there is, and the client reads them all, of journal and trace', async () => {
    const { control, emulator } = await filled(24, 'p'.repeat(1024 * 1024));
    for (const path of ['/journal', '/trace']) {
      const answer = await call(control, path);
      expect(answer.json, path).toHaveProperty('next');
      expect(JSON.stringify(answer.json).length, path).toBeLessThan(16 * 1024 * 1024);
    }
    const client = createControlClient({ url: control, source: 'test' });
    expect((await client.timelines({})).map(({ entries }) => entries.length)).toEqual(Array(24).fill(1));
    const { hash, trace } = await client.trace();
    expect(trace).toEqual(emulator.trace());
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
