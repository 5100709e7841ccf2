/** How much is measured: the full plan gives figures to publish, the quick one only shows that the bench works. */

export interface Plan {
  readonly startUp: { readonly rounds: number; readonly warmUpRounds: number };
  readonly memory: { readonly rounds: number; readonly idleMs: number };
  /** Round trips and whole sessions: each turn lasts `turnMs`. */
  readonly load: { readonly rounds: number; readonly warmUpRounds: number; readonly turnMs: number };
  readonly ladder: { readonly rounds: number; readonly warmUpRounds: number };
  readonly journal: { readonly rounds: number; readonly warmUpRounds: number; readonly registrations: number };
  readonly groups: { readonly rounds: number; readonly warmUpRounds: number };
  readonly seeding: { readonly rounds: number; readonly warmUpRounds: number; readonly enrollments: number };
}

export const FULL_PLAN: Plan = {
  startUp: { rounds: 15, warmUpRounds: 2 },
  memory: { rounds: 3, idleMs: 1000 },
  // The compiler of V8 takes seconds to have seen all of the product's code, which is more than the yardstick's.
  load: { rounds: 9, warmUpRounds: 4, turnMs: 800 },
  ladder: { rounds: 25, warmUpRounds: 5 },
  journal: { rounds: 3, warmUpRounds: 1, registrations: 10_000 },
  groups: { rounds: 25, warmUpRounds: 5 },
  seeding: { rounds: 5, warmUpRounds: 1, enrollments: 100_000 },
};

export const QUICK_PLAN: Plan = {
  startUp: { rounds: 1, warmUpRounds: 0 },
  memory: { rounds: 1, idleMs: 0 },
  load: { rounds: 1, warmUpRounds: 0, turnMs: 60 },
  ladder: { rounds: 1, warmUpRounds: 0 },
  journal: { rounds: 1, warmUpRounds: 1, registrations: 1000 },
  groups: { rounds: 1, warmUpRounds: 0 },
  seeding: { rounds: 1, warmUpRounds: 0, enrollments: 500 },
};
