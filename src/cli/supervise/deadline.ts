// Until when a child may run, held by the supervisor alone: no living agent is needed to keep it (R6, R7).
//
// Why it is never later than the agent's. The agent's lease was renewed by acks of something it sent at e, and holds until
// max(Δhrtime, Δuptime) since e reaches T_fence. A question is sent at s; the agent reads its lease at c ≥ s and answers
// r = T_fence − max(Δ(e→c)), rounded down. Here the deadline is the instant at which max(Δhrtime, Δuptime) since s reaches r.
// At any instant x before it both Δ(s→x) < r; as each clock never runs backwards, Δ(s→c) ≥ 0, so for each clock
//   Δ(e→x) = Δ(e→c) + Δ(c→x) ≤ Δ(e→c) + Δ(s→x) < Δ(e→c) + r ≤ T_fence:
// the agent's lease still holds at x. How long the answer was under way, or this process stood still before it read it,
// changes nothing: s was noted before the question left. (Both clocks are the machine's, one and the same for both processes.)
// The later of two such deadlines is one as well, so an old answer that comes late never shortens a newer one.
// A pushed `renew` line proves nothing here, for nobody knows when it was written: lines on the stream only make us ask.

import { uptime } from 'node:os';

export interface Clocks {
  /** Monotone; stands still in suspend. */
  hrMs(): number;
  /** Counts suspension, 10 ms fine. */
  bootMs(): number;
}

export interface Moment {
  readonly hrMs: number;
  readonly bootMs: number;
}

export const HOST_CLOCKS: Clocks = {
  hrMs: () => performance.now(),
  // Elsewhere os.uptime() may follow the wall clock, which decides nothing.
  bootMs: () => (process.platform === 'linux' ? uptime() * 1000 : performance.now()),
};

export function momentOf(clocks: Clocks): Moment {
  return { hrMs: clocks.hrMs(), bootMs: clocks.bootMs() };
}

/** By the clock that ran further. */
export function elapsedMs(since: Moment, clocks: Clocks): number {
  return Math.max(clocks.hrMs() - since.hrMs, clocks.bootMs() - since.bootMs);
}

export class Deadline {
  readonly #clocks: Clocks;
  #sentAt: Moment | null = null;
  #remainingMs = 0;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  /** Negative when it has passed; −∞ while nothing was granted. */
  get leftMs(): number {
    return this.#sentAt === null ? Number.NEGATIVE_INFINITY : this.#remainingMs - elapsedMs(this.#sentAt, this.#clocks);
  }

  /** `sentAt`: noted before the question was sent that this is the answer to. */
  extend(sentAt: Moment, remainingMs: number): void {
    if (remainingMs - elapsedMs(sentAt, this.#clocks) <= this.leftMs) return;
    this.#sentAt = sentAt;
    this.#remainingMs = remainingMs;
  }
}
