// The living in the order of their last news, as a timing wheel of doubly linked lists in two typed arrays.
// Placing and removing cost O(1); finding who has been silent too long costs O(1) for each one found and nothing for the
// others; and the freshest can be walked first without sorting. Judging is left to the caller.

import { grown } from './columns.ts';

const BUCKETS = 128;

export class FreshOrder {
  /** Indexes below BUCKETS are list heads, the others BUCKETS + slot. Unlinked rows point to themselves. */
  #next = heads();
  #previous = heads();
  #bucketMs: number;
  /** The oldest bucket (counted since time 0) that has not been drained. */
  #oldest: number;
  #newest: number;
  /** No bucket below this one holds anybody. */
  #first: number;

  /** `spanMs`: how old news may become before `drain` is to find its member. */
  constructor(spanMs: number, nowMs: number) {
    // Half of the wheel is the span, the other half room for a tick that comes late.
    this.#bucketMs = spanMs / (BUCKETS / 2);
    this.#oldest = Math.floor((nowMs - spanMs) / this.#bucketMs);
    this.#newest = Math.floor(nowMs / this.#bucketMs);
    this.#first = this.#newest + 1;
  }

  /** Room for slots below this; without it none is placed. */
  reserve(slotCount: number): void {
    this.#next = withRoom(this.#next, BUCKETS + slotCount);
    this.#previous = withRoom(this.#previous, BUCKETS + slotCount);
  }

  /** False when the news is so old that its bucket has been drained: the member is silent already. */
  place(slot: number, freshAtMs: number): boolean {
    const row = BUCKETS + slot;
    this.#unlink(row);
    const bucket = Math.floor(freshAtMs / this.#bucketMs);
    if (bucket < this.#oldest || bucket >= this.#oldest + BUCKETS) return false;
    if (bucket > this.#newest) this.#newest = bucket;
    if (bucket < this.#first) this.#first = bucket;
    const head = bucketIndex(bucket);
    const first = this.#next[head]!;
    this.#next[head] = row;
    this.#previous[row] = head;
    this.#next[row] = first;
    this.#previous[first] = row;
    return true;
  }

  remove(slot: number): void {
    this.#unlink(BUCKETS + slot);
  }

  /** Takes out everyone whose last news is older than this instant, and gives them to `silent`, the longest silent first. */
  drain(beforeMs: number, silent: (slot: number) => void): void {
    const until = Math.floor(beforeMs / this.#bucketMs);
    // After a long pause the wheel turns at most once: each bucket is emptied, then it starts at the present.
    const steps = Math.min(until - this.#oldest, BUCKETS);
    for (let i = 0; i < steps; i++) {
      const head = bucketIndex(this.#oldest + i);
      for (let row = this.#previous[head]!; row !== head; row = this.#previous[head]!) {
        this.#unlink(row);
        silent(row - BUCKETS);
      }
    }
    if (until > this.#oldest) this.#oldest = until;
    if (this.#newest < this.#oldest) this.#newest = this.#oldest;
  }

  /** The news of the one who was heard longest ago is a little younger than this; infinite when nobody is in the order. */
  oldestMs(): number {
    if (this.#first < this.#oldest) this.#first = this.#oldest;
    // Goes on from where it stopped, so that over time each bucket is passed once.
    for (; this.#first <= this.#newest; this.#first++) {
      const head = bucketIndex(this.#first);
      if (this.#next[head] !== head) return (this.#first + 1) * this.#bucketMs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Writes slots into `into`, those with the newest news first; returns how many. */
  freshest(into: Uint32Array, limit: number): number {
    let count = 0;
    for (let bucket = this.#newest; bucket >= this.#oldest && count < limit; bucket--) {
      const head = bucketIndex(bucket);
      for (let row = this.#next[head]!; row !== head && count < limit; row = this.#next[row]!) into[count++] = row - BUCKETS;
    }
    return count;
  }

  /** For tests: every slot that is linked. */
  slots(): number[] {
    const found: number[] = [];
    for (let head = 0; head < BUCKETS; head++) {
      for (let row = this.#next[head]!; row !== head; row = this.#next[row]!) found.push(row - BUCKETS);
    }
    return found;
  }

  #unlink(row: number): void {
    const next = this.#next[row]!;
    if (next === row) return;
    const previous = this.#previous[row]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#next[row] = row;
    this.#previous[row] = row;
  }
}

function bucketIndex(bucket: number): number {
  return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
}

function heads(): Uint32Array {
  return withRoom(new Uint32Array(0), BUCKETS);
}

function withRoom(old: Uint32Array, length: number): Uint32Array {
  const links = grown(old, new Uint32Array(length));
  for (let i = old.length; i < length; i++) links[i] = i;
  return links;
}
