/** Keeps what the stand-in received and wakes those who wait for it. */

import type { RecordedRequest } from './recorded-request.ts';

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface RequestLog {
  readonly requests: readonly RecordedRequest[];
  add(request: RecordedRequest): void;
  /** Resolves once `count` requests are recorded. Rejects when the log is closed first. */
  untilCount(count: number): Promise<void>;
  /** No more requests will come. */
  close(): void;
}

export function createRequestLog(): RequestLog {
  const requests: RecordedRequest[] = [];
  let waiters: Waiter[] = [];
  let closed = false;

  function shortfall(count: number): Error {
    return new Error(`the stand-in was stopped after ${requests.length} of ${count} requests`);
  }

  return {
    requests,
    add(request) {
      requests.push(request);
      for (const waiter of waiters) if (requests.length >= waiter.count) waiter.resolve();
      waiters = waiters.filter(({ count }) => requests.length < count);
    },
    untilCount(count) {
      if (requests.length >= count) return Promise.resolve();
      if (closed) return Promise.reject(shortfall(count));
      const reached = new Promise<void>((resolve, reject) => {
        waiters.push({ count, resolve, reject });
      });
      // Whoever awaits it still sees the rejection; a test that failed before awaiting it must not crash the run.
      reached.catch(() => {});
      return reached;
    },
    close() {
      closed = true;
      for (const waiter of waiters) waiter.reject(shortfall(waiter.count));
      waiters = [];
    },
  };
}
