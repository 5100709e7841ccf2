/** What global-setup.ts hands to the test files: the engine and the images under test, or why there are none. */
import { inject } from 'vitest';

export interface Subject {
  readonly engineHost: string;
  readonly repository: string;
  /** Address of published ports where Testcontainers cannot know it; else empty. */
  readonly publishedOn: string;
  readonly baseImage: string;
  readonly image: string;
  readonly deviceImage: string;
  /** The command that takes compose's arguments; empty where there is none. */
  readonly compose: readonly string[];
}

export type ProvidedSubject =
  | { readonly kind: 'ready'; readonly subject: Subject }
  | { readonly kind: 'none'; readonly why: string };

declare module 'vitest' {
  interface ProvidedContext {
    readonly docker: ProvidedSubject;
  }
}

/** For `describe.skipIf(…)`: without an engine nothing of this suite can be proved. */
export function hasEngine(): boolean {
  return inject('docker').kind === 'ready';
}

export function subject(): Subject {
  const provided = inject('docker');
  if (provided.kind === 'ready') return provided.subject;
  throw new Error(provided.why);
}
