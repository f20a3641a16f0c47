// The list of a cluster that has stood for long, in columns, to be handed to all its members at once. For the simulator alone:
// ten thousand joins, one after the other, would take longer than what is to be measured.

import { assert } from '../assert.ts';
import type { MemberTable } from './table.ts';

export interface ReadyRows {
  readonly slots: Uint32Array;
  /** Places of their lives in the shared directory. */
  readonly lives: Uint32Array;
  readonly tagsLo: Uint32Array;
  readonly counters: Float64Array;
}

/** Everyone by their own account: the row that each table has of its owner. */
export function readyRows(tables: readonly MemberTable[]): ReadyRows {
  const rows = {
    slots: new Uint32Array(tables.length),
    lives: new Uint32Array(tables.length),
    tagsLo: new Uint32Array(tables.length),
    counters: new Float64Array(tables.length),
  };
  for (const [i, table] of tables.entries()) {
    const { selfSlot } = table;
    assert(table.isConfirmed(selfSlot), 'who is to be known has begun its life');
    rows.slots[i] = selfSlot;
    rows.lives[i] = table.lifeOf(selfSlot);
    rows.tagsLo[i] = table.tagLoOf(selfSlot);
    rows.counters[i] = table.counterOf(selfSlot);
  }
  return rows;
}
