/** What keeps the emulator's records, in memory or elsewhere: the least that the core needs of it. */

export interface PageRequest {
  /** `next` of the page before; the first page when absent. */
  readonly after?: string | undefined;
  /** At least 1. */
  readonly count: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins, as digits; absent on the last one. */
  readonly next?: string;
}

export interface RecordWrite {
  readonly collection: string;
  readonly key: string;
  /** Plain JSON, never changed after it was handed over; `undefined` deletes the record. */
  readonly value: object | undefined;
  /** The lists in which it stands. It comes at the end of a list that is new to it and keeps its place in the others. */
  readonly lists: readonly string[];
}

export interface StoredRecord extends RecordWrite {
  readonly value: object;
  /** From 1; never given twice, not even to records that were deleted in between. */
  readonly version: number;
}

export interface Expectation {
  readonly collection: string;
  readonly key: string;
  /** 0: there is no such record. */
  readonly version: number;
}

export interface Commit {
  /** Everything that was there goes before the writes. */
  readonly isClearing: boolean;
  readonly expected: readonly Expectation[];
  readonly writes: readonly RecordWrite[];
}

export interface RecordStore {
  get(collection: string, key: string): Promise<StoredRecord | undefined>;
  /** What is added while someone pages comes at the end; what is deleted is left out; nothing is told twice. */
  page(list: string, request: PageRequest): Promise<Page<StoredRecord>>;
  /**
   * Writes all or nothing. False, and nothing, when an expectation does not hold any more.
   * @throws only when it has written nothing
   */
  commit(commit: Commit): Promise<boolean>;
}
