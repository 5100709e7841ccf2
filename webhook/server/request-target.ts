/** Splits the target of a request line into path and query, without trusting it to be a valid URL. */

export interface RequestTarget {
  readonly path: string;
  readonly query: URLSearchParams;
}

export function parseRequestTarget(target: string): RequestTarget {
  const questionMark = target.indexOf('?');
  if (questionMark === -1) return { path: target, query: new URLSearchParams() };
  return { path: target.slice(0, questionMark), query: new URLSearchParams(target.slice(questionMark + 1)) };
}
