// The dead: shown for their time, then kept out of sight until no stale gossip can bring them back, then gone.

import { type MemberTable, NONE } from '../membership/index.ts';
import type { MemberState } from '../message.ts';
import type { MonotonicMs } from '../time.ts';

const SHOWN_MS: Readonly<Record<Exclude<MemberState, 'alive'>, number>> = { failed: 86_400_000, stopped: 3_600_000, left: 3_600_000 };
/** An operator's `forget`: a leave that was shown long enough. */
export const FORGOTTEN_AGE_MS = 86_400_000;

export class Graveyard {
  readonly #table: MemberTable;
  /** Rows no longer shown, and when they may go. */
  readonly #fading = new Map<number, number>();

  constructor(table: MemberTable) {
    this.#table = table;
  }

  isShown(slot: number, now: MonotonicMs): boolean {
    const state = this.#table.stateOf(slot);
    return state === 'alive' || (!this.#fading.has(slot) && now - this.#table.sinceOf(slot) < SHOWN_MS[state]);
  }

  isFading(slot: number): boolean {
    return this.#fading.has(slot);
  }

  /** Out of sight at once, though its verdict guards on for as long as it would have been shown. */
  hide(slot: number): void {
    this.#fading.set(slot, this.#table.sinceOf(slot) + FORGOTTEN_AGE_MS);
  }

  /** It came back, or its row is gone. */
  release(slot: number): void {
    this.#fading.delete(slot);
  }

  /** `faded`: no longer shown from now on. `gone`: nothing guards against it any more. */
  sweep(now: MonotonicMs, guardMs: number, faded: (slot: number) => void, gone: (slot: number) => void): void {
    for (const slot of this.#table.dead) {
      const goesAt = this.#fading.get(slot);
      if (goesAt !== undefined && now >= goesAt) gone(slot);
      else if (goesAt === undefined && !this.isShown(slot, now)) {
        this.#fading.set(slot, now + guardMs);
        faded(slot);
      }
    }
  }

  /** The one that has been among the dead here for the longest time, or NONE. Never the owner, who still says farewell. */
  longestKept(): number {
    for (const slot of this.#table.dead) if (slot !== this.#table.selfSlot) return slot;
    return NONE;
  }
}
