// Who of two that live as one id gives way (R1, clone hold).

import { describe, expect, test } from 'vitest';
import type { Incarnation } from '../../../src/core/index.ts';
import { Rivals } from '../../../src/core/node/rivals.ts';

const life = (number: number): Incarnation => number as Incarnation;

describe('one that was quorate in this run', () => {
  test('goes on above the other, and ends when it is superseded again before it was quorate again', () => {
    const rivals = new Rivals(life(5));
    rivals.wasQuorate();
    rivals.toldOf(life(9));
    expect([rivals.mustYield(life(9), life(5), true), rivals.after(life(5))]).toStrictEqual([false, 10]);
    expect(rivals.mustYield(life(11), life(10), true)).toBe(true);
  });

  test('may be superseded as often as it became quorate in between: a copy that is started over and over does not wear it out', () => {
    const rivals = new Rivals(life(5));
    for (let above = 6; above < 60; above += 2) {
      rivals.wasQuorate();
      expect(rivals.mustYield(life(above), life(above - 1), true)).toBe(false);
    }
  });
});

describe('one that was not', () => {
  test('as a voter gives way to whoever is above it: it may be the copy, and have forgotten promises', () => {
    expect(new Rivals(life(5)).mustYield(life(6), life(5), true)).toBe(true);
  });

  test.each([
    ['at the same number', 5, true],
    ['as a member that does not vote', 9, false],
  ])('%s takes known + 1 once', (_what, above, isVoter) => {
    const rivals = new Rivals(life(5));
    rivals.toldOf(life(above));
    expect([rivals.mustYield(life(above), life(5), isVoter), rivals.after(life(5))]).toStrictEqual([false, above + 1]);
    expect(rivals.mustYield(life(above + 1), life(above + 1), isVoter)).toBe(true);
  });
});

test('a lower number that is told later lowers nothing', () => {
  const rivals = new Rivals(life(5));
  rivals.toldOf(life(9));
  rivals.toldOf(life(7));
  expect(rivals.after(life(5))).toBe(10);
});
