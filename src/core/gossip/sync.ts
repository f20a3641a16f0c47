// Anti-entropy: a digest of hashes there, what is missing on either side back. The cost follows the difference, not the list.

import type { MemberTable } from '../membership/index.ts';

export interface Difference {
  /** Slots of the members that the digest lacks. */
  readonly theyLack: number[];
  /** Hashes of the digest that no living member here has. */
  readonly weLack: Uint32Array;
}

export function digestOf(table: MemberTable): Uint32Array {
  const digest = new Uint32Array(table.confirmedCount);
  let count = 0;
  for (let slot = 0; slot < table.slotLimit; slot++) if (table.isConfirmed(slot)) digest[count++] = table.rowHash(slot);
  return digest;
}

export function compareDigest(table: MemberTable, digest: Uint32Array): Difference {
  const theirs = Uint32Array.from(digest).sort();
  const ours = new Uint32Array(table.confirmedCount);
  const theyLack: number[] = [];
  let count = 0;
  for (let slot = 0; slot < table.slotLimit; slot++) {
    if (!table.isConfirmed(slot)) continue;
    const hash = table.rowHash(slot);
    ours[count++] = hash;
    if (!hasSorted(theirs, hash)) theyLack.push(slot);
  }
  ours.sort();
  return { theyLack, weLack: theirs.filter((hash) => !hasSorted(ours, hash)) };
}

/** Slots of the living members with these hashes. */
export function slotsOfHashes(table: MemberTable, hashes: Uint32Array): number[] {
  const wanted = Uint32Array.from(hashes).sort();
  const slots: number[] = [];
  for (let slot = 0; slot < table.slotLimit; slot++) {
    if (table.isConfirmed(slot) && hasSorted(wanted, table.rowHash(slot))) slots.push(slot);
  }
  return slots;
}

function hasSorted(sorted: Uint32Array, value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && sorted[low] === value;
}
