/** `hashed`: weighted rendez-vous hashing, so that a device keeps its hub when others come and go. */
import { createHash } from 'node:crypto';
import { registrationKey } from '../../../wire/registration-id.ts';
import type { LinkedHub } from '../../store/instances.ts';

type Weighed = Pick<LinkedHub, 'name' | 'allocationWeight'>;

/** The hub with the highest score for this registration id; deterministic, whatever the order of the hubs. */
export function hashedHub(registrationId: string, hubs: readonly Weighed[]): string | undefined {
  let best: { readonly name: string; readonly score: number } | undefined;
  for (const hub of hubs) {
    const score = scoreOf(registrationId, hub);
    const isBetter = best === undefined || score > best.score || (score === best.score && hub.name < best.name);
    if (isBetter) best = { name: hub.name, score };
  }
  return best?.name;
}

/** -weight / ln(uniform): a hub of weight 3 wins three times as often as one of weight 1. */
function scoreOf(registrationId: string, hub: Weighed): number {
  const digest = createHash('sha256')
    .update(`${registrationKey(registrationId)}\n${hub.name.toLowerCase()}`)
    .digest();
  // 48 bits are exact in a double; adding one half keeps the logarithm finite.
  const uniform = (digest.readUIntBE(0, 6) + 0.5) / 2 ** 48;
  return -(hub.allocationWeight ?? 1) / Math.log(uniform);
}
