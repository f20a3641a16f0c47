// "Did you mean" and the distance it is made of.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/cli/nearest.ts';

describe('nearest', () => {
  test('forgives a slip: a letter lost, doubled, swapped or mistaken', () => {
    for (const slip of ['membrs', 'memmbers', 'mebmers', 'nembers', 'memb'])
      expect(nearest(slip, ['status', 'members', 'leader'])).toBe('members');
  });

  test('does not guess at another word', () => {
    expect(nearest('kubernetes', ['status', 'members', 'leader'])).toBeNull();
    expect(nearest('x', ['q', 'h'])).toBeNull();
  });
});

describe('the edit distance', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });

  test('is zero only between equal words, the same both ways, and never above the longer word', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
