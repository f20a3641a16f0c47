// Where this node stands towards acting, as an explicit machine (R7). One incarnation is one uninterrupted lease: a fenced one
// never un-fences; it is followed by the next life once its workloads are dead.
//
//   joining ──majority acks──▶ quorate ──lapse, condemned──▶ fencing ──dead──▶ (next life) fenced ──majority acks──▶ quorate
//                                                               └──not dead in time──▶ fence-failed ──dead──▶ (next life)

import { assert } from '../assert.ts';
import type { MonotonicMs } from '../time.ts';
import type { FenceReason, FenceView, Standing } from '../view.ts';

type State =
  | { readonly kind: 'joining' }
  | { readonly kind: 'quorate'; readonly since: MonotonicMs }
  /** Its life is over; children are being stopped. */
  | { readonly kind: 'fencing'; readonly hasFailed: boolean }
  /** The next life, not yet quorate. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'left' };

export class StandingMachine {
  #state: State = { kind: 'joining' };
  #fence: FenceView | null;

  constructor(lastFence: FenceView | null) {
    this.#fence = lastFence;
  }

  get shown(): Standing {
    const state = this.#state;
    if (state.kind === 'fencing') return state.hasFailed ? 'fence-failed' : 'fenced';
    return state.kind;
  }

  get fence(): FenceView | null {
    return this.#fence;
  }

  get isQuorate(): boolean {
    return this.#state.kind === 'quorate';
  }

  get isFencing(): boolean {
    return this.#state.kind === 'fencing';
  }

  /** Quorate without a break since. */
  quorateSince(): MonotonicMs | null {
    return this.#state.kind === 'quorate' ? this.#state.since : null;
  }

  /** A majority's acks are fresh for the first time in this life. */
  becomeQuorate(now: MonotonicMs): void {
    assert(this.#state.kind === 'joining' || this.#state.kind === 'fenced', 'only a life that was not quorate yet becomes so');
    this.#state = { kind: 'quorate', since: now };
  }

  /** The state flips first; all else follows. */
  beginFence(reason: FenceReason, message: string, evidence: FenceView['evidence'], now: MonotonicMs): void {
    this.#state = { kind: 'fencing', hasFailed: false };
    this.#fence = { since: now, reason, message, evidence };
  }

  failFence(): void {
    assert(this.#state.kind === 'fencing', 'only a fence under way can fail');
    this.#state = { kind: 'fencing', hasFailed: true };
  }

  /** Children are dead and the next incarnation is on disk. */
  endFence(): void {
    if (this.#state.kind === 'fencing') this.#state = { kind: 'fenced' };
  }

  end(): void {
    this.#state = { kind: 'left' };
  }
}
