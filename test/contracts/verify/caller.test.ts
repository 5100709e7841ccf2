import { afterEach, describe, expect, it } from 'vitest';
import { createCaller } from '../../../contracts/verify/caller.ts';
import { type StandIn, type StandInOptions, startStandIn } from '../../../webhook/stand-in/index.ts';
import { selfSignedCertificate } from '../../webhook/self-signed-certificate.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const started = await startStandIn([{ kind: 'status', status: 418 }], options);
  stops.push(() => started.stop());
  return started;
}

describe('an https webhook', () => {
  it('is trusted when its CA is given, and not otherwise', async () => {
    const tls = await selfSignedCertificate('127.0.0.1');
    const { url } = await standIn({ tls });
    const trusting = await createCaller({ url, timeoutMs: 5_000, webhookCa: tls.cert }).send('{}');
    expect(trusting.outcome).toMatchObject({ kind: 'response', status: 418 });
    const doubting = await createCaller({ url, timeoutMs: 5_000 }).send('{}');
    expect(doubting.outcome).toMatchObject({ kind: 'no-response', failure: 'tls' });
  });
});

describe('a caller', () => {
  it('counts what it sent, and has not given up while it is answered', async () => {
    const caller = createCaller({ url: (await standIn()).url, timeoutMs: 5_000 });
    await Promise.all(['{}', '{}', '{}', '{}'].map((body) => caller.send(body)));
    expect([caller.sent(), caller.hasGivenUp()]).toEqual([4, false]);
  });

  it('has given up after the third time-out, not before', async () => {
    const started = await startStandIn([{ kind: 'hang' }]);
    stops.push(() => started.stop());
    const caller = createCaller({ url: started.url, timeoutMs: 20 });
    const states: boolean[] = [];
    for (let count = 0; count < 3; count += 1) {
      await caller.send('{}');
      states.push(caller.hasGivenUp());
    }
    expect(states).toEqual([false, false, true]);
  });
});
