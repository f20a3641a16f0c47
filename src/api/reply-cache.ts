// The answers of this millisecond: what many readers (or one in a loop) ask within it is rendered once.
// It holds nothing older, so an age shown is never more than a millisecond behind, and a visible change shows at once.

import type { Reply } from './reply.ts';

export class ReplyCache {
  readonly #replies = new Map<string, Reply>();
  #index = -1;
  #millisecond = -1;

  get(target: string, index: number, nowMs: number): Reply | undefined {
    if (index === this.#index && Math.floor(nowMs) === this.#millisecond) return this.#replies.get(target);
    this.clear();
    this.#index = index;
    this.#millisecond = Math.floor(nowMs);
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
