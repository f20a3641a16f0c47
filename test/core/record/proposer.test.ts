// One attempt to decide a version: when its value is fixed, which one it is, when it is decided, and how long its condemned
// have to be waited for (R3, R9).

import { describe, expect, test } from 'vitest';
import { Attempt, type Change, type Poll, type PromiseFrom } from '../../../src/core/record/index.ts';
import { idOf } from '../../support/members.ts';
import { ballotOf, changeOf, lifeOf } from '../../support/records.ts';

const wanted = changeOf({ condemn: [lifeOf(5, 1), lifeOf(6, 1)] });
const bound = changeOf({ leader: { kind: 'none' } });
const FREE: PromiseFrom = { accepted: null, dwellLeftMs: 0, idleMs: [] };

function attemptOf(voters: readonly number[], suspects = [lifeOf(5, 1), lifeOf(6, 1)]): Attempt {
  return new Attempt(2, ballotOf(9), voters.map(idOf), suspects);
}

function promise(part: Partial<PromiseFrom>): PromiseFrom {
  return { ...FREE, ...part };
}

/** All promises, then the poll that the choice was offered. */
function polled(attempt: Attempt, promises: readonly PromiseFrom[]): Poll | null {
  let seen: Poll | null = null;
  for (const [i, one] of promises.entries()) {
    attempt.hearPromise(idOf(i + 1), one, (poll) => {
      seen = poll;
      return wanted;
    });
  }
  return seen;
}

describe('phase one', () => {
  test('ends with the promise that makes a majority, once', () => {
    const attempt = attemptOf([1, 2, 3, 4]);
    const heard = [1, 1, 2, 3, 4].map((ordinal) => attempt.hearPromise(idOf(ordinal), FREE, () => wanted));
    expect(heard).toStrictEqual([false, false, false, true, false]);
    expect(attempt.phase).toBe('accepting');
  });

  test('does not count who does not vote', () => {
    const attempt = attemptOf([1, 2, 3]);
    expect([8, 9, 7].map((ordinal) => attempt.hearPromise(idOf(ordinal), FREE, () => wanted))).toStrictEqual([false, false, false]);
    expect(attempt.missing).toStrictEqual([1, 2, 3].map(idOf));
  });

  test('leaves the choice free when nobody has accepted anything', () => {
    const attempt = attemptOf([1]);
    attempt.hearPromise(idOf(1), FREE, () => wanted);
    expect(attempt.change).toBe(wanted);
  });

  test('is bound by what was accepted under the highest ballot, whatever is wished', () => {
    const attempt = attemptOf([1, 2, 3, 4, 5]);
    const accepted = (round: number, change: Change): PromiseFrom => promise({ accepted: { ballot: ballotOf(round), change } });
    attempt.hearPromise(idOf(1), accepted(3, changeOf({})), () => wanted);
    attempt.hearPromise(idOf(2), accepted(7, bound), () => wanted);
    attempt.hearPromise(idOf(3), accepted(5, changeOf({ reap: [idOf(1)] })), () => wanted);
    expect(attempt.change).toBe(bound);
  });

  test('gives up when nothing is left to wish for', () => {
    const attempt = attemptOf([1]);
    attempt.hearPromise(idOf(1), FREE, () => null);
    expect(attempt.phase).toBe('given-up');
  });
});

describe('the poll', () => {
  test('says of each suspect how long a majority at least has not seen it', () => {
    const idle = [
      [5000, 100],
      [4000, 9000],
      [10, 8000],
    ];
    expect(
      polled(
        attemptOf([1, 2, 3, 4, 5]),
        idle.map((idleMs) => promise({ idleMs })),
      ),
    ).toMatchObject({ idleMs: [10, 100] });
    // Of three voters two are a majority, and the two that waited longest count.
    expect(
      polled(
        attemptOf([1, 2, 3]),
        idle.slice(0, 2).map((idleMs) => promise({ idleMs })),
      ),
    ).toMatchObject({ idleMs: [4000, 100] });
  });

  test('takes a voter that says nothing of a suspect as having seen it now', () => {
    const poll = polled(attemptOf([1, 2, 3]), [promise({ idleMs: [5000, 5000] }), promise({ idleMs: [5000] })]);
    expect(poll?.idleMs).toStrictEqual([5000, 0]);
  });

  test.each([
    [[0, 0, 300], false],
    [[0, 0, 0], true],
    [[0, 1, 1], false],
  ])('says of dwells %j that they are over for a majority: %s', (dwells, isDwellOver) => {
    expect(
      polled(
        attemptOf([1, 2, 3, 4, 5]),
        dwells.map((dwellLeftMs) => promise({ dwellLeftMs })),
      )?.isDwellOver,
    ).toBe(isDwellOver);
  });
});

describe('phase two', () => {
  function accepting(): Attempt {
    const attempt = attemptOf([1, 2, 3]);
    for (const ordinal of [1, 2]) attempt.hearPromise(idOf(ordinal), FREE, () => wanted);
    return attempt;
  }

  test('is decided by the acceptance that makes a majority, once', () => {
    const attempt = accepting();
    expect(attempt.missing).toStrictEqual([1, 2, 3].map(idOf));
    const heard = [3, 3, 9, 1, 2].map((ordinal) => attempt.hearAccepted(idOf(ordinal), [], 0));
    expect(heard).toStrictEqual([false, false, false, true, false]);
    expect(attempt.phase).toBe('chosen');
  });

  test('counts no acceptance before the value is fixed', () => {
    const attempt = attemptOf([1]);
    expect(attempt.hearAccepted(idOf(1), [], 0)).toBe(false);
  });

  test('ends when somebody has promised a higher ballot, but what is decided stays so', () => {
    const [lost, won] = [accepting(), accepting()];
    lost.hearNack();
    expect(lost.phase).toBe('given-up');
    expect(lost.hearAccepted(idOf(1), [], 0)).toBe(false);
    for (const ordinal of [1, 2]) won.hearAccepted(idOf(ordinal), [], 0);
    won.hearNack();
    expect(won.phase).toBe('chosen');
  });
});

describe('the wait before what was condemned is announced (R9)', () => {
  const FAIL_MS = 4500;

  /** Acceptances as (when heard, idle times). */
  function decided(acceptances: readonly (readonly [heardAtMs: number, idleMs: readonly number[]])[]): Attempt {
    const attempt = attemptOf([1, 2, 3]);
    for (const ordinal of [1, 2]) attempt.hearPromise(idOf(ordinal), FREE, () => wanted);
    for (const [i, [heardAtMs, idleMs]] of acceptances.entries()) attempt.hearAccepted(idOf(i + 1), idleMs, heardAtMs);
    return attempt;
  }

  test('is what the acceptor that saw it last still lacks of T_fail', () => {
    const attempt = decided([
      [1000, [4400, 0]],
      [1000, [4200, 4500]],
    ]);
    expect(attempt.waitMs(0, FAIL_MS, 1000)).toBe(300);
    expect(attempt.waitMs(1, FAIL_MS, 1000)).toBe(4500);
  });

  test('runs from each acceptor’s own word, and gets shorter as time passes', () => {
    const attempt = decided([
      [1000, [4300, 4300]],
      [1150, [4300, 4300]],
    ]);
    expect([1150, 1200, 1349].map((now) => attempt.waitMs(0, FAIL_MS, now))).toStrictEqual([200, 150, 1]);
  });

  test('is none for one that nobody has seen for longer', () => {
    const attempt = decided([
      [1000, [9000, 4500]],
      [1000, [5000, 4500]],
    ]);
    expect([0, 1].map((i) => attempt.waitMs(i, FAIL_MS, 1000))).toStrictEqual([0, 0]);
  });

  test('is all of it where an acceptor did not say', () => {
    const attempt = decided([
      [1000, [9000]],
      [1000, []],
    ]);
    expect(attempt.waitMs(0, FAIL_MS, 1000)).toBe(FAIL_MS);
  });
});
