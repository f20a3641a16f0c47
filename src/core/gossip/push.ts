// What a round's push says of counters, and to how many it goes.
// A list that fits goes whole. A longer one goes freshest first in 3/4 of the room, because new counters are what others
// lack, and by a rotating cursor in 1/4, so that nobody is left out.

import type { MemberTable } from '../membership/index.ts';
import type { Beats } from '../message.ts';

/** The short index alone. */
const TAG_BYTES = 4;

export class BeatPacker {
  #tagLo = new Uint32Array(256);
  #counter = new Float64Array(256);
  #slots = new Uint32Array(256);
  /** A bit a slot: told in this push already, so that the cursor repeats nobody. */
  #told = new Uint8Array(0);
  #cursor = 0;
  #bytes = 0;
  #last = 0;
  #count = 0;

  /** The arrays of the answer are used again by the next call. */
  pack(table: MemberTable, ownCounter: number, roomBytes: number): Beats {
    const listed = table.aliveCount - 1 - table.silent.size;
    // 5 bytes is the least an entry can take, so no more slots than this are ever of use.
    const limit = Math.min(listed, Math.floor(roomBytes / (TAG_BYTES + 1)));
    if (this.#slots.length < limit) this.#slots = new Uint32Array(limit);
    const found = table.freshest(this.#slots, limit);
    this.#begin(ownCounter);
    const isWhole = this.#estimate(listed) <= roomBytes && this.#addFreshest(table, found, roomBytes);
    if (!isWhole) {
      this.#begin(ownCounter);
      this.#forgetTold(table.slotLimit);
      this.#addFreshest(table, found, roomBytes * 0.75);
      this.#rotate(table, roomBytes);
    }
    return { count: this.#count, tagLo: this.#tagLo, counter: this.#counter };
  }

  #begin(ownCounter: number): void {
    this.#bytes = 0;
    this.#last = ownCounter;
    this.#count = 0;
  }

  /** True when all of them had room. */
  #addFreshest(table: MemberTable, found: number, roomBytes: number): boolean {
    for (let i = 0; i < found; i++) {
      const slot = this.#slots[i]!;
      if (!table.isConfirmed(slot)) continue;
      if (!this.#add(table, slot, roomBytes)) return false;
      this.#told[slot >>> 3]! |= 1 << (slot & 7);
    }
    return true;
  }

  #rotate(table: MemberTable, roomBytes: number): void {
    for (let visits = table.slotLimit; visits > 0; visits--) {
      if (this.#cursor >= table.slotLimit) this.#cursor = 0;
      const slot = this.#cursor;
      const isDue = slot !== table.selfSlot && table.isConfirmed(slot) && (this.#told[slot >>> 3]! & (1 << (slot & 7))) === 0;
      if (isDue && !table.silent.has(slot) && !this.#add(table, slot, roomBytes)) return;
      this.#cursor += 1;
    }
  }

  #forgetTold(slotLimit: number): void {
    const bytes = (slotLimit + 7) >>> 3;
    if (this.#told.length < bytes) this.#told = new Uint8Array(bytes);
    else this.#told.fill(0);
  }

  #add(table: MemberTable, slot: number, roomBytes: number): boolean {
    const counter = table.counterOf(slot);
    const cost = TAG_BYTES + differenceBytes(counter - this.#last);
    if (this.#bytes + cost > roomBytes) return false;
    if (this.#count === this.#tagLo.length) {
      const tagLo = new Uint32Array(this.#count * 2);
      tagLo.set(this.#tagLo);
      this.#tagLo = tagLo;
      const counters = new Float64Array(this.#count * 2);
      counters.set(this.#counter);
      this.#counter = counters;
    }
    this.#tagLo[this.#count] = table.tagLoOf(slot);
    this.#counter[this.#count] = counter;
    this.#count += 1;
    this.#bytes += cost;
    this.#last = counter;
    return true;
  }

  // Members that started within minutes of each other differ by two or three bytes; more only makes the list go in parts.
  #estimate(listed: number): number {
    return listed * (TAG_BYTES + 3);
  }
}

/** Bytes that a counter's difference to the one before it takes on the wire: a sign and groups of seven bits. */
export function differenceBytes(difference: number): number {
  let value = difference < 0 ? -difference * 2 + 1 : difference * 2;
  let bytes = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    bytes += 1;
  }
  return bytes;
}

/**
 * How many peers a round's push goes to, so that a counter reaches everyone before silence is asked about: an epidemic
 * needs log(n)/log(f+1) rounds to take off and about 6/f more until one in four hundred has not heard it (e^-6); those few
 * are asked directly (see `judge`), so that a false verdict needs more than bad luck.
 */
export function fanOut(peerCount: number, shareTold: number, roundsUntilSilent: number): number {
  for (let peers = 3; peers < FAN_OUT_MAX; peers++) {
    const rounds = Math.log(peerCount + 1) / Math.log(peers + 1) + 6 / (peers * shareTold);
    if (rounds <= roundsUntilSilent) return Math.min(peers, peerCount);
  }
  return Math.min(FAN_OUT_MAX, peerCount);
}

const FAN_OUT_MAX = 12;
