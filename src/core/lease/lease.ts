// The right to act: held while a majority of voters has acked counters that this life emitted within T_fence (R6).
// What counts is when a counter was first sent, never when an ack came: delay, duplication, replay and relays can only make it
// older. Elapsed time is taken from whichever clock ran further, because hrtime stands still in suspend.

import type { NodeId } from '../ids.ts';
import type { MonotonicMs } from '../time.ts';

/** An instant on both clocks. */
export interface Instant {
  readonly monoMs: number;
  readonly bootMs: number;
}

interface AckHeld {
  readonly epoch: number;
  readonly counter: number;
  readonly sent: Instant;
}

/** Emissions kept: at one each retry for the length of the lease, with room. */
const EMISSIONS_MAX = 256;
const EPOCHS_KEPT = 2;

export class Lease {
  readonly #fenceMs: number;
  /** When each counter was first sent; the oldest first. */
  readonly #emissions: { counter: number; sent: Instant }[] = [];
  /** Per voter the newest ack of each of its last two epochs, the later first: the older one may run out, never be renewed by it. */
  readonly #acks = new Map<NodeId, AckHeld[]>();
  #revision = 0;

  constructor(fenceMs: number) {
    this.#fenceMs = fenceMs;
  }

  get newestCounter(): number {
    return this.#emissions[this.#emissions.length - 1]?.counter ?? 0;
  }

  /** R5: stamped at its first send, never again. */
  emit(counter: number, now: Instant): void {
    if (counter <= this.newestCounter) return;
    if (this.#emissions.length === EMISSIONS_MAX) this.#emissions.shift();
    this.#emissions.push({ counter, sent: now });
  }

  /** When this counter was sent; null for one that was not, or long ago. */
  sentAt(counter: number): Instant | null {
    return this.#emissions.findLast((one) => one.counter === counter)?.sent ?? null;
  }

  /** A voter's explicit word that it saw this counter, under its epoch. What was never sent, or is too old to matter, is nothing. */
  hearAck(voter: NodeId, epoch: number, counter: number): boolean {
    const sent = this.sentAt(counter);
    if (sent === null) return false;
    const ack: AckHeld = { epoch, counter, sent };
    const held = this.#acks.get(voter);
    if (held === undefined) this.#acks.set(voter, [ack]);
    else {
      const place = held.findIndex((one) => one.epoch <= epoch);
      if (place < 0) {
        if (held.length === EPOCHS_KEPT) return false;
        held.push(ack);
      } else if (held[place]!.epoch < epoch) {
        held.splice(place, 0, ack);
        held.length = Math.min(held.length, EPOCHS_KEPT);
      } else if (held[place]!.counter >= counter) return false;
      else held[place] = ack;
    }
    this.#revision += 1;
    return true;
  }

  /** A new life begins with nothing. */
  reset(): void {
    this.#emissions.length = 0;
    this.#acks.clear();
    this.#revision += 1;
  }

  /** Grows with whatever can change an answer below; only the passing of time does so besides. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * When the counter was sent that a majority stands behind, or null: the newest that so many of the voters have acked. Counters and
   * the instants of their sending grow together, so it is the same whenever it is asked for.
   */
  majorityStamp(voters: readonly NodeId[], epoch: number, needed: number): Instant | null {
    const acks: AckHeld[] = [];
    for (const voter of voters) {
      const ack = this.#ackOf(voter, epoch);
      if (ack !== undefined) acks.push(ack);
    }
    return acks.sort((a, b) => b.counter - a.counter)[needed - 1]?.sent ?? null;
  }

  /** What is left of a lease that stands on this stamp; not above 0: not held. */
  remainingMs(stamp: Instant | null, now: Instant): number {
    return stamp === null ? Number.NEGATIVE_INFINITY : this.#fenceMs - elapsedMs(stamp, now);
  }

  freshCount(voters: readonly NodeId[], epoch: number, now: Instant): number {
    let count = 0;
    for (const voter of voters) {
      const ack = this.#ackOf(voter, epoch);
      if (ack !== undefined && elapsedMs(ack.sent, now) <= this.#fenceMs) count += 1;
    }
    return count;
  }

  ackAgeMs(voter: NodeId, now: Instant): number | null {
    const held = this.#acks.get(voter)?.[0];
    return held === undefined ? null : elapsedMs(held.sent, now);
  }

  hasAcked(voter: NodeId, epoch: number, counter: number): boolean {
    return (this.#ackOf(voter, epoch)?.counter ?? 0) >= counter;
  }

  #ackOf(voter: NodeId, epoch: number): AckHeld | undefined {
    const held = this.#acks.get(voter);
    return held?.[0]?.epoch === epoch ? held[0] : held?.[1]?.epoch === epoch ? held[1] : undefined;
  }
}

/** R6: the lease takes whichever clock ran further: it can only end early. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.monoMs - from.monoMs, to.bootMs - from.bootMs);
}

export function instant(now: MonotonicMs, bootMs: number): Instant {
  return { monoMs: now, bootMs };
}
