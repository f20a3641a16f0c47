// How long questions take, and what an answer proves: a pong bears a counter that is no older than its question.

import type { MemberTable } from '../membership/index.ts';
import type { MonotonicMs } from '../time.ts';

const KEPT_MAX = 256;

export class RoundTrips {
  readonly #table: MemberTable;
  /** By slot, and of which run: a slot may become another's. */
  readonly #trips = new Map<number, { readonly tagLo: number; readonly ms: number }>();

  constructor(table: MemberTable) {
    this.#table = table;
  }

  of(slot: number): number | null {
    const trip = this.#trips.get(slot);
    return trip !== undefined && this.#table.has(slot) && this.#table.tagLoOf(slot) === trip.tagLo ? trip.ms : null;
  }

  /** An echo that came back; what cannot be ours says nothing. */
  hear(slot: number, echo: number, counter: number, longestMs: number, now: MonotonicMs): void {
    const tookMs = (echoOf(now) - echo) / 1000;
    if (echo === 0 || tookMs < 0 || tookMs > longestMs) return;
    this.#table.emittedSince(slot, counter, now - tookMs);
    const known = this.of(slot);
    if (!this.#trips.has(slot) && this.#trips.size >= KEPT_MAX) {
      for (const oldest of this.#trips.keys()) {
        this.#trips.delete(oldest);
        break;
      }
    }
    // Smoothed as in TCP: an eighth of each new one.
    const ms = known === null ? tookMs : known + (tookMs - known) / 8;
    this.#trips.set(slot, { tagLo: this.#table.tagLoOf(slot), ms });
  }
}

/** The instant of asking in µs: comes back with the answer, and is never 0. */
export function echoOf(now: MonotonicMs): number {
  return (Math.round(now * 1000) % 0xffffffff) + 1;
}
