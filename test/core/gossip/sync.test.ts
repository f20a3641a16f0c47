// Anti-entropy against plain sets: after each side gave what the other lacked, the lists are equal, and nothing else was sent.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDigest, digestOf, slotsOfHashes } from '../../../src/core/gossip/index.ts';
import { at, Directory, type MemberEntry } from '../../../src/core/index.ts';
import { MemberTable } from '../../../src/core/membership/index.ts';
import { entryOf, factsOf, idOf, metaOf } from '../../support/members.ts';

const NOW = at(1000);

interface Held {
  readonly ordinal: number;
  readonly version: number;
  readonly kind: 'confirmed' | 'hearsay' | 'dead';
}

const someHeld: fc.Arbitrary<Held[]> = fc.uniqueArray(
  fc.record({
    ordinal: fc.integer({ min: 1, max: 30 }),
    version: fc.nat(2),
    kind: fc.constantFrom('confirmed', 'confirmed', 'confirmed', 'hearsay', 'dead'),
  }),
  { selector: ({ ordinal }) => ordinal, maxLength: 30, size: '+1' },
);

function tableOf(held: readonly Held[]): MemberTable {
  const table = new MemberTable(new Directory(), idOf(0), 2_475, NOW);
  for (const { ordinal, version, kind } of held) {
    const entry = entryOf(ordinal, { state: kind === 'dead' ? 'failed' : 'alive', facts: factsOf(ordinal, { meta: metaOf({ version }) }) });
    table.put(entry, kind === 'confirmed', NOW);
  }
  return table;
}

/** What a digest is about: the confirmed living, each with the version of its facts. */
function names(held: readonly Held[]): Set<string> {
  return new Set(held.filter(({ kind }) => kind === 'confirmed').map(({ ordinal, version }) => `${idOf(ordinal)} ${version}`));
}

function nameOf(table: MemberTable, slot: number): string {
  return `${table.directory.idAt(slot)} ${table.factsOf(slot).meta.version}`;
}

const without = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [...a].filter((name) => !b.has(name)).sort();

describe('a digest', () => {
  test('tells each side exactly what the other lacks', () => {
    fc.assert(
      fc.property(someHeld, someHeld, (held, heldThere) => {
        const [here, there] = [tableOf(held), tableOf(heldThere)];
        const { theyLack, weLack } = compareDigest(here, digestOf(there));
        expect(theyLack.map((slot) => nameOf(here, slot)).sort()).toStrictEqual(without(names(held), names(heldThere)));
        const wanted = slotsOfHashes(there, weLack).map((slot) => nameOf(there, slot));
        expect(wanted.sort()).toStrictEqual(without(names(heldThere), names(held)));
        expect(weLack.length).toBe(wanted.length);
      }),
      { numRuns: 500 },
    );
  });

  test('holds one hash a confirmed living member, and compared with its own table finds nothing', () => {
    fc.assert(
      fc.property(someHeld, (held) => {
        const table = tableOf(held);
        const digest = digestOf(table);
        expect(digest.length).toBe(names(held).size);
        expect(compareDigest(table, digest)).toStrictEqual({ theyLack: [], weLack: new Uint32Array(0) });
      }),
    );
  });

  test('of strangers’ making asks for no more than it holds and leaves the digest as it was', () => {
    fc.assert(
      fc.property(someHeld, fc.uint32Array({ maxLength: 40 }), (held, digest) => {
        const table = tableOf(held);
        const copy = digest.slice();
        const { weLack } = compareDigest(table, digest);
        expect(digest).toStrictEqual(copy);
        expect(weLack.length).toBeLessThanOrEqual(digest.length);
        expect(slotsOfHashes(table, digest).length).toBeLessThanOrEqual(names(held).size);
      }),
    );
  });
});

test('lists are equal by hash when each side believed what it lacked', () => {
  fc.assert(
    fc.property(someHeld, someHeld, (held, heldThere) => {
      const alive = ({ kind }: Held): boolean => kind === 'confirmed';
      const [here, there] = [tableOf(held.filter(alive)), tableOf(heldThere.filter(alive))];
      const { theyLack, weLack } = compareDigest(here, digestOf(there));
      const toThem = theyLack.map((slot) => here.entryOf(slot, NOW));
      const toUs = slotsOfHashes(there, weLack).map((slot) => there.entryOf(slot, NOW));
      believe(there, toThem);
      believe(here, toUs);
      expect(here.listHash).toStrictEqual(there.listHash);
    }),
    { numRuns: 300 },
  );
});

function believe(table: MemberTable, entries: readonly MemberEntry[]): void {
  for (const entry of entries) {
    const slot = table.slotOf(entry.id);
    if (slot < 0) table.put(entry, true, NOW);
    else if (entry.facts.meta.version > table.factsOf(slot).meta.version) table.setFacts(slot, entry.facts);
  }
}
