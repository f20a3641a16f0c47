// This node's own life: what its counter promises to all who reckon with it.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionError, at, type ClusterId, type Incarnation, NO_TAG, type RunNonce, TICK_MS, tagOf } from '../../../src/core/index.ts';
import { Self } from '../../../src/core/node/self.ts';
import { addressOf, factsOf, idOf } from '../../support/members.ts';

const CLUSTER = 'c'.repeat(32) as ClusterId;
const NONCE = 'e'.repeat(32) as RunNonce;
const FIRST = 1_790_000_000_000 as Incarnation;

function newSelf(beganAt: number, incarnation = FIRST): Self {
  const self = new Self(idOf(0), NONCE, FIRST, incarnation, factsOf(0), at(beganAt));
  self.begin(CLUSTER, incarnation, at(beganAt));
  return self;
}

describe('the own counter', () => {
  const someTimes = fc.array(fc.oneof(fc.nat(9), fc.nat(300), fc.double({ min: 0, max: 50, noNaN: true })), { maxLength: 40 });

  test('never goes back, is the same within a tick, and is never ahead of the clock', () => {
    fc.assert(
      fc.property(fc.constantFrom(-5e5, 0, 0.5, 1e10), someTimes, (beganAt, waits) => {
        const self = newSelf(beganAt);
        let now = beganAt;
        let before = 0;
        for (const wait of waits) {
          now += wait;
          const counter = self.stamp(at(now));
          expect(counter).toBeGreaterThanOrEqual(before);
          // The tick that is under way is counted, none after it.
          expect(counter).toBe(Math.floor((now - beganAt) / TICK_MS) + 1);
          expect(self.counter).toBe(counter);
          before = counter;
        }
      }),
    );
  });

  test('stands still when the clock is read late out of order', () => {
    const self = newSelf(0);
    expect([self.stamp(at(500)), self.stamp(at(100)), self.stamp(at(505))]).toStrictEqual([51, 51, 51]);
  });

  test('begins anew with each life', () => {
    const self = newSelf(0);
    self.stamp(at(10_000));
    self.begin(CLUSTER, (FIRST + 1) as Incarnation, at(10_000));
    expect([self.counter, self.stamp(at(10_000))]).toStrictEqual([0, 1]);
  });
});

describe('a life', () => {
  test('has no tag before it begins, then the hash of the four', () => {
    const self = new Self(idOf(0), NONCE, FIRST, FIRST, factsOf(0), at(0));
    expect([self.tag, self.clusterId, self.clusterHash]).toStrictEqual([NO_TAG, null, 0]);
    self.begin(CLUSTER, FIRST, at(0));
    expect(self.tag).toStrictEqual(tagOf(CLUSTER, idOf(0), FIRST, NONCE));
    expect(self.clusterHash).not.toBe(0);
  });

  test('knows how many came before it, and starts its facts at version 1', () => {
    const self = newSelf(0, (FIRST + 3) as Incarnation);
    self.changeFacts({ tags: [['a', 'b']] });
    expect(self.facts.meta).toMatchObject({ version: 2, restarts: 3, tags: [['a', 'b']] });
    self.changeFacts({ address: addressOf(7) });
    expect(self.facts).toMatchObject({ address: addressOf(7), meta: { version: 3, tags: [['a', 'b']] } });
    self.begin(CLUSTER, (FIRST + 4) as Incarnation, at(5));
    expect(self.facts).toMatchObject({ address: addressOf(7), meta: { version: 1, restarts: 4, tags: [['a', 'b']] } });
  });

  test('of a lower incarnation never follows: that would be our own mistake', () => {
    const self = newSelf(0, (FIRST + 1) as Incarnation);
    expect(() => self.begin(CLUSTER, FIRST, at(1))).toThrow(AssertionError);
  });
});
