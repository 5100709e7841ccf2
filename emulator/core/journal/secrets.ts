/** The secrets that an emulator holds or held: learnt from every record that is read or written, forgotten when nothing can show them. */
import { createMasker, type Masker, secretsOfWebhookUrl, VALUE_LENGTH_MIN } from '../../wire/mask.ts';
import type { RecordStore } from '../store/record-store.ts';

/** Without `add`: what is a secret is learnt from the records. */
export type KnowingMasker = Omit<Masker, 'add'>;

export interface HeldSecrets {
  readonly masker: KnowingMasker;
  /** The same records; what they hold is learnt on the way. */
  watch(records: RecordStore): RecordStore;
  /** What was learnt so far is not taken for the traces of what is gone. */
  settle(): void;
}

export interface Sweep {
  /** Reads every record that may hold a secret. */
  readonly readAll: () => Promise<unknown>;
  /** Masks whatever was written so far, for good. */
  readonly maskAll: () => void;
}

/** Members of records in which secrets stand, and those that lead there. What a customer writes (twins, payloads) does not. */
const ON_THE_WAY: ReadonlySet<string> = new Set([
  'attestation',
  'symmetricKey',
  'customAllocationDefinition',
  'policies',
  'linkedHubs',
  'device',
  'authentication',
  'work',
  'enrollment',
  'record',
  'proven',
  'keys',
]);

/** Fewer than these are not worth a sweep. */
const LEARNT_MIN = 2_000;

/** Every secret of the store stays known; what has left it goes in sweeps, after all that was written while it was there is masked. */
// Long because its verbs share the secrets that they keep.
export function createHeldSecrets({ readAll, maskAll }: Sweep): HeldSecrets {
  let masker = createMasker();
  let known = new Map<string, Kind>();
  /** What a sweep has found so far. */
  let found: Map<string, Kind> | undefined;
  let keptBySweep = 0;
  /** Records are never changed in place: one that was looked through since the last sweep holds nothing new. */
  let lookedThrough = new WeakSet<object>();
  /** Of hubs and services. A webhook may be told in its URL which one it is for. */
  const names = new Set<string>();
  const isPublic = (value: string): boolean => [...names].some((name) => name.includes(value.toLowerCase()));

  const add = (value: string, kind: Kind): void => {
    if (kind === 'url') masker.add(secretsOfWebhookUrl(value, isPublic));
    else if (value.length >= VALUE_LENGTH_MIN) masker.add([value]);
  };
  const learn = (record: object): void => {
    if (lookedThrough.has(record)) return;
    lookedThrough.add(record);
    visit(record, '', (value, kind) => {
      if (kind === 'name') return void names.add(value.toLowerCase());
      found?.set(value, kind);
      if (known.has(value)) return;
      known.set(value, kind);
      add(value, kind);
    });
  };
  const sweep = async (): Promise<void> => {
    found = new Map();
    lookedThrough = new WeakSet();
    try {
      await readAll();
      maskAll();
      known = found;
      keptBySweep = known.size;
      masker = createMasker();
      for (const [value, kind] of known) add(value, kind);
    } finally {
      found = undefined;
    }
  };

  return {
    // Whoever holds it goes on with what the next sweep leaves.
    masker: {
      text: (text) => masker.text(text),
      json: (value) => masker.json(value),
      head: (text, length) => masker.head(text, length),
    },
    settle: () => {
      keptBySweep = known.size;
    },
    watch: (records) => ({
      get: async (...args) => {
        const record = await records.get(...args);
        if (record !== undefined) learn(record.value);
        return record;
      },
      page: async (...args) => {
        const page = await records.page(...args);
        for (const { value } of page.items) learn(value);
        return page;
      },
      commit: async (commit) => {
        for (const { value } of commit.writes) if (value !== undefined) learn(value);
        const isDone = await records.commit(commit);
        // A store that cannot be read is told of by those who need it; the next commit tries again.
        if (found === undefined && known.size > 2 * keptBySweep + LEARNT_MIN) sweep().catch(() => undefined);
        return isDone;
      },
    }),
  };
}

type Kind = 'key' | 'url';

function visit(value: object, parent: string, tell: (value: string, kind: Kind | 'name') => void): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) visit(item, parent, tell);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string') {
      const kind = kindOf(name, parent, value);
      if (kind !== undefined) tell(member, kind);
    } else if (ON_THE_WAY.has(name) && typeof member === 'object' && member !== null) visit(member, name, tell);
  }
}

function kindOf(name: string, parent: string, among: object): Kind | 'name' | undefined {
  if (name === 'webhookUrl') return 'url';
  if (name === 'name') return parent === 'linkedHubs' || 'policies' in among ? 'name' : undefined;
  const isKey = name === 'primaryKey' || name === 'secondaryKey' || (name === 'key' && parent === 'linkedHubs');
  return isKey ? 'key' : undefined;
}
