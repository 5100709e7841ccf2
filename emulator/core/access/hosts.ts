/** The host names by which a request says which service it is for. */

/** The `Host` header in lower case and without its port. */
export function hostName(host: string | undefined): string | undefined {
  return host?.toLowerCase().replace(/:\d+$/, '');
}

/** The service's own name; also the name by which the emulator was dialled (`localhost`, with or without its port). */
export function acceptedHosts(dialled: string | undefined, own: string): readonly string[] {
  const name = hostName(dialled);
  return [...new Set([own, ...(dialled === undefined || name === undefined ? [] : [name, dialled])])];
}
