import { describe, expect, it } from 'vitest';
import { createConnections } from '../../emulator/core/connections.ts';
import { createUnproved } from '../../emulator/core/unproved.ts';

/** Clients of a small budget; who was ended, and why, in order. */
function budget(limits: Partial<Parameters<typeof createUnproved>[0]> = {}) {
  const ended: string[] = [];
  const unproved = createUnproved({ connectionsMax: 3, bytesMax: 1000, connectionBytesMax: 600, ...limits });
  return { ended, enter: (name: string) => unproved.enter((why) => ended.push(`${name}: ${why}`)) };
}

describe('who has not proved who he is', () => {
  it('makes room when there are too many: the one that was silent longest', () => {
    const { ended, enter } = budget();
    const [first, , third] = [enter('first'), enter('second'), enter('third')];
    first.heard();
    enter('fourth');
    third.heard();
    enter('fifth');
    expect(ended).toEqual(['second: too-many-unproved', 'first: too-many-unproved']);
  });

  it('is not counted any more once it has proved it, or has left', () => {
    const { ended, enter } = budget();
    for (let count = 0; count < 10; count += 1) enter('good').proved();
    for (let count = 0; count < 10; count += 1) enter('gone').left();
    expect(ended).toEqual([]);
  });

  it('holds no more together than there is for all: who holds most is ended', () => {
    const { ended, enter } = budget();
    const [small, great, other] = [enter('small').holder(), enter('great').holder(), enter('other').holder()];
    small(10);
    great(590);
    other(390);
    small(21);
    expect(ended).toEqual(['great: too-much-unproved']);
    other(590);
    expect(ended).toHaveLength(1);
  });

  it('gives back what it held when it has said all, proved who it is, or left', () => {
    const { ended, enter } = budget({ connectionsMax: 100 });
    for (let count = 0; count < 10; count += 1) {
      const done = enter('done').holder();
      done(500);
      done(0);
      const good = enter('good');
      good.holder()(500);
      good.proved();
      const gone = enter('gone');
      gone.holder()(500);
      gone.left();
    }
    expect(ended).toEqual([]);
  });

  it('holds no more alone than one connection may, whether it is proved or not, and in however many parts', () => {
    const { ended, enter } = budget();
    const good = enter('good');
    good.proved();
    const parts = [good.holder(), good.holder()];
    for (const part of parts) part(300);
    expect(ended).toEqual([]);
    parts[0]?.(301);
    expect(ended).toEqual(['good: too-much-held']);
    parts[1]?.(900);
    expect(ended).toHaveLength(1);
  });
});

it('a connection that is ended for what it takes up leaves an entry with cause and next step', () => {
  const entries: unknown[] = [];
  const connections = createConnections({
    now: () => 0,
    journal: { record: (subject, event) => entries.push({ subject, event }) },
    limits: { connectionsMax: 1, bytesMax: 1000, connectionBytesMax: 1000 },
  });
  const destroyed: string[] = [];
  const socket = (name: string) => ({ destroy: () => destroyed.push(name) });
  connections.accept(socket('handshake'), 'https');
  connections.open(socket('silent'), 'mqtt');
  const last = socket('last');
  connections.open(last, 'mqtt-ws');
  expect(destroyed).toEqual(['handshake', 'silent']);
  connections.of(last)?.holder()(1001);
  expect(destroyed).toEqual(['handshake', 'silent', 'last']);
  const refused = { kind: 'refused', operation: 'connect' };
  const tooMany = {
    ...refused,
    reason: 'too-many-unproved',
    detail: expect.stringContaining('unprovedConnectionsMax'),
  };
  expect(entries).toMatchObject([
    { subject: { kind: 'listener', listener: 'https' }, event: { ...tooMany, transport: 'https' } },
    { subject: { kind: 'listener', listener: 'mqtt' }, event: { ...tooMany, transport: 'mqtt' } },
    { subject: { listener: 'https' }, event: { ...refused, reason: 'too-much-held', transport: 'mqtt-ws' } },
  ]);
});
