// The laws of merging, stated on what a list holds after the verdict of merge.ts was applied, and held against a naive twin.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEMBER_STATES } from '../../../src/core/index.ts';
import { type Account, compareLives, mergeMember } from '../../../src/core/membership/index.ts';
import { entryOf, factsOf, metaOf, someEntryOf } from '../../support/members.ts';
import { naiveMerge } from '../../support/naive-merge.ts';

const RUNS = { numRuns: 2000 };

const someAccount: fc.Arbitrary<Account> = someEntryOf(1).map(({ incarnation, tag, state, counter, facts }) => ({
  incarnation,
  tag,
  state,
  counter,
  facts,
}));

/** What is known after `heard`, as the verdict says. */
function apply(known: Account, heard: Account): Account {
  const merge = mergeMember(known, heard);
  if (merge.life === 'higher') return heard;
  if (merge.life === 'lower') return known;
  return {
    ...known,
    state: merge.isVerdictNews ? heard.state : known.state,
    counter: merge.isCounterNews ? heard.counter : known.counter,
    facts: merge.areFactsNews ? heard.facts : known.facts,
  };
}

function account(change: Parameters<typeof entryOf>[1]): Account {
  const { incarnation, tag, state, counter, facts } = entryOf(1, change);
  return { incarnation, tag, state, counter, facts };
}

describe('merging', () => {
  test('comes to what the naive twin comes to', () => {
    fc.assert(
      fc.property(someAccount, someAccount, (a, b) => {
        expect(apply(a, b)).toStrictEqual(naiveMerge(a, b));
      }),
      RUNS,
    );
  });

  test('commutes', () => {
    fc.assert(
      fc.property(someAccount, someAccount, (a, b) => {
        expect(apply(a, b)).toStrictEqual(apply(b, a));
      }),
      RUNS,
    );
  });

  test('associates', () => {
    fc.assert(
      fc.property(someAccount, someAccount, someAccount, (a, b, c) => {
        expect(apply(apply(a, b), c)).toStrictEqual(apply(a, apply(b, c)));
      }),
      RUNS,
    );
  });

  test('repeats harmlessly, and what is known already is no news', () => {
    fc.assert(
      fc.property(someAccount, someAccount, (a, b) => {
        const known = apply(a, b);
        expect(apply(known, a)).toStrictEqual(known);
        expect(apply(known, b)).toStrictEqual(known);
        expect(mergeMember(known, known)).toStrictEqual({
          life: 'same',
          isVerdictNews: false,
          isCounterNews: false,
          areFactsNews: false,
          isTellerBehind: false,
        });
      }),
      RUNS,
    );
  });

  test('says that the teller is behind exactly when what it holds lacks a later life or an end', () => {
    fc.assert(
      fc.property(someAccount, someAccount, (known, heard) => {
        const after = apply(heard, known);
        const isBehind = compareLives(after.incarnation, after.tag, heard.incarnation, heard.tag) !== 0 || after.state !== heard.state;
        expect(mergeMember(known, heard).isTellerBehind).toBe(isBehind);
      }),
      RUNS,
    );
  });
});

describe('a verdict', () => {
  test.each(['failed', 'stopped', 'left'] as const)('%s outranks every counter of its life', (state) => {
    const dead = account({ state, counter: 3 });
    const counted = account({ counter: Number.MAX_SAFE_INTEGER });
    expect(apply(dead, counted).state).toBe(state);
    expect(apply(counted, dead).state).toBe(state);
  });

  test('is cleared only by a higher life', () => {
    fc.assert(
      fc.property(someAccount, someAccount, (a, b) => {
        fc.pre(a.state !== 'alive');
        const after = apply(a, b);
        if (after.state === 'alive') expect(compareLives(after.incarnation, after.tag, a.incarnation, a.tag)).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  test('yields to one of a higher rank about the same life, in the order failed, stopped, left', () => {
    for (const [i, low] of MEMBER_STATES.entries()) {
      for (const high of MEMBER_STATES.slice(i)) expect(apply(account({ state: low }), account({ state: high })).state).toBe(high);
    }
  });
});

describe('one incarnation under two tags', () => {
  test('is decided alike by all, whatever else they say: the upper half of the tag first, then the lower', () => {
    const lowest = account({ tag: { lo: 0xffffffff, hi: 1 }, counter: 900, state: 'left' });
    const middle = account({ tag: { lo: 1, hi: 2 }, counter: 1 });
    const highest = account({ tag: { lo: 2, hi: 2 }, counter: 0 });
    for (const order of [
      [lowest, middle, highest],
      [highest, middle, lowest],
      [middle, lowest, highest],
    ] as const) {
      expect(order.slice(1).reduce(apply, order[0])).toStrictEqual(highest);
    }
  });
});

describe('facts of one life', () => {
  test('stand by their version', () => {
    const old = account({ facts: factsOf(9, { meta: metaOf({ version: 1 }) }) });
    const young = account({ facts: factsOf(1, { meta: metaOf({ version: 2 }) }) });
    expect(apply(old, young).facts).toBe(young.facts);
    expect(apply(young, old).facts).toBe(young.facts);
  });

  test('of one version that differ are no news to who holds the one that stands', () => {
    fc.assert(
      fc.property(someAccount, someAccount, (a, b) => {
        fc.pre(a.incarnation === b.incarnation && a.tag === b.tag);
        expect(mergeMember(a, b).areFactsNews && mergeMember(b, a).areFactsNews).toBe(false);
      }),
      RUNS,
    );
  });
});
