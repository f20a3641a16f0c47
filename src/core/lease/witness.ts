// A voter's memory of whom it acked: the other side of everyone's lease (R5, R9, clone hold).
// It acks a run only if that is the highest life it knows of that id, and a new life under another nonce only when the
// lower one can hold no lease any more. All its waits take hrtime alone, which can only be late.

import { sameTag, type Tag } from '../hash.ts';
import type { NodeId } from '../ids.ts';
import type { MonotonicMs } from '../time.ts';

interface Seen {
  incarnation: number;
  tag: Tag;
  counter: number;
  /** When the newest counter that was acked was first seen. */
  sightAt: number;
  lastAckAt: number;
  /** The same of the life acked before this one; the start of this voter where there was none. */
  lowerSightAt: number;
  /** A higher life has shown itself without proof: neither is acked until the lower one's lease is over. */
  heldSince: number | null;
}

export type WitnessVerdict = 'ack' | 'hold' | 'superseded';

export interface Claim {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly tag: Tag;
  readonly counter: number;
  /** It proved to follow the life seen last: the same run, or one that names exactly that pair (R9). */
  readonly isShownSuccession: boolean;
  /** Its id never lived before, so there is no lower life that could still hold anything. */
  readonly isFirstLife: boolean;
}

export class Witness {
  readonly #failMs: number;
  readonly #startedAt: number;
  readonly #seen = new Map<NodeId, Seen>();

  constructor(failMs: number, now: MonotonicMs) {
    this.#failMs = failMs;
    this.#startedAt = now;
  }

  /** Whether this beat is acked. Acking is remembered at once: the sight of a counter counts from its first time. */
  hear(claim: Claim, now: MonotonicMs): WitnessVerdict {
    const seen = this.#seen.get(claim.id);
    if (seen === undefined) {
      // A voter that restarted may have acked a lower life a moment before: it counts from its start.
      if (!claim.isFirstLife && !claim.isShownSuccession && this.youngForMs(now) > 0) return 'hold';
      this.#remember(claim, now);
      return 'ack';
    }
    if (sameTag(seen.tag, claim.tag)) {
      if (seen.heldSince !== null) return 'hold';
      if (claim.counter > seen.counter) {
        seen.counter = claim.counter;
        seen.sightAt = now;
      }
      seen.lastAckAt = now;
      return 'ack';
    }
    if (claim.incarnation < seen.incarnation || (claim.incarnation === seen.incarnation && !isHigher(claim.tag, seen.tag)))
      return 'superseded';
    if (claim.isShownSuccession || now - seen.lastAckAt >= this.#failMs) {
      this.#remember(claim, now);
      return 'ack';
    }
    seen.heldSince ??= now;
    return 'hold';
  }

  /** How long the newest counter that was acked of these lives, up to this one, has stood still; since the start if none was (R9). */
  idleMs(id: NodeId, incarnation: number, now: MonotonicMs): number {
    const seen = this.#seen.get(id);
    if (seen === undefined) return now - this.#startedAt;
    return now - (seen.incarnation > incarnation ? seen.lowerSightAt : seen.sightAt);
  }

  /** Since its start it may not know whom it acked before: of whoever lived before, nobody is acked for so long. */
  youngForMs(now: MonotonicMs): number {
    return Math.max(0, this.#startedAt + this.#failMs - now);
  }

  /** It has been acked by this voter. */
  has(id: NodeId): boolean {
    return this.#seen.has(id);
  }

  tagOf(id: NodeId): Tag | null {
    return this.#seen.get(id)?.tag ?? null;
  }

  incarnationOf(id: NodeId): number {
    return this.#seen.get(id)?.incarnation ?? -1;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Of one that is on the list no longer. False while what was acked last may still hold a lease: that long it is remembered. */
  forget(id: NodeId, now: MonotonicMs): boolean {
    const seen = this.#seen.get(id);
    if (seen !== undefined && now - seen.lastAckAt < this.#failMs) return false;
    this.#seen.delete(id);
    return true;
  }

  #remember(claim: Claim, now: MonotonicMs): void {
    const { id, incarnation, tag, counter } = claim;
    const lowerSightAt = this.#seen.get(id)?.sightAt ?? this.#startedAt;
    this.#seen.set(id, { incarnation, tag, counter, sightAt: now, lastAckAt: now, lowerSightAt, heldSince: null });
  }
}

function isHigher(a: Tag, b: Tag): boolean {
  return a.hi !== b.hi ? a.hi > b.hi : a.lo > b.lo;
}
