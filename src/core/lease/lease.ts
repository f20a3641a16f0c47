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

export class Lease {
  readonly #fenceMs: number;
  /** When each counter was first sent; the oldest first. */
  readonly #emissions: { counter: number; sent: Instant }[] = [];
  /** Per voter the newest ack of each of its last two epochs: the older one may run out, never be renewed by it. */
  readonly #acks = new Map<NodeId, AckHeld[]>();

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

  /** A voter's explicit word that it saw this counter, under its epoch. What was never sent, or is too old to matter, is nothing. */
  hearAck(voter: NodeId, epoch: number, counter: number): boolean {
    const emission = this.#emissions.find((one) => one.counter === counter);
    if (emission === undefined) return false;
    const held = this.#acks.get(voter) ?? [];
    const known = held.find((ack) => ack.epoch === epoch);
    if (known !== undefined && known.counter >= counter) return false;
    const kept = held.filter((ack) => ack.epoch !== epoch);
    kept.push({ epoch, counter, sent: emission.sent });
    kept.sort((a, b) => b.epoch - a.epoch);
    this.#acks.set(voter, kept.slice(0, 2));
    return true;
  }

  /** A new life begins with nothing. */
  reset(): void {
    this.#emissions.length = 0;
    this.#acks.clear();
  }

  /** What is left of the lease under this epoch; not above 0: not held. */
  remainingMs(voters: readonly NodeId[], epoch: number, needed: number, now: Instant): number {
    const ages = this.#ages(voters, epoch, now);
    const deciding = ages[needed - 1];
    return deciding === undefined ? Number.NEGATIVE_INFINITY : this.#fenceMs - deciding;
  }

  /** How old the stamp is that a majority stands behind: what renewal has to beat (R5, retry). */
  majorityAgeMs(voters: readonly NodeId[], epoch: number, needed: number, now: Instant): number {
    return this.#ages(voters, epoch, now)[needed - 1] ?? Number.POSITIVE_INFINITY;
  }

  freshCount(voters: readonly NodeId[], epoch: number, now: Instant): number {
    return this.#ages(voters, epoch, now).filter((age) => age <= this.#fenceMs).length;
  }

  ackAgeMs(voter: NodeId, now: Instant): number | null {
    const held = this.#acks.get(voter)?.[0];
    return held === undefined ? null : elapsedMs(held.sent, now);
  }

  hasAcked(voter: NodeId, epoch: number, counter: number): boolean {
    return this.#acks.get(voter)?.some((ack) => ack.epoch === epoch && ack.counter >= counter) ?? false;
  }

  #ages(voters: readonly NodeId[], epoch: number, now: Instant): number[] {
    const ages: number[] = [];
    for (const voter of voters) {
      const ack = this.#acks.get(voter)?.find((one) => one.epoch === epoch);
      if (ack !== undefined) ages.push(elapsedMs(ack.sent, now));
    }
    return ages.sort((a, b) => a - b);
  }
}

/** R6: the lease takes whichever clock ran further: it can only end early. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.monoMs - from.monoMs, to.bootMs - from.bootMs);
}

export function instant(now: MonotonicMs, bootMs: number): Instant {
  return { monoMs: now, bootMs };
}
