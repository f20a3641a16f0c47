// Who has ever been heard of: ids and slots, the ways to a slot, and what is held once for many.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Directory, type NodeId } from '../../../src/core/index.ts';
import { factsOf, idOf, metaOf } from '../../support/members.ts';

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

describe('facts', () => {
  test('of one slot are held once by all lists over a shared directory', () => {
    const directory = new Directory({ isShared: true });
    const held = directory.hold(3, factsOf(1), 9);
    expect(directory.hold(3, factsOf(1), 9)).toBe(held);
    expect(directory.hold(3, factsOf(1), 8)).not.toBe(held);
    expect(directory.hold(3, factsOf(1, { meta: metaOf({ version: 1 }) }), 8)).toStrictEqual({
      ...factsOf(1, { meta: metaOf({ version: 1 }) }),
      tagHi: 8,
    });
  });

  test('share their meta with others that have it alike', () => {
    const directory = new Directory();
    const meta = directory.hold(1, factsOf(1, { meta: metaOf({ tags: [['a', 'b']] }) }), 1).meta;
    expect(directory.hold(2, factsOf(2, { meta: metaOf({ tags: [['a', 'b']] }) }), 2).meta).toBe(meta);
    expect(directory.hold(3, factsOf(3, { meta: metaOf({ tags: [['a', 'c']] }) }), 3).meta).not.toBe(meta);
  });

  test('come back as they were given, whatever was held before', () => {
    const someFacts = fc
      .tuple(fc.nat(1), fc.nat(1), fc.constantFrom('', 'z'), fc.boolean(), fc.nat(2))
      .map(([version, restarts, zone, canVote, tags]) =>
        factsOf(tags, { meta: metaOf({ version, restarts, zone, canVote, tags: tags === 0 ? [] : [['k', String(tags)]] }) }),
      );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), someFacts, fc.nat(1)), { maxLength: 40 }), fc.boolean(), (holdings, isShared) => {
        const directory = new Directory({ isShared });
        for (const [slot, facts, tagHi] of holdings) expect(directory.hold(slot, facts, tagHi)).toStrictEqual({ ...facts, tagHi });
      }),
    );
  });
});

test('a name leads to all who bear it', () => {
  const directory = new Directory();
  for (const slot of [4, 5, 6]) directory.addName('web', slot);
  directory.removeName('web', 5);
  const found: number[] = [];
  directory.findByName('web', (slot) => found.push(slot) < 0);
  expect(found.sort()).toStrictEqual([4, 6]);
  expect(directory.findByName('db', () => true)).toBe(-1);
});
