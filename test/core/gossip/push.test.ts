// What a push says of counters: all of a list that fits; of a longer one the freshest and, in turns, everyone; and never more
// bytes than there is room for, as the real codec counts them. And to how many it goes.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BeatPacker, differenceBytes, fanOut } from '../../../src/core/gossip/index.ts';
import { at, type Beats, type Envelope, LIMITS } from '../../../src/core/index.ts';
import type { MemberTable } from '../../../src/core/membership/index.ts';
import { Codec } from '../../../src/wire/index.ts';
import { type Filled, filledTable } from '../../support/full-table.ts';

const NOW = at(1e9);
const SILENCE_MS = 2_475;
/** As in talk.ts: what 1,200 bytes leave beside the fixed part. */
const ROOM_BYTES = LIMITS.datagramBytesMax - 64;

const codec = new Codec();

function bytesOf(beats: Beats, counter: number): number {
  const message = { kind: 'push', listHash: { lo: 0xffffffff, hi: 0xffffffff }, entries: [], beats } as const;
  const envelope: Envelope = { clusterHash: 1, sender: { lo: 1, hi: 1 }, counter, recordVersion: Number.MAX_SAFE_INTEGER, message };
  return codec.encodeFrame(envelope).length;
}

/** Low halves of the tags told, in order. */
function told(packer: BeatPacker, table: MemberTable, roomBytes = ROOM_BYTES, ownCounter = 1000): number[] {
  const beats = packer.pack(table, ownCounter, roomBytes);
  const counters = new Map([...allSlots(table)].map((slot) => [table.tagLoOf(slot), table.counterOf(slot)]));
  const tags = [...beats.tagLo.subarray(0, beats.count)];
  expect([...beats.counter.subarray(0, beats.count)]).toStrictEqual(tags.map((tagLo) => counters.get(tagLo)));
  expect(bytesOf(beats, ownCounter)).toBeLessThanOrEqual(roomBytes + 64);
  expect(new Set(tags).size).toBe(tags.length);
  return tags;
}

function* allSlots(table: MemberTable): Iterable<number> {
  for (let slot = 0; slot < table.slotLimit; slot++) if (table.has(slot)) yield slot;
}

function listed(table: MemberTable): number[] {
  return [...allSlots(table)].filter((slot) => slot !== table.selfSlot && table.isConfirmed(slot) && !table.silent.has(slot));
}

const tagsOf = (table: MemberTable, slots: readonly number[]): number[] => slots.map((slot) => table.tagLoOf(slot)).sort((a, b) => a - b);
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

const someFilled: fc.Arbitrary<Filled> = fc.record({
  counter: fc.oneof(fc.nat(2000), fc.nat(1e6), fc.maxSafeNat()),
  ageMs: fc.oneof(fc.constant(0), fc.nat(SILENCE_MS)),
  isConfirmed: fc.boolean(),
});

describe('a list that fits', () => {
  test('is told whole, its confirmed members once each and nobody else', () => {
    fc.assert(
      fc.property(fc.array(someFilled, { maxLength: 90, size: '+1' }), (members) => {
        const table = filledTable(members, SILENCE_MS, NOW);
        expect(sorted(told(new BeatPacker(), table))).toStrictEqual(tagsOf(table, listed(table)));
      }),
    );
  });

  test('is one of 162 members of like age: 7 bytes each', () => {
    const like = (count: number): Filled[] => Array.from({ length: count }, (_, i) => ({ counter: 50_000 + 7 * i, ageMs: i }));
    const table = filledTable(like(162), SILENCE_MS, NOW);
    expect(told(new BeatPacker(), table).length).toBe(162);
  });

  test('keeps quiet of who has fallen silent', () => {
    const table = filledTable(
      [
        { counter: 5, ageMs: 0 },
        { counter: 5, ageMs: SILENCE_MS + 100 },
      ],
      SILENCE_MS,
      NOW,
    );
    expect(told(new BeatPacker(), table).length).toBe(1);
  });
});

describe('a list that does not fit', () => {
  const large = fc.record({
    members: fc.array(someFilled, { minLength: 100, maxLength: 250, size: 'max' }),
    roomBytes: fc.integer({ min: 200, max: ROOM_BYTES }),
  });

  /** Enough for the whole list by the cursor's quarter alone, at 12 bytes a member and a beat lost at each turn. */
  function roundsEnough(count: number, roomBytes: number): number {
    return Math.ceil(count / Math.max(1, Math.floor(roomBytes / 4 / 12) - 1)) + 1;
  }

  test('is never told in more bytes than there is room for', () => {
    fc.assert(
      fc.property(large, fc.maxSafeNat(), ({ members, roomBytes }, ownCounter) => {
        const table = filledTable(members, SILENCE_MS, NOW);
        const packer = new BeatPacker();
        for (let round = 0; round < 4; round++) told(packer, table, roomBytes, ownCounter);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test('is told to the last member within bounded rounds, even if nothing new is heard of anyone', () => {
    fc.assert(
      fc.property(large, ({ members, roomBytes }) => {
        const table = filledTable(members, SILENCE_MS, NOW);
        const packer = new BeatPacker();
        const everTold = new Set<number>();
        for (let round = roundsEnough(members.length, roomBytes); round > 0; round--)
          for (const tagLo of told(packer, table, roomBytes)) everTold.add(tagLo);
        expect(sorted(everTold)).toStrictEqual(tagsOf(table, listed(table)));
      }),
      {
        numRuns: 40,
        // A list of hundreds takes long to shrink and shows no more when it is small.
        endOnFailure: true,
        examples: [
          // All heard of at one instant: who was as fresh as the last one told was once left to nobody.
          [{ members: Array.from({ length: 300 }, () => ({ counter: 1000, ageMs: 10 })), roomBytes: ROOM_BYTES }],
          // Ages of years beside ages of minutes: a list that was thought to fit and did not once had no cursor.
          [{ members: Array.from({ length: 150 }, (_, i) => ({ counter: i % 2 === 0 ? 10 : 3e11, ageMs: i })), roomBytes: ROOM_BYTES }],
        ],
      },
    );
  });

  test('gives three quarters of the room to the freshest, in their order', () => {
    const members = Array.from({ length: 400 }, (_, i) => ({ counter: 100_000 + i, ageMs: 6 * i }));
    const table = filledTable(members, SILENCE_MS, NOW);
    const order = new Uint32Array(400);
    table.freshest(order, 400);
    const tags = told(new BeatPacker(), table, 1000);
    // The first differs by three bytes from the sender's own, the others by one: 5 bytes each.
    const freshest = 1 + Math.floor((750 - 7) / 5);
    expect(tags.slice(0, freshest)).toStrictEqual([...order.subarray(0, freshest)].map((slot) => table.tagLoOf(slot)));
    expect(tags.length).toBeGreaterThan(freshest + 40);
  });
});

test('the packer reckons the bytes of a difference as the codec writes them', () => {
  const one = (counter: number): Beats => ({ count: 1, tagLo: Uint32Array.of(1), counter: Float64Array.of(counter) });
  const none: Beats = { count: 0, tagLo: new Uint32Array(0), counter: new Float64Array(0) };
  fc.assert(
    fc.property(fc.oneof(fc.nat(70_000), fc.maxSafeNat()), fc.oneof(fc.nat(70_000), fc.maxSafeNat()), (own, counter) => {
      expect(bytesOf(one(counter), own) - bytesOf(none, own)).toBe(4 + differenceBytes(counter - own));
    }),
    {
      numRuns: 2000,
      examples: [
        [0, 63],
        [0, 64],
        [64, 0],
        [0, 2 ** 53 - 1],
        [2 ** 53 - 1, 0],
        [8191, 0],
        [0, 8192],
      ],
    },
  );
});

describe('the number of peers a push goes to', () => {
  const someShare = fc.double({ min: 0.001, max: 1, noNaN: true });
  const someRounds = fc.double({ min: 0.5, max: 30, noNaN: true });

  test('is from three, or as many as there are, to twelve', () => {
    fc.assert(
      fc.property(fc.nat(20_000), someShare, someRounds, (peers, share, rounds) => {
        const count = fanOut(peers, share, rounds);
        expect(count).toBeGreaterThanOrEqual(Math.min(3, peers));
        expect(count).toBeLessThanOrEqual(Math.min(12, peers));
        expect(Number.isInteger(count)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('grows with the list, with what one push leaves out, and with haste', () => {
    fc.assert(
      fc.property(
        fc.nat(20_000),
        fc.nat(500),
        someShare,
        someShare,
        someRounds,
        someRounds,
        (peers, more, shareA, shareB, roundsA, roundsB) => {
          const [less, share] = [Math.min(shareA, shareB), Math.max(shareA, shareB)];
          const [few, rounds] = [Math.min(roundsA, roundsB), Math.max(roundsA, roundsB)];
          const count = fanOut(peers, share, rounds);
          expect(fanOut(peers + more, share, rounds)).toBeGreaterThanOrEqual(count);
          expect(fanOut(peers, less, rounds)).toBeGreaterThanOrEqual(count);
          expect(fanOut(peers, share, few)).toBeGreaterThanOrEqual(count);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
