// What a list believes of what it hears: lists that heard the same hold the same, in whatever order it came and however
// often; and nobody's word moves what it must not.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, Directory, type MemberEntry, Outbox, PROFILES } from '../../../src/core/index.ts';
import { INCARNATION_LEAP_MAX } from '../../../src/core/membership/index.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { entryOf, idOf, someEntryOf } from '../../support/members.ts';
import { type Believed, naiveList } from '../../support/naive-merge.ts';

const NOW = at(1_000_000);
const IDS = 3;

function newRoster(): { roster: Roster; refusals: string[]; outbox: Outbox } {
  const refusals: string[] = [];
  const outbox = new Outbox();
  const roster = new Roster(new Directory(), idOf(0), PROFILES.lan, NOW, (reason) => refusals.push(reason));
  roster.putSelf(entryOf(0), NOW, outbox);
  return { roster, refusals, outbox };
}

function hearAll(entries: readonly MemberEntry[]): Roster {
  const { roster, outbox } = newRoster();
  for (const entry of entries) {
    roster.believe(entry, 'relay', NOW, outbox);
    roster.checkInvariants();
  }
  return roster;
}

/** What a list holds of the others, as values; the dead with the instant of their verdict. */
function holdings({ table }: Roster): Map<string, Believed & { readonly since: number | null }> {
  const held = new Map<string, Believed & { readonly since: number | null }>();
  for (let ordinal = 1; ordinal <= IDS; ordinal++) {
    const slot = table.slotOf(idOf(ordinal));
    if (slot < 0) continue;
    const since = table.isAlive(slot) ? null : table.sinceOf(slot);
    held.set(idOf(ordinal), { ...table.accountOf(slot), since });
  }
  return held;
}

const someEntries = fc.array(someEntryOf(IDS), { maxLength: 12 });

/** The same entries in another order, some of them more than once. */
const heardTwice = someEntries.chain((entries) =>
  fc.tuple(
    fc.constant(entries),
    fc
      .array(fc.nat(Math.max(0, entries.length - 1)), { maxLength: entries.length === 0 ? 0 : 8 })
      .chain((repeats) =>
        fc.shuffledSubarray([...entries, ...repeats.map((i) => entries[i]!)], { minLength: entries.length + repeats.length }),
      ),
  ),
);

describe('lists that heard the same', () => {
  test('hold the same of everyone, in whatever order and however often they heard it', () => {
    fc.assert(
      fc.property(heardTwice, ([entries, again]) => {
        expect(holdings(hearAll(again))).toStrictEqual(holdings(hearAll(entries)));
      }),
      {
        numRuns: 2000,
        examples: [
          // The facts and the last counter of the dead were once kept as they stood when the verdict came.
          [
            [
              [entryOf(1, { state: 'failed' }), entryOf(1, { counter: 9 })],
              [entryOf(1, { counter: 9 }), entryOf(1, { state: 'failed' })],
            ],
          ],
        ],
      },
    );
  });

  test('hold what the naive list holds', () => {
    fc.assert(
      fc.property(someEntries, (entries) => {
        const held = new Map([...holdings(hearAll(entries))].map(([id, { since: _, ...account }]) => [id, account]));
        expect(held).toStrictEqual(new Map([...naiveList(entries)].sort(([a], [b]) => (a < b ? -1 : 1))));
      }),
      { numRuns: 2000 },
    );
  });

  test('have equal list hashes when the same members are confirmed', () => {
    fc.assert(
      fc.property(heardTwice, ([entries, again]) => {
        const [one, other] = [hearAll(entries).table, hearAll(again).table];
        const confirmed = (table: typeof one): string =>
          [1, 2, 3].filter((ordinal) => table.isConfirmed(table.slotOf(idOf(ordinal)))).join();
        fc.pre(confirmed(one) === confirmed(other));
        expect(one.listHash).toStrictEqual(other.listHash);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an incarnation', () => {
  test('that leaps by more than 2^32 is refused, counted, and changes nothing', () => {
    const { roster, refusals, outbox } = newRoster();
    roster.believe(entryOf(1, { incarnation: 5 }), 'itself', NOW, outbox);
    const before = holdings(roster);
    expect(roster.believe(entryOf(1, { incarnation: 5 + INCARNATION_LEAP_MAX + 1 }), 'itself', NOW, outbox)).toBe('refused');
    expect(holdings(roster)).toStrictEqual(before);
    expect(refusals).toStrictEqual(['absurd-incarnation']);
  });

  test('that leaps by 2^32 exactly is taken', () => {
    const { roster, outbox } = newRoster();
    roster.believe(entryOf(1, { incarnation: 5 }), 'itself', NOW, outbox);
    expect(roster.believe(entryOf(1, { incarnation: 5 + INCARNATION_LEAP_MAX }), 'relay', NOW, outbox)).toBe('taken');
    expect(roster.table.incarnationOf(roster.table.slotOf(idOf(1)))).toBe(5 + INCARNATION_LEAP_MAX);
  });

  test('of oneself that leaps that far is refused too', () => {
    const { roster, outbox } = newRoster();
    expect(roster.believe(entryOf(0, { incarnation: 2 + INCARNATION_LEAP_MAX }), 'relay', NOW, outbox)).toBe('refused');
  });
});

describe('what is told of oneself', () => {
  test('never changes the own row', () => {
    fc.assert(
      fc.property(fc.array(someEntryOf(1), { maxLength: 8 }), (entries) => {
        const { roster, outbox } = newRoster();
        const before = roster.table.entryOf(roster.table.selfSlot, NOW);
        for (const entry of entries) roster.believe({ ...entry, id: idOf(0) }, 'relay', NOW, outbox);
        expect(roster.table.entryOf(roster.table.selfSlot, NOW)).toStrictEqual(before);
      }),
    );
  });

  test.each([
    ['a higher life', entryOf(0, { incarnation: 2 }), 'self-superseded'],
    ['this incarnation under a higher tag', entryOf(0, { tag: { lo: 0, hi: 0xffff } }), 'self-superseded'],
    ['this incarnation under a lower tag', entryOf(0, { tag: { lo: 0, hi: 0 } }), 'taken'],
    ['a lower life', entryOf(0, { incarnation: 0 }), 'taken'],
    ['the end of this life', entryOf(0, { state: 'failed' }), 'self-ended'],
    ['the end of a lower life', entryOf(0, { incarnation: 0, state: 'failed' }), 'taken'],
  ] as const)('%s is known for what it is', (_title, entry, belief) => {
    const { roster, outbox } = newRoster();
    expect(roster.believe(entry, 'relay', NOW, outbox)).toBe(belief);
  });
});

test('a dead member is heard no more: its counters and its own word change nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom('failed', 'stopped', 'left'), fc.array(fc.nat(10_000), { maxLength: 6 }), (state, counters) => {
      const { roster, outbox } = newRoster();
      roster.believe(entryOf(1), 'itself', NOW, outbox);
      roster.believe(entryOf(1, { state }), 'relay', NOW, outbox);
      const slot = roster.table.slotOf(idOf(1));
      for (const counter of counters) {
        expect(roster.hearDirect(slot, counter, NOW, outbox)).toBe(false);
        roster.hearBeats({ count: 1, tagLo: Uint32Array.of(entryOf(1).tag.lo), counter: Float64Array.of(counter) }, NOW, outbox);
        expect(roster.believe(entryOf(1, { counter }), 'itself', NOW, outbox)).toBe('teller-behind');
      }
      expect(roster.table.stateOf(slot)).toBe(state);
      roster.checkInvariants();
    }),
  );
});

test('an old verdict about someone never heard of is not kept, a young one is', () => {
  const oldest = 2 * PROFILES.lan.failMs;
  const { roster, outbox } = newRoster();
  roster.believe(entryOf(1, { state: 'failed', stateAgeMs: oldest + 1 }), 'relay', NOW, outbox);
  roster.believe(entryOf(2, { state: 'failed', stateAgeMs: oldest }), 'relay', NOW, outbox);
  expect(roster.table.slotOf(idOf(1))).toBe(-1);
  expect(roster.table.stateOf(roster.table.slotOf(idOf(2)))).toBe('failed');
});
