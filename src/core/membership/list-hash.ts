// Whether two lists hold the same, told by eight bytes: a sum over their rows, kept as rows come and go, whatever the order.

import { mix32, type Tag } from '../hash.ts';

export class ListHash {
  #lo = 0;
  #hi = 0;

  get sum(): Tag {
    return { lo: this.#lo, hi: this.#hi };
  }

  /** The other half of the row's tag, so that one half alone never decides. */
  add(row: number, tagHi: number): void {
    this.#lo = (this.#lo + row) >>> 0;
    this.#hi = (this.#hi + mix32(row ^ tagHi)) >>> 0;
  }

  subtract(row: number, tagHi: number): void {
    this.#lo = (this.#lo - row) >>> 0;
    this.#hi = (this.#hi - mix32(row ^ tagHi)) >>> 0;
  }
}
