/** The shell around every call, of a device or of a back end: refusals, and bugs of ours, come back as replies. */
import type { Ids } from './ids.ts';

/** A back end's request after a transport has taken it apart. */
export interface BackEndCall<Request> {
  /** The `Host` header, with its port. */
  readonly host: string | undefined;
  /** As it was sent, without the query: what a token's resource is compared with. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly apiVersion: string | undefined;
  readonly request: Request;
}

/** What an operation comes to, before it is a reply. */
export type Answer<Paging> =
  | { readonly kind: 'body'; readonly body: unknown; readonly paging?: Paging }
  | { readonly kind: 'no-content' };

/** The body is empty with 204. */
export function replyOf<Paging>(answer: Answer<Paging>, requestId: string) {
  if (answer.kind === 'no-content') return { status: 204, text: '', requestId };
  const { body, paging } = answer;
  return { status: 200, text: JSON.stringify(body), ...(paging && { paging }), requestId };
}

interface ShellOptions<Refusal extends Error, Reply> {
  readonly ids: Ids;
  /** What the requests are counted as: no two have the same id. */
  readonly requests: string;
  readonly isRefusal: (thrown: unknown) => thrown is Refusal;
  /** What a bug of ours is answered with. */
  readonly internalError: (thrown: unknown) => Refusal;
  readonly render: (refusal: Refusal, requestId: string) => Reply;
  readonly reportBug: (error: unknown, where: string) => void;
}

export interface Shell<Refusal extends Error, Reply> {
  /**
   * @param where it happened, should it be a bug
   * @param onRefusal hears of a refusal before it goes out
   */
  answer(
    where: string,
    work: (requestId: string) => Promise<Reply>,
    onRefusal?: (refusal: Refusal, reply: Reply) => void,
  ): Promise<Reply>;
  /** What the work is refused with, if it is. */
  refusalOf(where: string, work: () => Promise<unknown>): Promise<Refusal | undefined>;
  refuse(refusal: Refusal): Reply;
}

export function createShell<Refusal extends Error, Reply>(given: ShellOptions<Refusal, Reply>): Shell<Refusal, Reply> {
  const { ids, requests, isRefusal, internalError, render, reportBug } = given;
  let requestCount = 0;
  const nextRequestId = (): string => {
    requestCount += 1;
    return ids.guid(requests, '', requestCount);
  };
  const asRefusal = (thrown: unknown, where: string): Refusal => {
    if (isRefusal(thrown)) return thrown;
    reportBug(thrown, where);
    return internalError(thrown);
  };
  return {
    answer: async (where, work, onRefusal) => {
      const requestId = nextRequestId();
      try {
        return await work(requestId);
      } catch (thrown) {
        const refusal = asRefusal(thrown, where);
        const reply = render(refusal, requestId);
        onRefusal?.(refusal, reply);
        return reply;
      }
    },
    refusalOf: async (where, work) => {
      try {
        await work();
        return undefined;
      } catch (thrown) {
        return asRefusal(thrown, where);
      }
    },
    refuse: (refusal) => render(refusal, nextRequestId()),
  };
}
