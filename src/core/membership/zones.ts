// Who is in which zone, as slots: a member of a large zone, or of some other, is found without a scan.
// In a directory of its own each slot is in the zone of its life. In a shared one a slot stays in every zone that anybody ever knew it
// in, so whoever takes one from here asks its own list again.

import { assert } from '../assert.ts';

export interface Zone {
  readonly name: string;
  readonly slots: readonly number[];
}

interface Kept extends Zone {
  readonly slots: number[];
  /** In `all`. */
  place: number;
}

export class Zones {
  readonly #all: Kept[] = [];
  readonly #byName = new Map<string, Kept>();
  /** By slot, its place in its zone. */
  readonly #places: number[] = [];

  /** None is empty; in no order. */
  get all(): readonly Zone[] {
    return this.#all;
  }

  of(name: string): Zone | null {
    return this.#byName.get(name) ?? null;
  }

  add(slot: number, name: string): void {
    let zone = this.#byName.get(name);
    if (zone === undefined) {
      zone = { name, slots: [], place: this.#all.length };
      this.#all.push(zone);
      this.#byName.set(name, zone);
    }
    this.#places[slot] = zone.slots.length;
    zone.slots.push(slot);
  }

  /** Only where each slot is in one zone. */
  remove(slot: number, name: string): void {
    const zone = this.#byName.get(name);
    const place = this.#places[slot];
    assert(zone !== undefined && place !== undefined && zone.slots[place] === slot, 'a slot is removed from its zone');
    const last = zone.slots.pop()!;
    if (last !== slot) {
      zone.slots[place] = last;
      this.#places[last] = place;
    }
    if (zone.slots.length > 0) return;
    this.#byName.delete(name);
    const lastZone = this.#all.pop()!;
    if (lastZone === zone) return;
    this.#all[zone.place] = lastZone;
    lastZone.place = zone.place;
  }
}
