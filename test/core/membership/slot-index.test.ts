// The index from hashes to slots against a plain set of pairs, with keys that collide and slots that come and go.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE, SEVERAL, SlotIndex } from '../../../src/core/membership/slot-index.ts';

const key = fc.constantFrom(0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);
const slot = fc.nat(12);
const change = fc.record({ isAdd: fc.boolean(), key, slot });

function expectSame(index: SlotIndex, pairs: ReadonlySet<string>): void {
  expect(index.size).toBe(pairs.size);
  for (const at of [0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 77]) {
    const slots = [...pairs].map((pair) => pair.split(' ').map(Number)).filter(([of]) => of === at);
    const found: number[] = [];
    expect(
      index.find(at, (candidate) => {
        found.push(candidate);
        return false;
      }),
    ).toBe(NONE);
    expect(found.sort((a, b) => a - b)).toStrictEqual(slots.map(([, of]) => of!).sort((a, b) => a - b));
    expect(index.only(at)).toBe(slots.length === 0 ? NONE : slots.length > 1 ? SEVERAL : slots[0]![1]);
    for (const [, of] of slots) expect(index.find(at, (candidate) => candidate === of)).toBe(of);
  }
}

describe('an index of slots', () => {
  test('holds exactly the pairs that were added and not removed, in any order of changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120, size: '+1' }), (changes) => {
        const index = new SlotIndex();
        const pairs = new Set<string>();
        for (const { isAdd, key: of, slot: at } of changes) {
          if (isAdd) {
            index.add(of, at);
            pairs.add(`${of} ${at}`);
          } else {
            index.remove(of, at);
            pairs.delete(`${of} ${at}`);
          }
        }
        expectSame(index, pairs);
      }),
      { numRuns: 500 },
    );
  });

  test('finds each of ten thousand after as many others came and went', () => {
    const index = new SlotIndex();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10_000; i++) index.add(Math.imul(i, 2_654_435_761 + round) >>> 0, i);
      if (round < 2) for (let i = 0; i < 10_000; i++) index.remove(Math.imul(i, 2_654_435_761 + round) >>> 0, i);
    }
    expect(index.size).toBe(10_000);
    for (let i = 0; i < 10_000; i++) expect(index.find(Math.imul(i, 2_654_435_763) >>> 0, (of) => of === i)).toBe(i);
  });

  test('needs no keys of its own where they follow from the slot', () => {
    const keyOf = (of: number): number => of % 4;
    fc.assert(
      fc.property(fc.array(fc.record({ isAdd: fc.boolean(), slot }), { maxLength: 120, size: '+1' }), (changes) => {
        const index = new SlotIndex(keyOf);
        const slots = new Set<number>();
        for (const { isAdd, slot: at } of changes) {
          if (isAdd) {
            index.add(keyOf(at), at);
            slots.add(at);
          } else {
            index.remove(keyOf(at), at);
            slots.delete(at);
          }
        }
        expect(index.size).toBe(slots.size);
        for (let of = 0; of < 5; of++) {
          const found: number[] = [];
          index.find(of, (candidate) => found.push(candidate) < 0);
          expect(found.sort((a, b) => a - b)).toStrictEqual([...slots].filter((at) => keyOf(at) === of).sort((a, b) => a - b));
        }
      }),
    );
  });
});
