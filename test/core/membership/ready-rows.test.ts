// A list that is handed over ready: it must not be told apart from one whose members were all heard at that instant.

import { describe, expect, test } from 'vitest';
import { at, Directory, readyRows } from '../../../src/core/index.ts';
import { MemberTable } from '../../../src/core/membership/index.ts';
import { entryOf, idOf } from '../../support/members.ts';

const SILENCE_MS = 2_475;
const COUNT = 9;
const NOW = at(50_000);

function counterOf(ordinal: number): number {
  return 100 + 7 * ordinal;
}

/** Each knows itself, on one directory. */
function tables(directory: Directory): MemberTable[] {
  return Array.from({ length: COUNT }, (_, ordinal) => {
    const table = new MemberTable(directory, idOf(ordinal), SILENCE_MS, at(1_000));
    table.put(entryOf(ordinal, { counter: counterOf(ordinal) }), true, at(1_000));
    table.advance(NOW);
    return table;
  });
}

describe('a ready list', () => {
  test('is the one that hearing each member at that instant would have made', () => {
    const directory = new Directory({ isShared: true });
    const adopting = tables(directory);
    const rows = readyRows(adopting);
    for (const table of adopting) table.adopt(rows, NOW);
    const hearing = tables(directory);
    for (const [self, table] of hearing.entries()) {
      for (let ordinal = 0; ordinal < COUNT; ordinal++) {
        if (ordinal !== self) table.confirm(table.put(entryOf(ordinal, { counter: counterOf(ordinal) }), false, NOW));
      }
      const adopted = adopting[self]!;
      adopted.checkInvariants();
      expect(adopted.listHash).toEqual(table.listHash);
      expect([adopted.rowCount, adopted.aliveCount, adopted.confirmedCount]).toEqual([COUNT, COUNT, COUNT]);
      for (let ordinal = 0; ordinal < COUNT; ordinal++) {
        const slot = table.slotOf(idOf(ordinal));
        expect(adopted.accountOf(slot)).toEqual(table.accountOf(slot));
        expect(adopted.freshAt(slot)).toBe(table.freshAt(slot));
        expect(adopted.slotOfTag(table.tagOf(slot))).toBe(slot);
      }
    }
  });

  test('is heard on from there: a higher counter is news, silence is found', () => {
    const adopting = tables(new Directory({ isShared: true }));
    const [first] = adopting;
    first!.adopt(readyRows(adopting), NOW);
    const slot = first!.slotOf(idOf(3));
    expect(first!.hearCounter(slot, counterOf(3), at(NOW + 10))).toBe(false);
    first!.advance(at(NOW + 3_000));
    expect(first!.hearCounter(slot, counterOf(3) + 300, at(NOW + 3_000))).toBe(true);
    expect(first!.silent.size).toBe(COUNT - 2);
    expect(first!.silent.has(slot)).toBe(false);
  });

  test('is refused by who knows somebody already, or has a directory of its own', () => {
    const adopting = tables(new Directory({ isShared: true }));
    const rows = readyRows(adopting);
    adopting[0]!.adopt(rows, NOW);
    expect(() => adopting[0]!.adopt(rows, NOW)).toThrow('a ready list is for who knows nobody yet');
    const alone = new MemberTable(new Directory(), idOf(0), SILENCE_MS, NOW);
    alone.put(entryOf(0), true, NOW);
    expect(() => alone.adopt(rows, NOW)).toThrow('a ready list is for who knows nobody yet');
  });
});
