// Hash → slot, in typed arrays: finds a member by the hash of its id, its tag or its name.
// Several slots may share a key (chance, or two nodes under one name); who must know which is meant asks for `only`.
// The key is kept beside the slot, or told by `keyOf` where it follows from what is kept elsewhere: then it may not change meanwhile.
// Linear probing; places are found by multiplication, so that the arrays can grow by a quarter instead of doubling.

import { assert } from '../assert.ts';

const EMPTY = 0;
const REMOVED = 0xffffffff;
const CAPACITY_MIN = 16;

export const NONE = -1;
export const SEVERAL = -2;

export class SlotIndex {
  readonly #keyOf: ((slot: number) => number) | null;
  /** Empty where `keyOf` tells. */
  #keys: Uint32Array;
  /** slot + 1, or EMPTY, or REMOVED. */
  #slots: Uint32Array;
  #usedCount = 0;
  #liveCount = 0;
  /** Keys of more than one slot: few, so the search for a key may end at its first place. */
  readonly #sharedKeys = new Set<number>();

  constructor(keyOf: ((slot: number) => number) | null = null) {
    this.#keyOf = keyOf;
    this.#keys = new Uint32Array(keyOf === null ? CAPACITY_MIN : 0);
    this.#slots = new Uint32Array(CAPACITY_MIN);
  }

  get size(): number {
    return this.#liveCount;
  }

  /** The one slot under this key, NONE, or SEVERAL. Only where keys are kept: asked for every beat that is heard. */
  only(key: number): number {
    assert(this.#keyOf === null, 'a key that is told is looked for by find');
    const capacity = this.#slots.length;
    for (let i = place(key, capacity); ; i = i + 1 === capacity ? 0 : i + 1) {
      const slot = this.#slots[i]!;
      if (slot === EMPTY) return NONE;
      if (slot !== REMOVED && this.#keys[i] === key) return this.#sharedKeys.size > 0 && this.#sharedKeys.has(key) ? SEVERAL : slot - 1;
    }
  }

  /** The first slot under this key that fits, or NONE. */
  find(key: number, fits: (slot: number) => boolean): number {
    const capacity = this.#slots.length;
    for (let i = place(key, capacity); ; i = i + 1 === capacity ? 0 : i + 1) {
      const slot = this.#slots[i]!;
      if (slot === EMPTY) return NONE;
      if (slot !== REMOVED && this.#keyAt(i) === key && fits(slot - 1)) return slot - 1;
    }
  }

  /** Adding a pair twice is adding it once. */
  add(key: number, slot: number): void {
    let others = 0;
    const isIn = this.find(key, (known) => {
      others += 1;
      return known === slot;
    });
    if (isIn !== NONE) return;
    if (others > 0) this.#sharedKeys.add(key);
    if ((this.#usedCount + 1) * 4 > this.#slots.length * 3) this.#rebuild();
    this.#insert(key, slot + 1);
    this.#liveCount += 1;
  }

  remove(key: number, slot: number): void {
    const capacity = this.#slots.length;
    for (let i = place(key, capacity); this.#slots[i] !== EMPTY; i = i + 1 === capacity ? 0 : i + 1) {
      if (this.#slots[i] === slot + 1 && this.#keyAt(i) === key) {
        this.#slots[i] = REMOVED;
        this.#liveCount -= 1;
        if (this.#sharedKeys.has(key) && this.#countOf(key) === 1) this.#sharedKeys.delete(key);
        return;
      }
    }
  }

  /** Of a place that holds a slot. */
  #keyAt(place: number): number {
    return this.#keyOf === null ? this.#keys[place]! : this.#keyOf(this.#slots[place]! - 1);
  }

  #countOf(key: number): number {
    let count = 0;
    this.find(key, () => {
      count += 1;
      return false;
    });
    return count;
  }

  #insert(key: number, stored: number): void {
    const capacity = this.#slots.length;
    let i = place(key, capacity);
    while (this.#slots[i] !== EMPTY) i = i + 1 === capacity ? 0 : i + 1;
    if (this.#keyOf === null) this.#keys[i] = key;
    this.#slots[i] = stored;
    this.#usedCount += 1;
  }

  #rebuild(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    // At most 3/5 full afterwards; the same size again when most of what is used was removed.
    const capacity = Math.max(CAPACITY_MIN, Math.ceil(((this.#liveCount + 1) * 5) / 3));
    if (this.#keyOf === null) this.#keys = new Uint32Array(capacity);
    this.#slots = new Uint32Array(capacity);
    this.#usedCount = 0;
    for (let i = 0; i < slots.length; i++) {
      const stored = slots[i]!;
      if (stored !== EMPTY && stored !== REMOVED) this.#insert(this.#keyOf === null ? keys[i]! : this.#keyOf(stored - 1), stored);
    }
  }
}

// Fibonacci hashing first: tags are well mixed, but two keys that differ by one must not lie side by side for ever.
function place(key: number, capacity: number): number {
  return Math.floor(((Math.imul(key, 0x9e3779b1) >>> 0) / 4294967296) * capacity);
}
