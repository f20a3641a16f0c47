// Majorities, and the sum that stands for the enumeration of all pairs of them (R4, CE-c3).

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { majorityOf, quorumsIntersect } from '../../../src/core/record/index.ts';

/** All subsets of this size. */
function subsets(of: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return of.flatMap((first, i) => subsets(of.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}

/** Slow and plain: no least majority of `a` lies beside one of `b`. Larger ones contain a least one. */
function enumerated(a: readonly number[], b: readonly number[]): boolean {
  const others = subsets(b, majorityOf(b.length));
  return subsets(a, majorityOf(a.length)).every((quorum) => others.every((other) => other.some((voter) => quorum.includes(voter))));
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

describe('a majority', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
  ])('of %i voters is %i: more than half, never half', (voters, needed) => {
    expect(majorityOf(voters)).toBe(needed);
  });

  test('of a set always meets every other of the same set', () => {
    for (let size = 1; size <= 9; size++) expect(quorumsIntersect(range(0, size), range(0, size))).toBe(true);
  });
});

describe('whether all majorities of two sets meet', () => {
  test('is what enumeration says, for every pair of up to seven voters out of nine', () => {
    // Names do not matter: a pair is its two sizes and how many voters are in both.
    let pairs = 0;
    for (let sizeA = 1; sizeA <= 7; sizeA++) {
      for (let sizeB = 1; sizeB <= 7; sizeB++) {
        for (let common = Math.max(0, sizeA + sizeB - 9); common <= Math.min(sizeA, sizeB); common++) {
          const [a, b] = [range(0, sizeA), range(sizeA - common, sizeB)];
          expect([a, b, quorumsIntersect(a, b)]).toStrictEqual([a, b, enumerated(a, b)]);
          pairs += 1;
        }
      }
    }
    expect(pairs).toBeGreaterThan(150);
  });

  test('does not depend on order or names, and is the same both ways', () => {
    const set = fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(set, set, (a, b) => {
        expect(quorumsIntersect(a, b)).toBe(enumerated(a, b));
        expect(quorumsIntersect(b, a)).toBe(quorumsIntersect(a, b));
      }),
    );
  });

  test('holds for one voter more or less, at every size, and not for one exchanged at an odd size (two records, remove first)', () => {
    for (let size = 1; size <= 9; size++) {
      expect([size, quorumsIntersect(range(0, size), range(0, size + 1))]).toStrictEqual([size, true]);
      expect([size, quorumsIntersect(range(0, size), range(1, size))]).toStrictEqual([size, size % 2 === 0]);
    }
  });
});
