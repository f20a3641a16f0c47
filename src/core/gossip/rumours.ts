// News of members that still has to be told in full: who, and how many more times. The order is youngest first.
// Interest is lost by telling and by hearing the same from others; who was missed learns it by anti-entropy.

import type { MemberTable } from '../membership/index.ts';
import type { MemberEntry } from '../message.ts';
import type { MonotonicMs } from '../time.ts';

/** Peers that a rumour goes to each time it is told. */
export const RUMOUR_FAN_OUT = 3;
/** With more rumours than this at once (a mass start), most of the work is left to anti-entropy, which brings each entry once. */
const CROWD = 24;
/** Up to so many members, a newcomer is news for everyone at once. */
const FEW = 16;
const NEWCOMER_TELLINGS = 3;
const MISSES_MAX = 3;
const AGREEMENTS_ENOUGH = 3;

export class Rumours {
  readonly #tellings = new Map<number, number>();
  #agreements = 0;
  #hasNews = false;

  get size(): number {
    return this.#tellings.size;
  }

  /** There is one that has not been told at all. In a crowd none counts as new, or each would have a datagram of its own. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Too many to tell each at once. */
  get isCrowd(): boolean {
    return this.#tellings.size > CROWD;
  }

  add(slot: number, memberCount: number): void {
    const { isCrowd } = this;
    const tellings = isCrowd ? 2 : 2 + Math.ceil(Math.log10(memberCount + 1));
    if (!isCrowd) this.#hasNews = true;
    this.#agreements = 0;
    // Set anew, so that it counts as the youngest.
    this.#tellings.delete(slot);
    this.#tellings.set(slot, tellings);
  }

  /**
   * One more that lives. Nobody waits for that in a large cluster, where many may come at once: it is told with what else there is,
   * and anti-entropy finds who was missed.
   */
  addNewcomer(slot: number, memberCount: number): void {
    if (memberCount <= FEW) return this.add(slot, memberCount);
    this.#agreements = 0;
    this.#tellings.delete(slot);
    this.#tellings.set(slot, this.isCrowd ? 2 : NEWCOMER_TELLINGS);
  }

  /** Somebody who needs it was met: once more is enough. */
  addOnce(slot: number): void {
    if (!this.#tellings.has(slot)) this.#tellings.set(slot, 1);
  }

  drop(slot: number): void {
    this.#tellings.delete(slot);
  }

  heardAgain(slot: number): void {
    this.#spend(slot);
  }

  /** A peer's list has the same hash as ours. Where several in a row agree, the living are known; verdicts are in no hash. */
  heardAgreement(table: MemberTable): void {
    this.#agreements += 1;
    if (this.#agreements < AGREEMENTS_ENOUGH) return;
    for (const slot of this.#tellings.keys()) if (table.isAlive(slot)) this.#tellings.delete(slot);
  }

  /** Entries for one datagram, each counted as told once. */
  take(table: MemberTable, roomBytes: number, now: MonotonicMs): MemberEntry[] {
    const entries: MemberEntry[] = [];
    let bytes = 0;
    let misses = 0;
    this.#hasNews = false;
    for (const slot of [...this.#tellings.keys()].reverse()) {
      if (!table.has(slot)) {
        this.#tellings.delete(slot);
        continue;
      }
      const entry = fitting(table.entryOf(slot, now), roomBytes);
      const cost = entryBytesMax(entry);
      if (bytes + cost > roomBytes) {
        if (cost > roomBytes) this.#tellings.delete(slot);
        // A smaller one may still fit, but not the whole crowd is tried for it.
        misses += 1;
        if (misses === MISSES_MAX) break;
        continue;
      }
      bytes += cost;
      entries.push(entry);
      this.#spend(slot);
    }
    return entries;
  }

  #spend(slot: number): void {
    const left = this.#tellings.get(slot);
    if (left === undefined) return;
    if (left <= 1) this.#tellings.delete(slot);
    else this.#tellings.set(slot, left - 1);
  }
}

/** The entry; without its tags where these do not fit: a stream brings them, because the hashes differ until it did. */
export function fitting(entry: MemberEntry, roomBytes: number): MemberEntry {
  if (entryBytesMax(entry) <= roomBytes) return entry;
  return { ...entry, facts: { ...entry.facts, meta: { ...entry.facts.meta, version: 0, tags: [] } } };
}

/** An upper bound of an entry's bytes on the wire: brackets, ids and numbers in full, texts as long as they are. */
export function entryBytesMax(entry: MemberEntry): number {
  const { name, address, meta } = entry.facts;
  let bytes = ENTRY_FIXED_BYTES + name.length + address.length + utf8Bytes(meta.zone) + utf8Bytes(meta.software);
  for (const [key, value] of meta.tags) bytes += TAG_FIXED_BYTES + utf8Bytes(key) + utf8Bytes(value);
  return bytes;
}

const ENTRY_FIXED_BYTES = 87;
const TAG_FIXED_BYTES = 6;

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Also a surrogate: two make 4 bytes, but one without its other half is written in 3.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return bytes;
}
