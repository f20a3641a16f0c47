// Condemn, wait, announce (R9): what the record condemns is announced as failed only when no acceptor of the deciding majority
// can have acked it within T_fail any more, so whoever was condemned has fenced itself and its children are dead.

import type { Outbox } from '../effect.ts';
import type { NodeId } from '../ids.ts';
import type { Condemned } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import { CLOCK_RATE_ERROR } from '../timings.ts';
import type { Roster } from './roster.ts';

interface Wait {
  readonly incarnation: number;
  readonly announceAt: number;
}

export class Announcer {
  readonly #roster: Roster;
  readonly #waits = new Map<NodeId, Wait>();
  /** The highest life of each id whose end may be acted upon. */
  readonly #announced = new Map<NodeId, number>();

  constructor(roster: Roster) {
    this.#roster = roster;
  }

  get nextAt(): MonotonicMs {
    let next: number = NEVER;
    for (const { announceAt } of this.#waits.values()) next = Math.min(next, announceAt);
    return at(next);
  }

  /** By the proposer itself, which measured the wait on its own clock. */
  expectOwn(condemned: Condemned, waitMs: number, now: MonotonicMs): void {
    this.#expect(condemned, now + waitMs);
  }

  /** Told by another: its remaining wait, stretched by what the two clocks may differ. */
  expectTold(condemned: Condemned, waitMs: number, now: MonotonicMs): void {
    this.#expect(condemned, now + (waitMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR));
  }

  /** What still has to be waited for; 0 for what was announced. Undefined for what is unknown here. */
  remainingMs(condemned: Condemned, now: MonotonicMs): number | undefined {
    const wait = this.#waits.get(condemned.id);
    if (wait !== undefined && wait.incarnation >= condemned.incarnation) return Math.max(0, wait.announceAt - now);
    return this.hasEnded(condemned.id, condemned.incarnation) ? 0 : undefined;
  }

  /** This life of it is over for certain: its lease, and its children's. */
  hasEnded(id: NodeId, incarnation: number): boolean {
    return (this.#announced.get(id) ?? -1) >= incarnation;
  }

  /** It said so itself (left, stopped), or its next life proved to follow it. */
  noteEnd(id: NodeId, incarnation: number): void {
    if (!this.hasEnded(id, incarnation)) this.#announced.set(id, incarnation);
  }

  /**
   * R2: the record gave up its entry, which somebody had counted for a day: its end stands, also in a list that took the sleeper
   * in again meanwhile. From now on the list keeps it out, then the floor.
   */
  reaped({ id, incarnation }: Condemned, now: MonotonicMs, outbox: Outbox): void {
    if ((this.#waits.get(id)?.incarnation ?? -1) <= incarnation) this.#waits.delete(id);
    if ((this.#announced.get(id) ?? -1) <= incarnation) this.#announced.delete(id);
    this.#roster.announceFailed(id, incarnation, now, outbox);
  }

  /** Whether anything was announced. */
  tick(now: MonotonicMs, outbox: Outbox): boolean {
    let hasAnnounced = false;
    for (const [id, { incarnation, announceAt }] of this.#waits) {
      if (now < announceAt) continue;
      this.#waits.delete(id);
      this.noteEnd(id, incarnation);
      this.#roster.announceFailed(id, incarnation, now, outbox);
      hasAnnounced = true;
    }
    return hasAnnounced;
  }

  #expect({ id, incarnation }: Condemned, announceAt: number): void {
    if (this.hasEnded(id, incarnation)) return;
    const known = this.#waits.get(id);
    // The same condemnation told twice: the shorter wait was as honest as the longer. A lower life ends with the higher.
    if (known !== undefined && (known.incarnation > incarnation || (known.incarnation === incarnation && known.announceAt <= announceAt)))
      return;
    this.#waits.set(id, { incarnation, announceAt });
  }
}
