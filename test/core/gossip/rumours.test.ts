// News in full: told a bounded number of times, the youngest first, in no more bytes than there is room for.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryBytesMax, Rumours } from '../../../src/core/gossip/index.ts';
import { at, type Envelope, LIMITS, type MemberEntry } from '../../../src/core/index.ts';
import { Codec } from '../../../src/wire/index.ts';
import { envelopeOf, messagesByKind, someMemberEntry } from '../../support/arbitraries.ts';
import { filledTable } from '../../support/full-table.ts';
import { factsOf, idOf, metaOf } from '../../support/members.ts';

const NOW = at(1e6);
const ROOM_BYTES = LIMITS.datagramBytesMax - 64;
const PLENTY = 1e6;

function newTable(members: number): ReturnType<typeof filledTable> {
  return filledTable(
    Array.from({ length: members }, () => ({ counter: 1, ageMs: 0 })),
    2_475,
    NOW,
  );
}

/** Until nothing is left: who was told, telling by telling. */
function tellAll(rumours: Rumours, table: ReturnType<typeof filledTable>, roomBytes = PLENTY): MemberEntry['id'][][] {
  const tellings: MemberEntry['id'][][] = [];
  while (rumours.size > 0) {
    tellings.push(rumours.take(table, roomBytes, NOW).map(({ id }) => id));
    expect(tellings.length).toBeLessThan(2000);
  }
  return tellings;
}

describe('a rumour', () => {
  test.each([
    [1, 3],
    [9, 3],
    [10, 4],
    [99, 4],
    [1_000, 6],
    [10_000, 7],
  ])('among %i members is told %i times', (members, times) => {
    const rumours = new Rumours();
    rumours.add(1, members);
    expect(tellAll(rumours, newTable(3)).length).toBe(times);
  });

  test('of a newcomer is told at once only among few: in a large cluster it waits for the others, and is told less often', () => {
    const among = (members: number): { readonly hasNews: boolean; readonly times: number } => {
      const rumours = new Rumours();
      rumours.addNewcomer(1, members);
      return { hasNews: rumours.hasNews, times: tellAll(rumours, newTable(3)).flat().length };
    };
    expect(among(16)).toStrictEqual({ hasNews: true, times: 4 });
    expect(among(17)).toStrictEqual({ hasNews: false, times: 3 });
  });

  test('of many newcomers is told twice each', () => {
    const rumours = new Rumours();
    for (let slot = 1; slot <= 60; slot++) rumours.addNewcomer(slot, 1000);
    expect(rumours.isCrowd).toBe(true);
    expect(
      tellAll(rumours, newTable(61))
        .flat()
        .filter((id) => id === idOf(60)).length,
    ).toBe(2);
  });

  test('in a crowd is told twice: anti-entropy brings the rest', () => {
    const rumours = new Rumours();
    const table = newTable(60);
    for (let slot = 1; slot <= 60; slot++) rumours.add(slot, 1000);
    const times = tellAll(rumours, table).flat();
    expect(times.filter((id) => id === idOf(60)).length).toBe(2);
    expect(times.length).toBeLessThanOrEqual(25 * 6 + 35 * 2);
  });

  test('is new until it is told, but not in a crowd, nor for somebody who needs it', () => {
    const rumours = new Rumours();
    const table = newTable(60);
    const isNewAfter = (add: () => void): boolean => {
      rumours.take(table, PLENTY, NOW);
      add();
      return rumours.hasNews;
    };
    expect(isNewAfter(() => rumours.add(1, 1000))).toBe(true);
    expect(isNewAfter(() => rumours.addOnce(2))).toBe(false);
    expect(
      isNewAfter(() => {
        for (let slot = 3; slot <= 26; slot++) rumours.add(slot, 1000);
        rumours.take(table, PLENTY, NOW);
        rumours.add(27, 1000);
      }),
    ).toBe(false);
  });

  test('heard again from others is told once less, and one heard often enough not at all', () => {
    const rumours = new Rumours();
    const table = newTable(3);
    rumours.add(1, 1);
    rumours.heardAgain(1);
    rumours.heardAgain(2);
    expect(tellAll(rumours, table).length).toBe(2);
    rumours.add(1, 1);
    for (let i = 0; i < 3; i++) rumours.heardAgain(1);
    expect(rumours.size).toBe(0);
  });

  test('met by somebody who needs it is told once more, not once for each', () => {
    const rumours = new Rumours();
    for (let i = 0; i < 5; i++) rumours.addOnce(1);
    expect(tellAll(rumours, newTable(3))).toStrictEqual([[idOf(1)]]);
  });

  test('of a member that is gone is told no more', () => {
    const rumours = new Rumours();
    const table = newTable(3);
    rumours.add(1, 9);
    table.drop(1);
    expect(rumours.take(table, PLENTY, NOW)).toStrictEqual([]);
    expect(rumours.size).toBe(0);
  });
});

describe('rumours', () => {
  test('are told youngest first; what is news again counts as the youngest', () => {
    const rumours = new Rumours();
    for (const slot of [1, 2, 3, 1]) rumours.add(slot, 9);
    expect(rumours.take(newTable(3), PLENTY, NOW).map(({ id }) => id)).toStrictEqual([idOf(1), idOf(3), idOf(2)]);
  });

  test('end, whatever is added and heard, and take no more than their room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(39), fc.nat(2)), { maxLength: 200, size: '+1' }),
        fc.integer({ min: 0, max: ROOM_BYTES }),
        (acts, roomBytes) => {
          const rumours = new Rumours();
          const table = newTable(40);
          for (const [slot, kind] of acts) {
            if (kind === 0) rumours.add(slot, 40);
            else if (kind === 1) rumours.addOnce(slot);
            else rumours.heardAgain(slot);
            if (slot % 5 === 0) {
              const entries = rumours.take(table, roomBytes, NOW);
              expect(entries.reduce((sum, entry) => sum + entryBytesMax(entry), 0)).toBeLessThanOrEqual(roomBytes);
            }
          }
          expect(rumours.size).toBeLessThanOrEqual(40);
          // At most 4 tellings of each, one datagram for each telling in the worst case.
          expect(tellAll(rumours, table, roomBytes).length).toBeLessThanOrEqual(40 * 4);
        },
      ),
    );
  });

  test('with tags too large for any datagram are told without them, which a stream is to bring', () => {
    const rumours = new Rumours();
    const table = newTable(3);
    const tags = Array.from({ length: 40 }, (_, i) => [`key-${100 + i}`, 'v'.repeat(40)] as const);
    table.setFacts(2, factsOf(2, { meta: metaOf({ version: 1, tags }) }));
    for (const slot of [1, 2]) rumours.add(slot, 9);
    const told = rumours.take(table, ROOM_BYTES, NOW);
    expect(told.map(({ id }) => id)).toStrictEqual([idOf(2), idOf(1)]);
    expect(told[0]?.facts).toStrictEqual(factsOf(2));
  });
});

describe('the bound of an entry’s bytes', () => {
  const codec = new Codec();
  const bytesOf = (entries: readonly MemberEntry[]): number => {
    const beats = { count: 0, tagLo: new Uint32Array(0), counter: new Float64Array(0) };
    const message = { kind: 'push', listHash: { lo: 0, hi: 0 }, entries, beats } as const;
    const envelope: Envelope = { clusterHash: 1, sender: { lo: 1, hi: 1 }, counter: 1, recordVersion: 0, message };
    return codec.encodeFrame(envelope).length;
  };

  test('is never below what the codec writes', () => {
    fc.assert(
      fc.property(someMemberEntry, (entry) => {
        expect(bytesOf([entry]) - bytesOf([])).toBeLessThanOrEqual(entryBytesMax(entry));
      }),
      { numRuns: 2000 },
    );
  });

  test('holds for text that is no text: halves of characters are written in three bytes', () => {
    const tags = [['\ud800'.repeat(30), '\udfff'.repeat(340)]] as const;
    const entry: MemberEntry = { ...fc.sample(someMemberEntry, 1)[0]!, facts: factsOf(1, { meta: metaOf({ tags }) }) };
    expect(bytesOf([entry]) - bytesOf([])).toBeLessThanOrEqual(entryBytesMax(entry));
  });

  test('summed up with 64 bytes for the rest holds for a whole push of entries', () => {
    fc.assert(
      fc.property(envelopeOf(messagesByKind.push), (envelope) => {
        if (envelope.message.kind !== 'push') return;
        const { entries } = envelope.message;
        const push: Envelope = {
          ...envelope,
          message: { ...envelope.message, beats: { count: 0, tagLo: new Uint32Array(0), counter: new Float64Array(0) } },
        };
        const bound = 64 + entries.reduce((sum, entry) => sum + entryBytesMax(entry), 0);
        expect(codec.encodeFrame(push).length).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 500 },
    );
  });
});
