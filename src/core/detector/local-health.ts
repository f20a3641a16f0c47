// Is it me? A process that runs late hears late, and takes its own slowness for the others' silence. Three remedies, none of which
// asks anybody: what the loop was late by lately is added to every deadline; before anyone is judged, the loop turns once more, so that
// what waits in the socket is read first; and where more than half are late, the fault is taken to be here.
// A gap as long as a heartbeat is another matter: then all ages begin anew (R15).

import type { MonotonicMs } from '../time.ts';

/** Turns of the loop that one judgement waits for a socket that goes on giving: ten times 32 datagrams are more than it holds. */
const TURNS_MAX = 10;

export class LocalHealth {
  #lagMs = 0;
  #lagAt = 0;
  #halfLifeMs: number;
  #heardSeen = -1;
  #turns = 0;
  #lateCount = 0;

  constructor(heartbeatMs: number) {
    this.#halfLifeMs = heartbeatMs;
  }

  retime(heartbeatMs: number): void {
    this.#halfLifeMs = heartbeatMs;
  }

  /** The timer was to fire at `wantedAt`. */
  woke(wantedAt: number, now: MonotonicMs): void {
    const lateMs = now - wantedAt;
    if (!(lateMs > this.lagMs(now))) return;
    this.#lagMs = lateMs;
    this.#lagAt = now;
  }

  /** By how much this process has run late lately; half as much after each heartbeat. */
  lagMs(now: MonotonicMs): number {
    return this.#lagMs < 1 ? 0 : this.#lagMs * 2 ** -((now - this.#lagAt) / this.#halfLifeMs);
  }

  /** True once a turn of the loop has brought nothing more, or enough turns have passed. `heardCount`: packets so far. */
  hasDrained(heardCount: number): boolean {
    const isQuiet = heardCount === this.#heardSeen;
    this.#heardSeen = heardCount;
    this.#turns += 1;
    if (!isQuiet && this.#turns <= TURNS_MAX) return false;
    this.#turns = 0;
    this.#heardSeen = -1;
    return true;
  }

  /** Of so many that are watched, so many are late. */
  saw(lateCount: number, watchedCount: number): void {
    this.#lateCount = 2 * lateCount > watchedCount ? lateCount : 0;
  }

  /** How many seem late, while that is more than half of all: then it is this node. 0 otherwise. */
  get blamedOnSelf(): number {
    return this.#lateCount;
  }
}
