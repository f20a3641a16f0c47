// The door of checkers/: all rules, in the order in which they are asked.

export type { CheckedWorld, Checker, Violation } from './checker.ts';
export { POLL_MS } from './checker.ts';
export { type CalmSpell, Convergence } from './convergence.ts';
export { Inspector } from './inspector.ts';
export { LeaseBook } from './lease-book.ts';
export { Recovery } from './recovery.ts';

import type { Timings } from '../../core/index.ts';
import { Bounds } from './bounds.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import { CountersGrow } from './counters.ts';
import { CrashTold } from './crash-told.ts';
import { DurableIncarnation } from './durable-incarnation.ts';
import { EmittedPairs } from './emitted-pairs.ts';
import { Exits } from './exits.ts';
import { FailedMeansOver } from './failed-means-over.ts';
import { Isolation } from './isolation.ts';
import { LeaseTwin } from './lease-twin.ts';
import { NoForeignRecord } from './no-foreign-record.ts';
import { NoGhosts } from './no-ghosts.ts';
import { NoResurrection } from './no-resurrection.ts';
import { NoStorms } from './no-storms.ts';
import { OneInterval } from './one-interval.ts';
import { OneLeader } from './one-leader.ts';
import { Promises } from './promises.ts';
import { Records } from './records.ts';

/** What holds at every instant, whatever a scene does; what a scene has to announce is `Convergence` and `Recovery`. */
export function safetyCheckers(world: CheckedWorld, timings: Timings): readonly Checker[] {
  const records = new Records(world, timings);
  return [
    records,
    new FailedMeansOver(world),
    new OneLeader(world),
    new OneInterval(world),
    new LeaseTwin(world, records, timings),
    new Promises(world),
    new NoForeignRecord(world),
    new DurableIncarnation(),
    new EmittedPairs(),
    new CountersGrow(),
    new NoResurrection(world),
    new NoGhosts(world),
    new NoStorms(world),
    new Bounds(world),
    new Exits(),
    new Isolation(world, records, timings),
    new CrashTold(world, timings.heartbeatMs),
  ];
}

/**
 * For worlds that are measured: of the rules above those that cost O(1) a step and O(N) now and then. What they leave out (twins of
 * leases and promises, ghosts, counters, convergence of whole lists) is asked of the same code in the small worlds of scenes/.
 */
export function scalingCheckers(world: CheckedWorld, timings: Timings): readonly Checker[] {
  return [
    new Records(world, timings),
    new FailedMeansOver(world),
    new OneLeader(world),
    new OneInterval(world),
    new NoForeignRecord(world),
    new Exits(),
  ];
}
