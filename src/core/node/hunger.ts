// How long this node has lacked acks of a majority, and what it asks of others for it (L1). First one member on the way is enough;
// past the length of a lease any way will do. Who is not helped asks ever more rarely: where all are short because their hosts are
// busy, help costs more than it brings.

import type { Address } from '../ids.ts';
import { at, type MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';

export type Plea = 'none' | 'short' | 'lost';

/** In heartbeats. */
const ASK_EVERY_MAX = 4;
/** Of an age that is the greater of two clocks'. */
const STAMP_ERROR_MS = 20;
const CRIES_KEPT = 8;

export class Hunger {
  #timings: Timings;
  /** When the newest was sent that a majority stands behind; when the first was sent, if none is. */
  #since: MonotonicMs | null = null;
  #askAt: MonotonicMs = at(0);
  #askEveryMs = 0;
  /** When any way was asked for, lately. */
  readonly #lostAt: number[] = [];
  /** Any way did it, lately: nothing less will do. */
  #foundAt = Number.NEGATIVE_INFINITY;
  #bearer: Address | null = null;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  /** Who brought an ack last, while acks have to be brought. */
  get bearer(): Address | null {
    return this.#bearer;
  }

  /** For what is being sent now, given the age of what a majority stands behind, and the age up to which retries alone may help. */
  plea(majorityAgeMs: number, fedMs: number, now: MonotonicMs): Plea {
    const { heartbeatMs, fenceMs } = this.#timings;
    if (majorityAgeMs < Number.POSITIVE_INFINITY) this.#since = at(now - majorityAgeMs);
    this.#since ??= now;
    const since = this.#since;
    // A majority stands behind one of these very cries: they help, so they are repeated as often as a lease needs it.
    if (this.#lostAt.some((cry) => Math.abs(since - cry) <= STAMP_ERROR_MS)) {
      this.#foundAt = since;
      this.#askEveryMs = heartbeatMs;
    }
    const hungryMs = now - since;
    if (hungryMs <= fedMs) {
      this.#askEveryMs = heartbeatMs;
      this.#askAt = now;
      return 'none';
    }
    if (now < this.#askAt) return 'none';
    this.#askAt = at(now + 0.9 * this.#askEveryMs);
    if (hungryMs > fenceMs && now - this.#foundAt > fenceMs) this.#askEveryMs = Math.min(ASK_EVERY_MAX * heartbeatMs, 2 * this.#askEveryMs);
    if (hungryMs <= fenceMs && now - this.#foundAt > 2 * fenceMs) return 'short';
    if (this.#lostAt.length === CRIES_KEPT) this.#lostAt.shift();
    this.#lostAt.push(now);
    return 'lost';
  }

  /** An ack was news, and another member brought it. */
  broughtBy(bearer: Address): void {
    this.#bearer = bearer;
  }
}
