// Members that are hearsay still and have not been greeted. A greeting is answered, which confirms them; in a larger cluster the
// counters that others push do that for most.

import type { MonotonicMs } from '../time.ts';

/** Greeted in one go; and of a crowd. */
const GREETED_MAX = 4;
const GREETED_OF_CROWD = 2;

export class Strangers {
  /** By slot, since when they are told of: the longest known first. */
  readonly #since = new Map<number, MonotonicMs>();

  get size(): number {
    return this.#since.size;
  }

  add(slot: number, now: MonotonicMs): void {
    this.#since.set(slot, now);
  }

  delete(slot: number): void {
    this.#since.delete(slot);
  }

  /** Who is to be greeted now, of those told of for so long. Each is named once. */
  take(toldOfMs: number, now: MonotonicMs): number[] {
    const limit = this.size > GREETED_MAX ? GREETED_OF_CROWD : GREETED_MAX;
    const taken: number[] = [];
    for (const [slot, since] of this.#since) {
      if (taken.length === limit || now - since < toldOfMs) break;
      taken.push(slot);
    }
    for (const slot of taken) this.#since.delete(slot);
    return taken;
  }
}
