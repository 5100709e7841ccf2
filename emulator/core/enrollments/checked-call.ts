/** What the common checks have established about a request of a back end. */
import type { DpsInstance } from '../store/instances.ts';

export interface CheckedServiceCall {
  readonly instance: DpsInstance;
  readonly apiVersion: string;
}
