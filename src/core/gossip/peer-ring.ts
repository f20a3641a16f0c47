// Whom to push to: every living peer once a cycle, in an order newly drawn each cycle, so that no peer starves.
// The order is an affine walk over the slots (start + i × stride, stride coprime to their number): shuffled, and without
// a list to keep.

import type { Random } from '../random.ts';

export class PeerRing {
  readonly #random: Random;
  #length = 0;
  #start = 0;
  #stride = 1;
  #step = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Up to `count` different slots that fit, going on where the last call ended. `slotAt`: of some slots only, where each stands. */
  take(count: number, slotLimit: number, fits: (slot: number) => boolean, slotAt: (place: number) => number = itself): number[] {
    const taken: number[] = [];
    // Twice round at most: the rest of this cycle and one whole new one.
    for (let visits = this.#length - this.#step + slotLimit; visits > 0 && taken.length < count; visits--) {
      if (this.#step >= this.#length) this.#draw(slotLimit);
      const slot = slotAt((this.#start + this.#step * this.#stride) % this.#length);
      this.#step += 1;
      if (!taken.includes(slot) && fits(slot)) taken.push(slot);
    }
    return taken;
  }

  #draw(slotLimit: number): void {
    this.#length = Math.max(1, slotLimit);
    this.#step = 0;
    this.#start = this.#random.below(this.#length);
    do this.#stride = 1 + this.#random.below(this.#length);
    while (greatestCommonDivisor(this.#stride, this.#length) !== 1);
  }
}

function itself(place: number): number {
  return place;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
