/** A linked hub may be a text or an object; a fault inside the object is told once, without the form that was not meant. */
import { expect, it } from 'vitest';
import { schemaFaults } from '../../emulator/wire/check-shape.ts';
import { SetUpSchema } from '../../emulator/wire/set-up.ts';

const withHub = (hub: unknown) => ({ dps: [{ name: 'one', idScope: '0ne1', linkedHubs: [hub] }] });

it.each([
  [{ name: 'a.example', allocationWeight: 2000 }, 'dps[0].linkedHubs[0].allocationWeight'],
  [{ name: 'a.example', weight: 2 }, 'dps[0].linkedHubs[0].weight'],
])('tells of %j in one fault', async (hub, path) => {
  expect((await schemaFaults(SetUpSchema, withHub(hub))).map((fault) => fault.path)).toEqual([path]);
});

it('still refuses what is neither', async () => {
  const faults = await schemaFaults(SetUpSchema, withHub(5));
  expect(faults.length).toBeGreaterThan(0);
  expect(new Set(faults.map((fault) => fault.path))).toEqual(new Set(['dps[0].linkedHubs[0]']));
});
