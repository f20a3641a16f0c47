// The world's only clock and its queue of things to come: a binary heap on typed arrays.
// Rule kept: equal instants run in the order they were asked for, so one seed gives one history.
// What is scheduled, and for whom, is not known here; there is no cancelling (a timer that moved finds out when it is called).

import { assert } from '../core/index.ts';

export type Job = () => void;

export class Scheduler {
  #nowMs = 0;
  #executed = 0;
  #sequence = 0;
  #count = 0;
  // The heap in three columns: when, in which order asked, which job.
  #atMs = new Float64Array(1024);
  #order = new Float64Array(1024);
  #slot = new Uint32Array(1024);
  readonly #jobs: (Job | undefined)[] = [];
  readonly #freeSlots: number[] = [];

  /** Virtual milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get pendingCount(): number {
    return this.#count;
  }

  get executedCount(): number {
    return this.#executed;
  }

  schedule(delayMs: number, job: Job): void {
    this.at(this.#nowMs + delayMs, job);
  }

  /** An instant that has passed means now. */
  at(instantMs: number, job: Job): void {
    assert(!Number.isNaN(instantMs), 'a job needs an instant');
    const slot = this.#freeSlots.pop() ?? this.#jobs.length;
    this.#jobs[slot] = job;
    if (this.#count === this.#atMs.length) this.#grow();
    this.#siftUp(this.#count++, Math.max(instantMs, this.#nowMs), this.#sequence++, slot);
  }

  /** Runs the next job if it is due by `untilMs`; false when there is none. The clock then stands at that job's instant. */
  runNext(untilMs: number): boolean {
    if (this.#count === 0 || this.#atMs[0]! > untilMs) return false;
    this.#nowMs = this.#atMs[0]!;
    const slot = this.#slot[0]!;
    const last = --this.#count;
    if (last > 0) this.#siftDown(this.#atMs[last]!, this.#order[last]!, this.#slot[last]!);
    const job = this.#jobs[slot] as Job;
    this.#jobs[slot] = undefined;
    this.#freeSlots.push(slot);
    this.#executed += 1;
    job();
    return true;
  }

  /** Runs all that is due by `untilMs` and leaves the clock there. */
  runUntil(untilMs: number): void {
    while (this.runNext(untilMs));
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #siftUp(from: number, atMs: number, order: number, slot: number): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentAtMs = this.#atMs[parent]!;
      // An equal instant above was asked for earlier and stays above.
      if (parentAtMs <= atMs) break;
      this.#put(hole, parentAtMs, this.#order[parent]!, this.#slot[parent]!);
      hole = parent;
    }
    this.#put(hole, atMs, order, slot);
  }

  #siftDown(atMs: number, order: number, slot: number): void {
    const count = this.#count;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#isBefore(child + 1, child)) child += 1;
      const childAtMs = this.#atMs[child]!;
      if (childAtMs > atMs || (childAtMs === atMs && this.#order[child]! > order)) break;
      this.#put(hole, childAtMs, this.#order[child]!, this.#slot[child]!);
      hole = child;
    }
    this.#put(hole, atMs, order, slot);
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#atMs[a]! - this.#atMs[b]!;
    return difference < 0 || (difference === 0 && this.#order[a]! < this.#order[b]!);
  }

  #put(place: number, atMs: number, order: number, slot: number): void {
    this.#atMs[place] = atMs;
    this.#order[place] = order;
    this.#slot[place] = slot;
  }

  #grow(): void {
    const length = this.#atMs.length * 2;
    const atMs = new Float64Array(length);
    const order = new Float64Array(length);
    const slot = new Uint32Array(length);
    atMs.set(this.#atMs);
    order.set(this.#order);
    slot.set(this.#slot);
    this.#atMs = atMs;
    this.#order = order;
    this.#slot = slot;
  }
}
