// The right to act (R6): a majority acked counters that were sent within T_fence. Only the instant of sending counts.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elapsedMs, type Instant, Lease } from '../../../src/core/lease/index.ts';
import { idOf } from '../../support/members.ts';

const FENCE_MS = 3000;
const [A, B, C] = [idOf(1), idOf(2), idOf(3)] as const;
const VOTERS = [A, B, C];

/** On both clocks, which agree unless told otherwise. */
function at(monoMs: number, bootMs = monoMs): Instant {
  return { monoMs, bootMs };
}

function remaining(lease: Lease, now: Instant, epoch = 1): number {
  return lease.remainingMs(lease.majorityStamp(VOTERS, epoch, 2), now);
}

describe('a lease', () => {
  test('is not held at first, nor by what a minority acks', () => {
    const lease = new Lease(FENCE_MS);
    expect(remaining(lease, at(0))).toBe(Number.NEGATIVE_INFINITY);
    lease.emit(1, at(0));
    lease.hearAck(A, 1, 1);
    expect(remaining(lease, at(0))).toBe(Number.NEGATIVE_INFINITY);
  });

  test('runs from the sending of what a majority acked, however late the acks come', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(100));
    lease.hearAck(A, 1, 1);
    // 2.9 seconds on the way, as out of a full socket after a pause.
    lease.hearAck(B, 1, 1);
    expect(remaining(lease, at(3000))).toBe(100);
    expect(remaining(lease, at(3100))).toBe(0);
    expect(remaining(lease, at(3101))).toBe(-1);
  });

  test('takes the newest counters of the majority that has them, whoever is missing', () => {
    const lease = new Lease(FENCE_MS);
    for (const counter of [1, 2, 3]) lease.emit(counter, at(counter * 500));
    lease.hearAck(A, 1, 3);
    lease.hearAck(B, 1, 1);
    expect(remaining(lease, at(1500))).toBe(FENCE_MS - 1000);
    lease.hearAck(C, 1, 2);
    expect(remaining(lease, at(1500))).toBe(FENCE_MS - 500);
  });

  test('does not count acks of who does not vote', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(0));
    for (const ordinal of [1, 7, 8, 9]) lease.hearAck(idOf(ordinal), 1, 1);
    expect(remaining(lease, at(0))).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('a counter', () => {
  test('that was never sent is nothing, whoever acks it', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(5, at(0));
    for (const counter of [4, 6]) expect(lease.hearAck(A, 1, counter)).toBe(false);
    expect(lease.ackAgeMs(A, at(0))).toBeNull();
  });

  test('is stamped at its first sending, never again', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(5, at(0));
    lease.emit(5, at(2000));
    lease.emit(4, at(2500));
    for (const voter of [A, B]) lease.hearAck(voter, 1, 5);
    expect(remaining(lease, at(2500))).toBe(500);
    expect(lease.hearAck(A, 1, 4)).toBe(false);
  });

  test('of a life before is nothing in the next one', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(5, at(0));
    for (const voter of [A, B]) lease.hearAck(voter, 1, 5);
    lease.reset();
    expect(remaining(lease, at(0))).toBe(Number.NEGATIVE_INFINITY);
    expect(lease.hearAck(A, 1, 5)).toBe(false);
    expect(lease.newestCounter).toBe(0);
  });

  test('is forgotten once so many others were sent that it could only be too old', () => {
    const lease = new Lease(FENCE_MS);
    for (let counter = 1; counter <= 1000; counter++) lease.emit(counter, at(counter * 125));
    expect(lease.hearAck(A, 1, 1)).toBe(false);
    // Of the length of a lease everything is kept, at one each retry and more.
    expect(lease.hearAck(A, 1, 1000 - FENCE_MS / 125)).toBe(true);
  });
});

describe('an old ack', () => {
  test('never moves a deadline, neither forth nor back (I8)', () => {
    const lease = new Lease(FENCE_MS);
    for (const counter of [1, 2, 3]) lease.emit(counter, at(counter * 500));
    for (const voter of [A, B]) lease.hearAck(voter, 1, 3);
    for (const counter of [1, 2, 3]) expect([A, B].map((voter) => lease.hearAck(voter, 1, counter))).toStrictEqual([false, false]);
    expect(remaining(lease, at(1500))).toBe(FENCE_MS);
  });
});

describe('epochs', () => {
  test('count apart: acks of one are nothing under another (CE-c2)', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(0));
    lease.hearAck(A, 1, 1);
    lease.hearAck(B, 2, 1);
    expect([1, 2].map((epoch) => remaining(lease, at(0), epoch))).toStrictEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  test('of which the older may run out beside the newer, and a third drives out the oldest', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(0));
    lease.emit(2, at(1000));
    for (const voter of [A, B]) lease.hearAck(voter, 4, 1);
    for (const voter of [A, B]) lease.hearAck(voter, 5, 2);
    expect([4, 5].map((epoch) => remaining(lease, at(1000), epoch))).toStrictEqual([2000, 3000]);
    lease.emit(3, at(1500));
    for (const voter of [A, B]) lease.hearAck(voter, 6, 3);
    expect([4, 5, 6].map((epoch) => remaining(lease, at(1500), epoch))).toStrictEqual([Number.NEGATIVE_INFINITY, 2500, 3000]);
  });

  test('late word under an epoch long over is not kept in place of the present one', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(0));
    for (const epoch of [5, 6, 1]) lease.hearAck(A, epoch, 1);
    lease.hearAck(B, 6, 1);
    expect(remaining(lease, at(0), 6)).toBe(FENCE_MS);
  });
});

describe('two clocks', () => {
  test('the one that ran further counts: hrtime stands still in suspend', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(1000, 50_000));
    for (const voter of [A, B]) lease.hearAck(voter, 1, 1);
    expect(remaining(lease, at(1100, 50_100))).toBe(2900);
    expect(remaining(lease, at(1100, 53_001))).toBe(-1);
    expect(remaining(lease, at(4001, 50_100))).toBe(-1);
  });

  test('elapsed is never less than on either', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), (mono, boot, mono2, boot2) => {
        const elapsed = elapsedMs(at(mono, boot), at(mono2, boot2));
        expect(elapsed).toBeGreaterThanOrEqual(mono2 - mono);
        expect(elapsed).toBeGreaterThanOrEqual(boot2 - boot);
      }),
    );
  });
});

describe('what renewal and evidence need', () => {
  test('the age of the stamp behind which a majority stands, and of each voter’s', () => {
    const lease = new Lease(FENCE_MS);
    lease.emit(1, at(0));
    lease.emit(2, at(400));
    lease.hearAck(A, 1, 2);
    expect(lease.majorityStamp(VOTERS, 1, 2)).toBeNull();
    lease.hearAck(B, 1, 1);
    expect(lease.majorityStamp(VOTERS, 1, 2)).toStrictEqual(at(0));
    expect([A, B, C].map((voter) => lease.ackAgeMs(voter, at(500)))).toStrictEqual([100, 500, null]);
    expect([A, B, C].map((voter) => lease.hasAcked(voter, 1, 2))).toStrictEqual([true, false, false]);
    expect([500, 3001].map((now) => lease.freshCount(VOTERS, 1, at(now)))).toStrictEqual([2, 1]);
  });
});

test('whatever acks come in whatever order, the lease never outlives the sending of what a majority acked by T_fence (I6, I8)', () => {
  const someEvent = fc.oneof(
    fc.record({ kind: fc.constant('emit' as const), gapMs: fc.nat(900) }),
    fc.record({
      kind: fc.constant('ack' as const),
      voter: fc.nat(4),
      epoch: fc.integer({ min: 1, max: 2 }),
      counter: fc.integer({ min: 1, max: 30 }),
    }),
  );
  const voters = Array.from({ length: 5 }, (_, i) => idOf(i));
  fc.assert(
    fc.property(fc.array(someEvent, { maxLength: 120 }), (events) => {
      const lease = new Lease(FENCE_MS);
      const sentAt: number[] = [];
      const best = new Map<string, number>();
      let now = 0;
      for (const event of events) {
        if (event.kind === 'emit') {
          now += event.gapMs;
          sentAt.push(now);
          lease.emit(sentAt.length, at(now));
        } else {
          lease.hearAck(voters[event.voter]!, event.epoch, event.counter);
          const stamp = sentAt[event.counter - 1];
          const key = `${event.voter} ${event.epoch}`;
          if (stamp !== undefined) best.set(key, Math.max(best.get(key) ?? Number.NEGATIVE_INFINITY, stamp));
        }
        for (const epoch of [1, 2]) {
          const stamps = voters.map((_, voter) => best.get(`${voter} ${epoch}`) ?? Number.NEGATIVE_INFINITY).sort((a, b) => b - a);
          expect(lease.remainingMs(lease.majorityStamp(voters, epoch, 3), at(now))).toBe(FENCE_MS - (now - stamps[2]!));
        }
      }
    }),
  );
});
