// The ring of peers: everyone once a cycle, nobody starves, whatever is asked for at once and however the list changes.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PeerRing } from '../../../src/core/gossip/index.ts';
import { Random } from '../../../src/core/index.ts';

const someSeed = fc.integer();

describe('the ring of peers', () => {
  test('comes to every one that fits exactly once a cycle, one at a time', () => {
    fc.assert(
      fc.property(someSeed, fc.integer({ min: 1, max: 70 }), fc.func(fc.boolean()), (seed, slotLimit, some) => {
        const fits = (slot: number): boolean => some(slot);
        const fitting = [...Array(slotLimit).keys()].filter(fits);
        const ring = new PeerRing(new Random(seed));
        for (let cycle = 0; cycle < 4; cycle++) {
          const taken = fitting.flatMap(() => ring.take(1, slotLimit, fits));
          expect(taken.sort((a, b) => a - b)).toStrictEqual(fitting);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives as many different ones as are asked for and there are', () => {
    fc.assert(
      fc.property(someSeed, fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(60), { maxLength: 12 }), (seed, slotLimit, counts) => {
        const fits = (slot: number): boolean => slot % 3 !== 0;
        const fitting = [...Array(slotLimit).keys()].filter(fits);
        const ring = new PeerRing(new Random(seed));
        for (const count of counts) {
          const taken = ring.take(count, slotLimit, fits);
          expect(new Set(taken).size).toBe(taken.length);
          expect(taken.every(fits)).toBe(true);
          expect(taken.length).toBe(Math.min(count, fitting.length));
        }
      }),
    );
  });

  test('lets nobody wait longer than three cycles, several at a time', () => {
    fc.assert(
      fc.property(someSeed, fc.integer({ min: 2, max: 50 }), fc.integer({ min: 1, max: 12 }), (seed, slotLimit, count) => {
        const ring = new PeerRing(new Random(seed));
        const cycle = Math.ceil(slotLimit / count);
        const lastTaken = new Array<number>(slotLimit).fill(0);
        for (let round = 1; round < 20 * cycle; round++) {
          for (const slot of ring.take(count, slotLimit, () => true)) lastTaken[slot] = round;
          expect(round - Math.min(...lastTaken)).toBeLessThanOrEqual(3 * cycle);
        }
      }),
    );
  });

  test('comes to those who joined within two cycles', () => {
    fc.assert(
      fc.property(someSeed, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.nat(30), (seed, before, joined, spent) => {
        const ring = new PeerRing(new Random(seed));
        ring.take(spent, before, () => true);
        const all = before + joined;
        const taken = new Set<number>();
        for (let i = 0; i < before + all; i++) for (const slot of ring.take(1, all, () => true)) taken.add(slot);
        expect(taken.size).toBe(all);
      }),
    );
  });

  test('with one slot gives it each time, and with nobody that fits ends with nobody', () => {
    const ring = new PeerRing(new Random(1));
    expect([ring.take(3, 1, () => true), ring.take(3, 1, () => true)]).toStrictEqual([[0], [0]]);
    expect(ring.take(3, 1, () => false)).toStrictEqual([]);
    expect(ring.take(1, 0, () => false)).toStrictEqual([]);
    expect(ring.take(0, 9, () => true)).toStrictEqual([]);
  });

  test('goes in another order each cycle', () => {
    const ring = new PeerRing(new Random(7));
    const orders = new Set<string>();
    for (let cycle = 0; cycle < 20; cycle++) orders.add([...Array(40)].flatMap(() => ring.take(1, 40, () => true)).join());
    expect(orders.size).toBeGreaterThan(15);
  });
});
