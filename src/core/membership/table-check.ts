// Counts a table through from the outside: what it says of itself is what its rows say. For tests and the simulator.

import { assert } from '../assert.ts';
import { sameTag } from '../hash.ts';
import { LIMITS } from '../message.ts';
import { ListHash } from './list-hash.ts';
import type { MemberTable } from './table.ts';

/** `ordered`: the slots in the order of freshness; `ownerOf`: whose life a row points to. Throws where something does not fit. */
export function checkTable(table: MemberTable, ordered: readonly number[], ownerOf: (slot: number) => number): void {
  let alive = 0;
  let confirmed = 0;
  let suspect = 0;
  let rows = 0;
  const hash = new ListHash();
  const linked = new Set(ordered);
  const { silent, dead } = table;
  for (let slot = 0; slot < table.slotLimit; slot++) {
    if (!table.has(slot)) {
      assert(!linked.has(slot) && !silent.has(slot) && !dead.has(slot), 'no row, no place');
      continue;
    }
    rows += 1;
    assert(ownerOf(slot) === slot, 'a row has a life of its own member');
    if (table.isAlive(slot)) {
      alive += 1;
      if (table.isConfirmed(slot)) {
        confirmed += 1;
        hash.add(table.rowHash(slot), table.tagOf(slot).hi);
      }
      if (table.isSuspect(slot)) suspect += 1;
      assert(!dead.has(slot), 'the living are not among the dead');
      if (slot !== table.selfSlot) assert(linked.has(slot) !== silent.has(slot), 'the living are in the order or silent');
    } else assert(dead.has(slot) && !linked.has(slot) && !silent.has(slot), 'the dead are in no order');
  }
  assert(
    alive === table.aliveCount && confirmed === table.confirmedCount && suspect === table.suspectCount && rows === table.rowCount,
    'counts match rows',
  );
  assert(sameTag(hash.sum, table.listHash), 'the list hash is the sum of its rows');
  assert(rows <= LIMITS.membersMax, 'the list is bounded');
}
