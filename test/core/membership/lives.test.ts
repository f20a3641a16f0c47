// What is told of lives, held in columns: it comes back as it was given, once for all who know the same, and is found by name.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts, Incarnation } from '../../../src/core/index.ts';
import { Lives } from '../../../src/core/membership/lives.ts';
import { factsOf, metaOf } from '../../support/members.ts';

const FIRST = 1_790_000_000_000 as Incarnation;
const SECOND = (FIRST + 1) as Incarnation;

interface Told {
  readonly slot: number;
  readonly incarnation: Incarnation;
  readonly tagHi: number;
  readonly facts: Facts;
}

const someFacts: fc.Arbitrary<Facts> = fc
  .tuple(fc.nat(1), fc.nat(1), fc.constantFrom('', 'z'), fc.boolean(), fc.nat(2))
  .map(([version, restarts, zone, canVote, tags]) =>
    factsOf(tags, { meta: metaOf({ version, restarts, zone, canVote, tags: tags === 0 ? [] : [['k', String(tags)]] }) }),
  );
const someTold: fc.Arbitrary<Told> = fc.record(
  {
    slot: fc.nat(9),
    incarnation: fc.constantFrom(FIRST, SECOND),
    tagHi: fc.constantFrom(0, 0x80000000, 0xffffffff),
    facts: someFacts,
  },
  { noNullPrototype: true },
);

function hold(lives: Lives, { slot, incarnation, tagHi, facts }: Told): number {
  return lives.hold(slot, incarnation, tagHi, facts);
}

function heldAt(lives: Lives, place: number): Told {
  const facts = { name: lives.nameAt(place), address: lives.addressAt(place), meta: lives.metaAt(place) };
  return { slot: lives.slotAt(place), incarnation: lives.incarnationAt(place), tagHi: lives.tagHiAt(place), facts };
}

/** Once each, in order of slot. */
function slotsNamed(lives: Lives, name: string): number[] {
  const found = new Set<number>();
  lives.findByName(name, (slot) => {
    found.add(slot);
    return false;
  });
  return [...found].sort((a, b) => a - b);
}

describe('lives in a directory of its own', () => {
  test('come back as the last one told of each slot, under its name and no earlier one', () => {
    const someAct = fc.oneof({ weight: 4, arbitrary: someTold }, { weight: 1, arbitrary: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(someAct, { maxLength: 60, size: '+1' }), (acts) => {
        const lives = new Lives(false);
        const held = new Map<number, Told>();
        for (const act of acts) {
          if (typeof act === 'number') {
            lives.release(act);
            held.delete(act);
          } else {
            expect(hold(lives, act)).toBe(act.slot);
            held.set(act.slot, act);
          }
          for (const [slot, told] of held) expect(heldAt(lives, slot)).toStrictEqual(told);
          for (const name of ['n0', 'n1', 'n2']) {
            const bearers = [...held.values()].filter(({ facts }) => facts.name === name).map(({ slot }) => slot);
            expect(slotsNamed(lives, name)).toStrictEqual(bearers.sort((a, b) => a - b));
          }
        }
      }),
    );
  });
});

describe('lives in a shared directory', () => {
  test('are held once each for all who tell the same, and stay as they are for who holds them', () => {
    fc.assert(
      fc.property(fc.array(someTold, { maxLength: 60, size: '+1' }), (tellings) => {
        const lives = new Lives(true);
        const places = new Map<string, number>();
        for (const told of tellings) {
          const place = hold(lives, told);
          lives.release(told.slot);
          expect(place).toBe(places.get(JSON.stringify(told)) ?? places.size);
          places.set(JSON.stringify(told), place);
        }
        for (const told of tellings) expect(heldAt(lives, places.get(JSON.stringify(told))!)).toStrictEqual(told);
        for (const name of ['n0', 'n1', 'n2']) {
          const bearers = new Set(tellings.filter(({ facts }) => facts.name === name).map(({ slot }) => slot));
          expect(slotsNamed(lives, name)).toStrictEqual([...bearers].sort((a, b) => a - b));
        }
      }),
    );
  });

  test('of one name are not looked through one by one, however often that member began anew', () => {
    const lives = new Lives(true);
    for (let life = 0; life < 1000; life++) lives.hold(3, (FIRST + life) as Incarnation, life, factsOf(1));
    let looks = 0;
    lives.findByName('n1', () => ++looks < 0);
    expect(looks).toBe(1);
  });
});

test('metas that are alike are held once', () => {
  const lives = new Lives(false);
  const metaAt = (slot: number, value: string): object =>
    lives.metaAt(lives.hold(slot, FIRST, 1, factsOf(slot, { meta: metaOf({ tags: [['a', value]] }) })));
  const meta = metaAt(1, 'b');
  expect(metaAt(2, 'b')).toBe(meta);
  expect(metaAt(3, 'c')).not.toBe(meta);
});
