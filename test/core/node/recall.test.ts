// Was this state directory rolled back? (R14) Asked of a majority before anything is promised, accepted or acked.

import { describe, expect, test } from 'vitest';
import type { Incarnation, Recalled } from '../../../src/core/index.ts';
import { Recall } from '../../../src/core/node/recall.ts';
import { idOf, plainTag } from '../../support/members.ts';

const VOTERS = [0, 1, 2].map(idOf);
const OWN = plainTag(0, 10);

/** A run that began as life 10 with 40 writes behind it. */
function started(hadRecord = true): Recall {
  return new Recall(idOf(0), 10 as Incarnation, 40, hadRecord);
}

function answer(incarnation: number, writeCount: number, tag = OWN): Recalled {
  return { kind: 'recalled', tag, incarnation, writeCount };
}

function hear(recall: Recall, from: number, told: Recalled, now: { life?: number; writes?: number } = {}): void {
  recall.hear(idOf(from), told, OWN, now.life ?? 10, now.writes ?? 41, VOTERS);
}

describe('a voter that starts', () => {
  test('is not cleared before a majority has answered, itself included', () => {
    const recall = started();
    recall.consider(VOTERS);
    expect(recall.isCleared).toBe(false);
    expect(recall.missing(VOTERS)).toStrictEqual([idOf(1), idOf(2)]);
    hear(recall, 1, answer(9, 40));
    expect(recall.isCleared).toBe(true);
    expect(recall.missing(VOTERS)).toStrictEqual([]);
  });

  test('alone has nobody to ask', () => {
    const recall = started();
    recall.consider([idOf(0)]);
    expect(recall.isCleared).toBe(true);
  });

  test('without a record has nothing it could have forgotten', () => {
    expect(started(false).isCleared).toBe(true);
  });

  test('counts each voter once, and nobody else', () => {
    const recall = new Recall(idOf(0), 10 as Incarnation, 40, true);
    const five = [0, 1, 2, 3, 4].map(idOf);
    for (const from of [1, 1, 9]) recall.hear(idOf(from), answer(9, 40), OWN, 10, 41, five);
    expect(recall.isCleared).toBe(false);
    recall.hear(idOf(2), answer(9, 40), OWN, 10, 41, five);
    expect(recall.isCleared).toBe(true);
  });

  test('does not take an answer to an earlier run of it for one to this', () => {
    const recall = started();
    hear(recall, 1, answer(9, 40, plainTag(0, 9)));
    expect(recall.isCleared).toBe(false);
  });
});

describe('a restart', () => {
  test('with the state as it was is none: others remember as much as the disk, never more', () => {
    const recall = started();
    hear(recall, 1, answer(9, 40));
    expect([recall.isCleared, recall.isRolledBack]).toStrictEqual([true, false]);
  });

  test.each([
    ['a higher life', 11, 40],
    ['a life of the same number, lived by another run', 10, 40],
    ['more writes', 9, 41],
  ])('after which others remember %s is a rollback: never cleared, whatever more answers say', (_what, life, writes) => {
    const recall = started();
    hear(recall, 1, answer(life, writes));
    for (const from of [1, 2]) hear(recall, from, answer(1, 1));
    recall.consider(VOTERS);
    expect([recall.isCleared, recall.isRolledBack]).toStrictEqual([false, true]);
  });

  test('that had to live again before anyone answered is no rollback: they remember its own earlier life', () => {
    const recall = started();
    // Life 10 of this run was seen with 41 writes; now it lives as 11 and has written 43.
    hear(recall, 1, answer(10, 41), { life: 11, writes: 43 });
    expect([recall.isCleared, recall.isRolledBack]).toStrictEqual([true, false]);
  });
});

describe('what is remembered of others', () => {
  test('is the highest that was seen of the lives before the one that asks', () => {
    const recall = started();
    const [nine, ten] = [plainTag(1, 9), plainTag(1, 10)];
    recall.remember(idOf(1), nine, 9, 30);
    recall.remember(idOf(1), nine, 9, 33);
    recall.remember(idOf(1), nine, 9, 31);
    expect(recall.answerTo(idOf(1), ten)).toStrictEqual({ kind: 'recalled', tag: ten, incarnation: 9, writeCount: 33 });
    // It has beaten before it asked.
    recall.remember(idOf(1), ten, 10, 34);
    expect(recall.answerTo(idOf(1), ten)).toStrictEqual({ kind: 'recalled', tag: ten, incarnation: 9, writeCount: 33 });
  });

  test('is nothing of one that was never heard', () => {
    expect(started().answerTo(idOf(5), OWN)).toStrictEqual({ kind: 'recalled', tag: OWN, incarnation: 0, writeCount: 0 });
  });

  test('shows a copy of a state directory to whichever of the two asks later', () => {
    const recall = started();
    const [original, copy] = [plainTag(1, 9), { lo: 1, hi: 1 }];
    recall.remember(idOf(1), original, 9, 30);
    recall.remember(idOf(1), copy, 9, 31);
    const { incarnation, writeCount } = recall.answerTo(idOf(1), copy);
    const asker = new Recall(idOf(1), 9 as Incarnation, 30, true);
    asker.hear(idOf(0), { kind: 'recalled', tag: copy, incarnation, writeCount }, copy, 9, 31, VOTERS);
    expect(asker.isRolledBack).toBe(true);
  });
});
