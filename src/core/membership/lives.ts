// What is told of a life and does not move with its counter: incarnation, upper half of the tag, name, address, meta. A table's
// row knows the place of its life here, four bytes that stand for all of it.
// In a directory of its own a life lies at its member's slot, and the next one takes its place. In a shared one equal lives
// are held once, each at a place that is never another's, so that what a thousand nodes know alike is not held a thousand times.

import { assert } from '../assert.ts';
import { hash32 } from '../hash.ts';
import type { Address, Incarnation } from '../ids.ts';
import type { Facts, Meta } from '../message.ts';
import { grown, grownList, rowsToReserve } from './columns.ts';
import { NONE, SlotIndex } from './slot-index.ts';
import { Zones } from './zones.ts';

/** Most members of a cluster have one of few metas; these are compared with before a new one is kept. */
const RECENT_METAS = 8;

export class Lives {
  readonly #isShared: boolean;
  readonly zones = new Zones();
  // Columns, because an object a life would cost its head, and a name in it as much as one here.
  #incarnation = new Float64Array(0);
  #tagHi = new Uint32Array(0);
  #names: (string | undefined)[] = [];
  #addresses: (Address | undefined)[] = [];
  #metas: (Meta | undefined)[] = [];
  readonly #byName = new SlotIndex((place) => nameKey(this.nameAt(place)));
  readonly #recentMetas: Meta[] = [];
  /** Shared only, from here on. By place: whose life it is, and the place that was taken before it for the same slot. */
  readonly #slots: number[] = [];
  readonly #before: number[] = [];
  /** By slot. */
  readonly #latest: number[] = [];

  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  /** The place where all of this is held, from now on or already. */
  hold(slot: number, incarnation: Incarnation, tagHi: number, facts: Facts): number {
    return this.#isShared ? this.#share(slot, incarnation, tagHi, facts) : this.#replace(slot, incarnation, tagHi, facts);
  }

  /** The slot's life is over and nobody's any more; in a shared directory others may still know it. */
  release(slot: number): void {
    if (this.#isShared || this.#names[slot] === undefined) return;
    this.#byName.remove(nameKey(this.nameAt(slot)), slot);
    this.zones.remove(slot, this.metaAt(slot).zone);
    this.#names[slot] = undefined;
    this.#addresses[slot] = undefined;
    this.#metas[slot] = undefined;
  }

  slotAt(place: number): number {
    return this.#isShared ? this.#slots[place]! : place;
  }

  incarnationAt(place: number): Incarnation {
    return this.#incarnation[place]! as Incarnation; // was one when it was stored
  }

  tagHiAt(place: number): number {
    return this.#tagHi[place]!;
  }

  nameAt(place: number): string {
    return present(this.#names[place]);
  }

  addressAt(place: number): Address {
    return present(this.#addresses[place]);
  }

  metaAt(place: number): Meta {
    return present(this.#metas[place]);
  }

  /** A slot that fits among those of which a life under this name is held; more than once the same, where facts changed. */
  findByName(name: string, fits: (slot: number) => boolean): number {
    const place = this.#byName.find(nameKey(name), (of) => this.nameAt(of) === name && fits(this.slotAt(of)));
    return place === NONE ? NONE : this.slotAt(place);
  }

  #replace(slot: number, incarnation: Incarnation, tagHi: number, facts: Facts): number {
    const isNamed = this.#names[slot] === facts.name;
    if (!isNamed) this.release(slot);
    const zoneBefore = this.#metas[slot]?.zone;
    const { zone } = facts.meta;
    if (zoneBefore !== undefined && zoneBefore !== zone) this.zones.remove(slot, zoneBefore);
    this.#write(slot, incarnation, tagHi, facts);
    if (zoneBefore !== zone) this.zones.add(slot, zone);
    if (!isNamed) this.#byName.add(nameKey(facts.name), slot);
    return slot;
  }

  #share(slot: number, incarnation: Incarnation, tagHi: number, facts: Facts): number {
    let isNamed = false;
    let isPlaced = false;
    for (let place = this.#latest[slot] ?? NONE; place !== NONE; place = this.#before[place]!) {
      if (this.#isAt(place, incarnation, tagHi, facts)) return place;
      isNamed ||= this.#names[place] === facts.name;
      isPlaced ||= this.metaAt(place).zone === facts.meta.zone;
    }
    const place = this.#slots.length;
    this.#slots.push(slot);
    this.#before.push(this.#latest[slot] ?? NONE);
    this.#latest[slot] = place;
    this.#write(place, incarnation, tagHi, facts);
    if (!isNamed) this.#byName.add(nameKey(facts.name), place);
    if (!isPlaced) this.zones.add(slot, facts.meta.zone);
    return place;
  }

  #isAt(place: number, incarnation: Incarnation, tagHi: number, { name, address, meta }: Facts): boolean {
    if (this.#incarnation[place] !== incarnation || this.#tagHi[place] !== tagHi) return false;
    return this.#names[place] === name && this.#addresses[place] === address && sameMeta(this.metaAt(place), meta);
  }

  #write(place: number, incarnation: Incarnation, tagHi: number, { name, address, meta }: Facts): void {
    this.#reach(place);
    this.#incarnation[place] = incarnation;
    this.#tagHi[place] = tagHi;
    this.#names[place] = name;
    this.#addresses[place] = address;
    this.#metas[place] = this.#knownMeta(meta);
  }

  #knownMeta(meta: Meta): Meta {
    for (const recent of this.#recentMetas) if (sameMeta(recent, meta)) return recent;
    if (this.#recentMetas.length === RECENT_METAS) this.#recentMetas.shift();
    this.#recentMetas.push(meta);
    return meta;
  }

  #reach(place: number): void {
    if (place < this.#tagHi.length) return;
    const length = rowsToReserve(this.#tagHi.length, place + 1, 0);
    this.#incarnation = grown(this.#incarnation, new Float64Array(length));
    this.#tagHi = grown(this.#tagHi, new Uint32Array(length));
    this.#names = grownList(this.#names, length);
    this.#addresses = grownList(this.#addresses, length);
    this.#metas = grownList(this.#metas, length);
  }
}

export function sameFacts(a: Facts, b: Facts): boolean {
  return a.name === b.name && a.address === b.address && sameMeta(a.meta, b.meta);
}

function sameMeta(a: Meta, b: Meta): boolean {
  if (a === b) return true;
  if (a.version !== b.version || a.restarts !== b.restarts || a.zone !== b.zone || a.software !== b.software || a.canVote !== b.canVote)
    return false;
  if (a.tags.length !== b.tags.length) return false;
  for (let i = 0; i < a.tags.length; i++) {
    if (a.tags[i]![0] !== b.tags[i]![0] || a.tags[i]![1] !== b.tags[i]![1]) return false;
  }
  return true;
}

function nameKey(name: string): number {
  return hash32(name, 0);
}

function present<T>(value: T | undefined): T {
  assert(value !== undefined, 'a life is held at this place');
  return value;
}
