// Which slots are in which zone, against lists that are made anew each time.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, Directory } from '../../../src/core/index.ts';
import { MemberTable } from '../../../src/core/membership/index.ts';
import { entryOf, factsOf, idOf, metaOf } from '../../support/members.ts';

const IDS = 5;
const someStep = fc.record({
  ordinal: fc.integer({ min: 1, max: IDS }),
  zone: fc.constantFrom('', 'a', 'b'),
  name: fc.constantFrom('x', 'y'),
  what: fc.constantFrom('put', 'change', 'drop'),
});

function zoned({ directory }: MemberTable): Map<string, number[]> {
  return new Map(directory.lives.zones.all.map(({ name, slots }) => [name, [...slots].sort((a, b) => a - b)]));
}

test('a slot is in the zone of its life alone, and no empty zone is kept', () => {
  fc.assert(
    fc.property(fc.array(someStep, { maxLength: 30 }), (steps) => {
      const table = new MemberTable(new Directory(), idOf(0), 1000, at(0));
      let incarnation = 1;
      for (const { ordinal, zone, name, what } of steps) {
        const slot = table.slotOf(idOf(ordinal));
        const facts = factsOf(ordinal, { name, meta: metaOf({ zone }) });
        if (what === 'put') table.put(entryOf(ordinal, { incarnation: incarnation++, facts }), true, at(0));
        else if (slot >= 0 && what === 'change') table.setFacts(slot, facts);
        else if (slot >= 0) table.drop(slot);
      }
      const expected = new Map<string, number[]>();
      for (let slot = 0; slot < table.slotLimit; slot++) {
        if (!table.has(slot)) continue;
        const { zone } = table.factsOf(slot).meta;
        expected.set(zone, [...(expected.get(zone) ?? []), slot]);
      }
      expect(zoned(table)).toEqual(expected);
    }),
  );
});

test('in a directory that several share, a slot is found in each zone that anybody knows it in', () => {
  const directory = new Directory({ isShared: true });
  const tables = [0, 1].map((owner) => new MemberTable(directory, idOf(owner), 1000, at(0)));
  for (const [i, zone] of ['a', 'b', 'a'].entries())
    tables[i % 2]!.put(entryOf(7, { incarnation: 1 + i, facts: factsOf(7, { meta: metaOf({ zone }) }) }), true, at(0));
  const slot = directory.slotOf(idOf(7));
  expect(zoned(tables[0]!)).toEqual(
    new Map([
      ['a', [slot]],
      ['b', [slot]],
    ]),
  );
});

test('the rank of a member is the same in every directory, and not in the order of ids', () => {
  const [one, other] = [new Directory(), new Directory()];
  const ids = Array.from({ length: 40 }, (_, i) => idOf(i));
  for (const id of ids) one.intern(id);
  for (const id of [...ids].reverse()) other.intern(id);
  const ranks = ids.map((id) => one.rankOf(one.slotOf(id)));
  expect(ids.map((id) => other.rankOf(other.slotOf(id)))).toEqual(ranks);
  expect([...ranks].sort((a, b) => a - b)).not.toEqual(ranks);
});
