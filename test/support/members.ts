// Members for tests of the core: built with defaults, or arbitrary ones of a world so small that ids, lives, tags, states,
// counters and versions collide all the time.

import * as fc from 'fast-check';
import {
  type Address,
  type Facts,
  type Incarnation,
  MEMBER_STATES,
  type MemberEntry,
  type MemberState,
  type Meta,
  type NodeId,
  type Tag,
} from '../../src/core/index.ts';

export function idOf(ordinal: number): NodeId {
  return (ordinal + 1).toString(16).padStart(32, '0') as NodeId;
}

export function addressOf(ordinal: number): Address {
  return `10.0.${ordinal >> 8}.${ordinal & 255}:7946` as Address;
}

/** Different for every (member, incarnation), as the hash of the four is in all likelihood. */
export function plainTag(ordinal: number, incarnation: number): Tag {
  return { lo: (ordinal + 1) * 1000 + incarnation, hi: (ordinal + 1) * 7 + incarnation };
}

export function metaOf(change: Partial<Meta> = {}): Meta {
  return { version: 0, restarts: 0, zone: '', software: '0.1.0', canVote: true, tags: [], ...change };
}

export function factsOf(ordinal: number, change: Partial<Facts> = {}): Facts {
  return { name: `n${ordinal}`, address: addressOf(ordinal), meta: metaOf(), ...change };
}

export function entryOf(
  ordinal: number,
  change: Partial<Omit<MemberEntry, 'incarnation'>> & { readonly incarnation?: number } = {},
): MemberEntry {
  const { incarnation = 1, ...rest } = change;
  return {
    id: idOf(ordinal),
    incarnation: incarnation as Incarnation,
    tag: plainTag(ordinal, incarnation),
    counter: 1,
    state: 'alive',
    stateAgeMs: 0,
    facts: factsOf(ordinal),
    ...rest,
  };
}

const someTag: fc.Arbitrary<Tag> = fc.constantFrom(
  { lo: 1, hi: 1 },
  { lo: 2, hi: 1 },
  { lo: 1, hi: 2 },
  { lo: 0xffffffff, hi: 0xffffffff },
);

/** Versions with which differing facts come, too: nobody honest sends them, yet all are to agree. */
export const someFacts: fc.Arbitrary<Facts> = fc
  .tuple(fc.nat(2), fc.constantFrom('a', 'b'), fc.nat(1), fc.constantFrom('', 'z'))
  .map(([version, name, host, zone]) => ({ name, address: addressOf(host), meta: metaOf({ version, zone }) }));

export const someState: fc.Arbitrary<MemberState> = fc.constantFrom(...MEMBER_STATES);

/** Entries about `ids` members from ordinal 1 on (0 is the observer itself). */
export function someEntryOf(ids: number): fc.Arbitrary<MemberEntry> {
  return fc
    .record(
      {
        ordinal: fc.integer({ min: 1, max: ids }),
        incarnation: fc.integer({ min: 1, max: 3 }),
        tag: someTag,
        counter: fc.nat(4),
        state: someState,
        ageMs: fc.nat(3),
        facts: someFacts,
      },
      { noNullPrototype: true },
    )
    .map(({ ordinal, ageMs, ...rest }) => entryOf(ordinal, { ...rest, stateAgeMs: rest.state === 'alive' ? 0 : ageMs }));
}
