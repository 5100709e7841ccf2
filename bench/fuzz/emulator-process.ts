/** The emulator under attack as a process of its own: tells its addresses and keys, its bugs, and its memory when it is asked. */
import assert from 'node:assert/strict';
import { startEmulator } from '../../emulator/index.ts';
import { contosoSetUp } from '../../emulator/wire/contoso.ts';
import { signed } from '../../emulator/wire/symmetric-key.ts';
import { benchSetUp } from '../set-up.ts';

/** What the attacker has to know. */
export interface Attacked {
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly controlPort: number;
  readonly caPem: string;
  readonly idScope: string;
  /** Of the demo's provisioning service and of one of its hubs, for the policy that may do everything. */
  readonly connections: readonly { readonly host: string; readonly connectionString: string }[];
}

export interface AttackedOrder {
  /** `skip`: seven minutes of retries in no time. */
  readonly clock: 'skip' | 'system';
  /** The webhook of the demo's group. */
  readonly wildUrl: string;
  /** The webhook of the bench's own group. */
  readonly goodUrl: string;
}

/** After a forced collection, in bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

export type FromEmulator =
  | { readonly kind: 'ready'; readonly attacked: Attacked }
  | { readonly kind: 'memory'; readonly memory: Memory }
  | { readonly kind: 'bug'; readonly where: string; readonly text: string };

/** Individuals that a fuzzed request may name; each has its id's own key. */
export const INDIVIDUALS = Array.from({ length: 20 }, (_, n) => `fuzz-${n}`);

export function keyOf(name: string): string {
  return signed('ZnV6eg==', name).toString('base64');
}

function tell(message: FromEmulator): void {
  assert(process.send, 'started by the fuzzer, over IPC');
  process.send(message);
}

const [order] = process.argv.slice(2);
// Imported for its types and its keys only, it starts nothing.
if (order !== undefined && process.send !== undefined) await attend(JSON.parse(order) as AttackedOrder);

async function attend({ clock, wildUrl, goodUrl }: AttackedOrder): Promise<void> {
  const [instance] = contosoSetUp(wildUrl).dps ?? [];
  assert(instance);
  const enrollments = INDIVIDUALS.map((registrationId) => ({
    registrationId,
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: keyOf(registrationId) } } as const,
  }));
  const emulator = await startEmulator({
    setUp: { dps: [{ ...instance, enrollments }, ...(benchSetUp(goodUrl).dps ?? [])] },
    clock,
    // No device is told to wait.
    replyDelayMs: 0,
    retryAfterSeconds: 0,
    webhookTimeoutMs: 1000,
    onBug: (error, where) => tell({ kind: 'bug', where, text: error instanceof Error ? `${error.stack}` : `${error}` }),
  });
  // The demo's own service and hubs stand first.
  const { dps, hubs } = await emulator.connectionStrings();
  process.on('message', () => {
    const { gc } = globalThis as { gc?: () => void };
    assert(gc, 'started with --expose-gc');
    gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    tell({ kind: 'memory', memory: { heapUsed, external, rss } });
  });
  process.on('disconnect', () => void emulator.stop());
  tell({
    kind: 'ready',
    attacked: {
      mqttPort: emulator.endpoints.mqtt.port,
      httpsPort: emulator.endpoints.https.port,
      controlPort: Number(new URL(emulator.endpoints.control).port),
      caPem: emulator.ca.certificatePem,
      idScope: instance.idScope ?? '',
      connections: [dps[0], hubs[0]].flatMap((one) => (one === undefined ? [] : [one])),
    },
  });
}
