// What operators and leavers want of the voters: asked until it shows in the record, and never done twice (R11).

import { describe, expect, test } from 'vitest';
import { at, NEVER, PROFILES } from '../../../src/core/index.ts';
import { type Wish, Wishes } from '../../../src/core/node/wishes.ts';
import { idOf } from '../../support/members.ts';
import { recordOfVoters } from '../../support/records.ts';

const { lan } = PROFILES;
const KEPT_MS = 60 * lan.heartbeatMs;
const remove = (ordinal: number): Wish => ({ kind: 'remove-voter', id: idOf(ordinal) });
const add = (ordinal: number): Wish => ({ kind: 'add-voter', id: idOf(ordinal) });

describe('an own wish', () => {
  test('is asked at once, then each heartbeat, until it has become old', () => {
    const wishes = new Wishes();
    wishes.make(remove(2), lan, at(0));
    expect(wishes.nextAt).toBe(0);
    expect(wishes.due(lan, at(0))).toStrictEqual([remove(2)]);
    expect(wishes.due(lan, at(lan.heartbeatMs - 1))).toStrictEqual([]);
    expect(wishes.due(lan, at(lan.heartbeatMs))).toStrictEqual([remove(2)]);
    expect(wishes.due(lan, at(KEPT_MS))).toStrictEqual([]);
    expect(wishes.nextAt).toBe(NEVER);
  });

  test('made again and again is asked no more often for that', () => {
    const wishes = new Wishes();
    let asked = 0;
    for (let now = 0; now < 5000; now += 10) {
      wishes.make(remove(2), lan, at(now));
      asked += wishes.due(lan, at(now)).length;
    }
    expect(asked).toBe(5000 / lan.heartbeatMs);
  });
});

describe('a wish of another', () => {
  test('beyond the room for them is not kept, until older ones are gone', () => {
    const wishes = new Wishes();
    for (let ordinal = 0; ordinal < 1000; ordinal++) wishes.hear(remove(ordinal), lan, at(0));
    expect(wishes.wanted(at(1)).length).toBe(64);
    wishes.hear(remove(2000), lan, at(KEPT_MS));
    expect(wishes.wanted(at(KEPT_MS + 1))).toStrictEqual([remove(2000)]);
  });

  test('is kept and met, but not asked on: two that are not quorate would keep each other’s wishes young for ever', () => {
    const wishes = new Wishes();
    wishes.hear(remove(2), lan, at(0));
    expect(wishes.wanted(at(KEPT_MS - 1))).toStrictEqual([remove(2)]);
    expect([wishes.nextAt, wishes.due(lan, at(0))]).toStrictEqual([NEVER, []]);
    expect(wishes.wanted(at(KEPT_MS))).toStrictEqual([]);
  });

  test('does not take the place of an own one', () => {
    const wishes = new Wishes();
    wishes.make(add(2), lan, at(0));
    wishes.hear(remove(2), lan, at(10));
    expect(wishes.wanted(at(20))).toStrictEqual([add(2)]);
  });
});

describe('what came true', () => {
  test('is forgotten, so that it is not done again to one that was taken back in', () => {
    const wishes = new Wishes();
    wishes.make(remove(2), lan, at(0));
    wishes.settle(recordOfVoters([1, 2]));
    expect(wishes.wanted(at(1))).toStrictEqual([remove(2)]);
    wishes.settle(recordOfVoters([1]));
    expect(wishes.wanted(at(1))).toStrictEqual([]);
    wishes.make(add(2), lan, at(2));
    expect(wishes.wanted(at(3))).toStrictEqual([add(2)]);
    wishes.settle(recordOfVoters([1, 2]));
    expect(wishes.wanted(at(3))).toStrictEqual([]);
  });
});

test('of two wishes about one member the latest stands', () => {
  const wishes = new Wishes();
  wishes.make(remove(2), lan, at(0));
  wishes.due(lan, at(0));
  wishes.make(add(2), lan, at(10));
  expect(wishes.due(lan, at(10))).toStrictEqual([add(2)]);
  expect(wishes.wanted(at(10))).toStrictEqual([add(2)]);
});
