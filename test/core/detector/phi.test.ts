// Phi and the rhythms that it is made of: the laws that the rest relies on.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Arrivals } from '../../../src/core/detector/arrivals.ts';
import { ageAtPhi, phiOf } from '../../../src/core/detector/phi.ts';
import { at } from '../../../src/core/index.ts';

const someMs = fc.integer({ min: 1, max: 60_000 });

describe('phi', () => {
  test('is 0 up to the mean, and grows with the age', () => {
    fc.assert(
      fc.property(someMs, someMs, someMs, someMs, (a, b, mean, deviation) => {
        expect(phiOf(Math.min(a, b), mean, deviation)).toBeLessThanOrEqual(phiOf(Math.max(a, b), mean, deviation));
        expect(phiOf(Math.min(a, mean), mean, deviation)).toBe(0);
      }),
    );
  });

  test('is reached at the age that is named for it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 20, noNaN: true }), someMs, someMs, (phi, mean, deviation) => {
        expect(phiOf(ageAtPhi(phi, mean, deviation), mean, deviation)).toBeCloseTo(phi, 6);
      }),
    );
  });

  test('has an exponential tail: six deviations are no certainty, as they would be under a normal one', () => {
    // A normal tail has 10^-9 there.
    expect(phiOf(1000 + 6 * 100, 1000, 100)).toBeCloseTo(2.6, 1);
  });
});

/** The same in plain numbers, one member. */
function naive(gaps: readonly number[], expectedMs: number): { mean: number; deviation: number } {
  let mean = expectedMs;
  let deviation = Math.floor(expectedMs / 16);
  for (const gap of gaps) {
    const off = Math.abs(gap - mean);
    mean = Math.max(1, Math.round(mean + (gap - mean) / 8));
    deviation = Math.round(deviation + (off - deviation) / 8);
  }
  return { mean, deviation: Math.max(expectedMs / 16, deviation) };
}

describe('a rhythm', () => {
  test('equals its naive twin, for many members at once, across the end of 32 bits', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 0, max: 5000 })), { maxLength: 200 }), (steps) => {
        const arrivals = new Arrivals(1000);
        let now = 2 ** 32 - 100_000;
        const lastAt = new Map<number, number>();
        const gaps = new Map<number, number[]>();
        for (const [slot, passed] of steps) {
          now += passed;
          const last = lastAt.get(slot);
          if (last === undefined) gaps.set(slot, []);
          else gaps.get(slot)!.push(now - last);
          lastAt.set(slot, now);
          arrivals.hear(slot, at(now));
        }
        for (const [slot, of] of gaps) {
          const { mean, deviation } = naive(of, 1000);
          expect([arrivals.ageAtPhi(slot, 0), arrivals.ageAtPhi(slot, 1)]).toStrictEqual([mean, mean + deviation * Math.LN10]);
        }
      }),
    );
  });

  test('is the one that the timings promise until its own is known', () => {
    const arrivals = new Arrivals(1000);
    expect(arrivals.has(3)).toBe(false);
    arrivals.hear(3, at(5));
    expect([arrivals.has(3), arrivals.has(2), arrivals.ageAtPhi(3, 0)]).toStrictEqual([true, false, 1000]);
    arrivals.forget(3);
    expect(arrivals.has(3)).toBe(false);
  });

  test('however even is never trusted to be exact', () => {
    const arrivals = new Arrivals(1000);
    for (let ms = 0; ms < 100_000; ms += 1000) arrivals.hear(0, at(ms));
    // Half a tenth of a second late is no news yet.
    expect(arrivals.phi(0, 1050)).toBeLessThan(1);
    expect(arrivals.phi(0, 1500)).toBeGreaterThan(3);
  });

  test('that limps asks for more patience, and soon for less again', () => {
    const arrivals = new Arrivals(1000);
    let ms = 0;
    const beat = (count: number, gap: (i: number) => number): void => {
      for (let i = 0; i < count; i++) {
        ms += gap(i);
        arrivals.hear(0, at(ms));
      }
    };
    beat(50, () => 1000);
    const even = arrivals.ageAtPhi(0, 3);
    beat(50, (i) => (i % 4 === 0 ? 2000 : 1000));
    const limping = arrivals.ageAtPhi(0, 3);
    beat(50, () => 1000);
    expect(limping).toBeGreaterThan(even + 1000);
    expect(arrivals.ageAtPhi(0, 3)).toBeLessThan(even + 100);
  });
});
