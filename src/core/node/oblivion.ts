// What is remembered of those who are on the list no longer. A member that is dropped from it is forgotten by every part, so that
// no coming and going of ids grows anything; but not before its last ack can hold a lease no more (R9), nor while it is a voter:
// what was seen of a voter tells a rolled-back one from it for as long as it may come back to vote (R14).

import { assert } from '../assert.ts';
import type { NodeId } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import { isVoter } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { CatchUp } from './catch-up.ts';
import type { Chain } from './chain.ts';
import type { Keeper } from './keeper.ts';
import type { Recall } from './recall.ts';
import type { Roster } from './roster.ts';

export class Oblivion {
  readonly #roster: Roster;
  readonly #chain: Chain;
  readonly #keeper: Keeper;
  readonly #catchUp: CatchUp;
  readonly #recall: Recall;
  /** Gone from the list, and not forgotten yet. */
  readonly #gone = new Set<NodeId>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(roster: Roster, chain: Chain, keeper: Keeper, catchUp: CatchUp, recall: Recall) {
    this.#roster = roster;
    this.#chain = chain;
    this.#keeper = keeper;
    this.#catchUp = catchUp;
    this.#recall = recall;
    roster.onDrop((id) => {
      keeper.forget(id);
      catchUp.forget(id);
      this.#gone.add(id);
    });
  }

  /** At any occasion; looks once in `everyMs`. */
  sweep(everyMs: number, now: MonotonicMs): void {
    if (this.#gone.size === 0 || now - this.#sweptAt < everyMs) return;
    this.#sweptAt = now;
    const { record } = this.#chain;
    for (const id of this.#gone) {
      // Back on the list, it is remembered like any other.
      if (this.#roster.table.slotOf(id) !== NONE) this.#gone.delete(id);
      else if ((record === null || !isVoter(record, id)) && this.#keeper.acker.witness.forget(id, now)) {
        this.#recall.forget(id);
        this.#keeper.forget(id);
        this.#gone.delete(id);
      }
    }
  }

  checkInvariants(): void {
    const { table } = this.#roster;
    const known = table.rowCount + this.#gone.size;
    assert(this.#keeper.rememberedCount <= known, 'who is on no list is no candidate');
    assert(this.#catchUp.size <= table.rowCount, 'nor is it asked what it holds');
    assert(this.#keeper.acker.witness.size <= known, 'who was acked is listed, or waits to be forgotten');
    assert(this.#recall.size <= known, 'who was heard of is listed, or waits to be forgotten');
  }
}
