/** Which methods an address has, looked up in the table of routes that a server was made with. */

export interface Address {
  readonly method: string;
  /** `/enrollments/:id` */
  readonly url: string;
}

/**
 * The methods with which the address of a request can be asked, in the order of the table; none when nothing is there.
 * As servers look addresses up: whatever stands for a parameter, with or without a slash at the end.
 */
export function allowedMethods(
  table: readonly Address[],
  { caseSensitive }: { readonly caseSensitive: boolean },
): (requestUrl: string) => readonly string[] {
  const rows = table.map(({ method, url }) => ({
    method,
    pattern: new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]*')}$`, caseSensitive ? '' : 'i'),
  }));
  return (requestUrl) => {
    const path = (requestUrl.split('?')[0] ?? '').replace(/\/$/, '');
    return [...new Set(rows.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  };
}
