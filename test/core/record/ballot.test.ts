// Ballots are totally ordered, and no two attempts bear the same one (R3).

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ballot, compareBallots } from '../../../src/core/record/index.ts';
import { ballotOf } from '../../support/records.ts';

const someBallot: fc.Arbitrary<Ballot> = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2))
  .map(([round, ordinal, sequence, incarnation]) => ballotOf(round, ordinal, sequence, incarnation));

test('of two ballots one is higher, or they are the same in all four parts', () => {
  fc.assert(
    fc.property(someBallot, someBallot, (a, b) => {
      expect(Math.sign(compareBallots(a, b))).toBe(-Math.sign(compareBallots(b, a)) + 0);
      expect(compareBallots(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

test('the order goes on from one to the next', () => {
  fc.assert(
    fc.property(someBallot, someBallot, someBallot, (a, b, c) => {
      const [low, middle, high] = [a, b, c].sort(compareBallots) as [Ballot, Ballot, Ballot];
      expect(compareBallots(low, middle)).toBeLessThanOrEqual(0);
      expect(compareBallots(middle, high)).toBeLessThanOrEqual(0);
      expect(compareBallots(low, high)).toBeLessThanOrEqual(0);
    }),
  );
});

test('the round comes first, so that whoever lost goes above whoever won', () => {
  expect(compareBallots(ballotOf(2, 0), ballotOf(1, 9))).toBeGreaterThan(0);
});
