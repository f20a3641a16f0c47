// The patience of who leaves doubt to the voters grows with the list, and is not shaken by a member that comes and goes.

import { expect, test } from 'vitest';
import { LEAST_UNHURRIED, unhurried } from '../../../src/core/node/doubt.ts';

function after(counts: readonly number[]): number[] {
  let times = LEAST_UNHURRIED;
  return counts.map((count) => {
    times = unhurried(count, times);
    return times;
  });
}

test('it grows by doublings', () => {
  expect(after([1, 500, 501, 1000, 1001, 10_000, 16_384])).toStrictEqual([10, 10, 20, 20, 40, 320, 640]);
});

test('one member that comes and goes at a border changes it once', () => {
  expect(new Set(after([500, 501, 500, 501, 500, 501, 376])).size).toBe(2);
  expect(after([500, 501, 500, 375, 374]).at(-1)).toBe(10);
});
