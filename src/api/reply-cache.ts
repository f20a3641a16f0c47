// The answers of this millisecond: what many readers (or one in a loop) ask within it is rendered once.
// It holds nothing older, so an age shown is never more than a millisecond behind, and a visible change, the end of the lease
// included (R6), shows at once. What says how much of a lease is left is not put here at all.

import type { Reply } from './reply.ts';

export interface Moment {
  readonly index: number;
  readonly isQuorate: boolean;
  readonly nowMs: number;
}

export class ReplyCache {
  readonly #replies = new Map<string, Reply>();
  #index = -1;
  #millisecond = -1;
  #isQuorate = false;

  get(target: string, { index, isQuorate, nowMs }: Moment): Reply | undefined {
    const millisecond = Math.floor(nowMs);
    if (index === this.#index && millisecond === this.#millisecond && isQuorate === this.#isQuorate) return this.#replies.get(target);
    this.clear();
    this.#index = index;
    this.#millisecond = millisecond;
    this.#isQuorate = isQuorate;
    return undefined;
  }

  /** After a `get` that found nothing: for that same instant. */
  put(target: string, reply: Reply): void {
    this.#replies.set(target, reply);
  }

  clear(): void {
    if (this.#replies.size > 0) this.#replies.clear();
  }
}
