// Who has ever been heard of: ids and slots, and the ways to a slot.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Directory, type NodeId } from '../../../src/core/index.ts';
import { idOf } from '../../support/members.ts';

const someId: fc.Arbitrary<NodeId> = fc
  .array(fc.constantFrom('00000000', '00000001', 'ffffffff', '80000000', '7fffffff'), { minLength: 4, maxLength: 4 })
  .map((words) => words.join('') as NodeId);

describe('ids', () => {
  test('have one slot each, and are read back from it', () => {
    fc.assert(
      fc.property(fc.array(someId, { maxLength: 60, size: '+1' }), fc.boolean(), (ids, isShared) => {
        const directory = new Directory({ isShared });
        const slots = new Map<NodeId, number>();
        for (const id of ids) {
          const slot = directory.intern(id);
          expect(slot).toBe(slots.get(id) ?? slots.size);
          slots.set(id, slot);
        }
        for (const [id, slot] of slots) {
          expect(directory.slotOf(id)).toBe(slot);
          expect(directory.idAt(slot)).toBe(id);
        }
        expect(directory.slotCount).toBe(slots.size);
      }),
    );
  });

  test('are ordered as their texts are', () => {
    fc.assert(
      fc.property(someId, someId, (a, b) => {
        const directory = new Directory();
        expect(Math.sign(directory.compareIds(directory.intern(a), directory.intern(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test('give their slot to the next when released, unless the directory is shared', () => {
    const own = new Directory();
    const shared = new Directory({ isShared: true });
    for (const directory of [own, shared]) {
      directory.intern(idOf(1));
      directory.release(directory.intern(idOf(2)));
    }
    expect([own.slotOf(idOf(2)), own.intern(idOf(3)), own.idAt(1)]).toStrictEqual([-1, 1, idOf(3)]);
    expect([shared.slotOf(idOf(2)), shared.intern(idOf(3)), shared.idAt(1)]).toStrictEqual([1, 2, idOf(2)]);
  });
});

describe('a tag', () => {
  test('leads to its slot, and to none when two members share its low half', () => {
    const directory = new Directory();
    directory.addTag(7, 1);
    expect(directory.slotOfTag(7)).toBe(1);
    directory.addTag(7, 2);
    expect(directory.slotOfTag(7)).toBeLessThan(0);
    directory.removeTag(7, 1);
    expect(directory.slotOfTag(7)).toBe(2);
  });
});
