/** The run could not begin: a selection that selects nothing, a webhook that is not there, a device program that is wrong. */
export class RunError extends Error {
  override readonly name = 'RunError';
}
