// A list filled for a test: members of given ages and counters, heard at one instant.

import { at, Directory, type MonotonicMs } from '../../src/core/index.ts';
import { MemberTable } from '../../src/core/membership/index.ts';
import { entryOf, idOf } from './members.ts';

export interface Filled {
  readonly counter: number;
  /** How long ago that counter was emitted. */
  readonly ageMs: number;
  readonly isConfirmed?: boolean;
}

/** Member i of the list has ordinal i + 1; 0 is the owner. */
export function filledTable(members: readonly Filled[], silenceMs: number, now: MonotonicMs): MemberTable {
  const table = new MemberTable(new Directory(), idOf(0), silenceMs, now);
  table.put(entryOf(0), true, now);
  for (const [i, { counter, ageMs, isConfirmed = true }] of members.entries()) {
    table.put(entryOf(i + 1, { counter }), isConfirmed, at(now - ageMs));
  }
  table.advance(now);
  return table;
}
