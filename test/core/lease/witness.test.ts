// A voter's memory of whom it acked (R5, R9): which life it acks, how long it has not seen one, and the clone hold.

import { describe, expect, test } from 'vitest';
import { at } from '../../../src/core/index.ts';
import { type Claim, Witness } from '../../../src/core/lease/index.ts';
import { idOf, plainTag } from '../../support/members.ts';

const FAIL_MS = 4500;
const X = idOf(1);

/** A beat of life `incarnation` of X; `run` tells two lives of one number apart. */
function beat(incarnation: number, counter: number, part: Partial<Claim> = {}, run = 0): Claim {
  const tag = { ...plainTag(1, incarnation), hi: plainTag(1, incarnation).hi + run };
  return { id: X, incarnation, tag, counter, isShownSuccession: false, isFirstLife: false, ...part };
}

/** Started long ago, so that nothing of an earlier run of the voter itself has to be waited for. */
function witness(): Witness {
  return new Witness(FAIL_MS, at(-1_000_000));
}

describe('the highest life of an id', () => {
  test('is acked, each time it is heard', () => {
    const voter = witness();
    expect([1, 2, 3].map((counter) => voter.hear(beat(5, counter), at(counter * 500)))).toStrictEqual(['ack', 'ack', 'ack']);
  });

  test('is the only one that is acked: a lower one is told that it is over', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(0));
    expect(voter.hear(beat(4, 900), at(100_000))).toBe('superseded');
  });

  test('of two runs with one number is the one with the higher tag, for everyone', () => {
    const [low, high] = [beat(5, 1, {}, 0), beat(5, 1, {}, 1)];
    const voter = witness();
    voter.hear(high, at(0));
    expect(voter.hear(low, at(100_000))).toBe('superseded');
    const other = witness();
    other.hear(low, at(0));
    expect([other.hear(high, at(10)), other.hear(high, at(FAIL_MS))]).toStrictEqual(['hold', 'ack']);
  });
});

describe('a higher life under another nonce (clone hold)', () => {
  test('is acked only T_fail after the lower one was acked last; until then neither is', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(0));
    voter.hear(beat(5, 2), at(1000));
    expect(voter.hear(beat(6, 1), at(1100))).toBe('hold');
    // The original goes on: were it acked, it would hold its lease beside the copy's.
    expect(voter.hear(beat(5, 3), at(1500))).toBe('hold');
    expect(voter.hear(beat(6, 2), at(1000 + FAIL_MS - 1))).toBe('hold');
    expect(voter.hear(beat(6, 3), at(1000 + FAIL_MS))).toBe('ack');
    expect(voter.hear(beat(5, 4), at(1000 + FAIL_MS + 1))).toBe('superseded');
  });

  test('is not made older by going away: the lower one is not acked again for that', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(0));
    voter.hear(beat(6, 1), at(100));
    expect(voter.hear(beat(5, 2), at(60_000))).toBe('hold');
  });

  test('that shows to follow is acked at once', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(0));
    expect(voter.hear(beat(6, 1, { isShownSuccession: true }), at(10))).toBe('ack');
    expect(voter.hear(beat(5, 2), at(20))).toBe('superseded');
  });

  test('that was held is acked once it shows to follow', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(0));
    expect(voter.hear(beat(6, 1), at(10))).toBe('hold');
    expect(voter.hear(beat(6, 2, { isShownSuccession: true }), at(20))).toBe('ack');
  });
});

describe('a voter that has just started', () => {
  test('may have acked a lower life a moment before: it counts from its start', () => {
    const voter = new Witness(FAIL_MS, at(0));
    expect(voter.hear(beat(5, 1), at(10))).toBe('hold');
    expect(voter.hear(beat(5, 2), at(FAIL_MS - 1))).toBe('hold');
    expect(voter.hear(beat(5, 3), at(FAIL_MS))).toBe('ack');
  });

  test.each([
    ['never lived before', { isFirstLife: true }],
    ['shows to follow', { isShownSuccession: true }],
  ])('acks one that %s', (_who, part) => {
    expect(new Witness(FAIL_MS, at(0)).hear(beat(5, 1, part), at(10))).toBe('ack');
  });
});

describe('how long a life has been idle', () => {
  test('counts from the first sight of its newest counter: the same again, and older ones, refresh nothing', () => {
    const voter = witness();
    voter.hear(beat(5, 10), at(1000));
    for (const counter of [10, 9, 10, 3]) voter.hear(beat(5, counter), at(4000));
    expect(voter.idleMs(X, 5, at(5000))).toBe(4000);
    voter.hear(beat(5, 11), at(5000));
    expect(voter.idleMs(X, 5, at(5001))).toBe(1);
  });

  test('counts from this voter’s start for one that it never acked: never seen is not seen long ago (CE-b3)', () => {
    expect(new Witness(FAIL_MS, at(7000)).idleMs(X, 5, at(7300))).toBe(300);
  });

  test('is not shortened by beats that are held, for those were not acked', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(0));
    voter.hear(beat(6, 1), at(3000));
    voter.hear(beat(5, 2), at(3500));
    expect([5, 6].map((life) => voter.idleMs(X, life, at(4000)))).toStrictEqual([4000, 4000]);
  });

  test('of a life that was followed is its own, not its successor’s', () => {
    const voter = witness();
    voter.hear(beat(5, 1), at(1000));
    voter.hear(beat(6, 1, { isShownSuccession: true }), at(3000));
    expect([5, 6].map((life) => voter.idleMs(X, life, at(4000)))).toStrictEqual([3000, 1000]);
  });

  test('of a life below the lowest that is remembered is never longer than it was', () => {
    const voter = new Witness(FAIL_MS, at(0));
    voter.hear(beat(5, 1, { isFirstLife: true }), at(1000));
    for (const life of [6, 7]) voter.hear(beat(life, 1, { isShownSuccession: true }), at(life * 1000));
    expect(voter.idleMs(X, 5, at(8000))).toBeLessThanOrEqual(7000);
  });
});

test('what is forgotten was never acked; it is not forgotten while its last ack may hold a lease', () => {
  const voter = witness();
  voter.hear(beat(5, 1), at(0));
  voter.hear(beat(5, 2), at(1000));
  expect(voter.forget(X, at(1000 + FAIL_MS - 1))).toBe(false);
  expect([voter.has(X), voter.incarnationOf(X)]).toStrictEqual([true, 5]);
  expect(voter.forget(X, at(1000 + FAIL_MS))).toBe(true);
  expect([voter.has(X), voter.tagOf(X), voter.incarnationOf(X)]).toStrictEqual([false, null, -1]);
});
