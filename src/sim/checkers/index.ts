// The door of checkers/: all rules, in the order in which they are asked.

export type { CheckedWorld, Checker, Violation } from './checker.ts';
export { POLL_MS } from './checker.ts';
export { type CalmSpell, Convergence } from './convergence.ts';
export { Inspector } from './inspector.ts';

import { Bounds } from './bounds.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import { CountersGrow } from './counters.ts';
import { DurableIncarnation } from './durable-incarnation.ts';
import { EmittedPairs } from './emitted-pairs.ts';
import { Exits } from './exits.ts';
import { NoGhosts } from './no-ghosts.ts';
import { NoResurrection } from './no-resurrection.ts';
import { NoStorms } from './no-storms.ts';

/** The rules of safety; liveness is `Convergence`. */
export function safetyCheckers(world: CheckedWorld): readonly Checker[] {
  return [
    new DurableIncarnation(),
    new EmittedPairs(),
    new CountersGrow(),
    new NoResurrection(world),
    new NoGhosts(world),
    new NoStorms(world),
    new Bounds(world),
    new Exits(),
  ];
}
