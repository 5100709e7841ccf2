/** The run could not begin: a selection that selects nothing, a webhook that is not there, a device program that is wrong. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** What begins with the prefix is another run's: one that goes on, or one that was killed before it could tidy up. */
export function refuseLeftovers(target: string, left: readonly string[]): void {
  if (left.length === 0) return;
  const next = 'remove it or choose another --prefix, or wait until the run with this one has ended';
  throw new RunError(`${target} holds ${left.join(', ')} already: ${next}`);
}
