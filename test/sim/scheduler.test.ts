// The event queue against a naive twin.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Scheduler } from '../../src/sim/scheduler.ts';

describe('the scheduler', () => {
  test('runs jobs by instant, and jobs of one instant in the order they were asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (delays) => {
        const scheduler = new Scheduler();
        const ran: string[] = [];
        for (const [asked, delay] of delays.entries()) scheduler.schedule(delay, () => ran.push(`${delay} ${asked}`));
        scheduler.runUntil(100);
        const naive = delays.map((delay, asked) => ({ delay, asked })).sort((a, b) => a.delay - b.delay || a.asked - b.asked);
        expect(ran).toEqual(naive.map(({ delay, asked }) => `${delay} ${asked}`));
      }),
    );
  });

  test('a job that is asked for by a job runs in its turn, even at the same instant', () => {
    const scheduler = new Scheduler();
    const ran: string[] = [];
    scheduler.schedule(1, () => {
      ran.push('first');
      scheduler.schedule(0, () => ran.push('asked by first'));
    });
    scheduler.schedule(1, () => ran.push('second'));
    scheduler.runUntil(1);
    expect(ran).toEqual(['first', 'second', 'asked by first']);
  });

  test('the clock stands at the job that runs, and never goes back', () => {
    const scheduler = new Scheduler();
    const seen: number[] = [];
    scheduler.schedule(5, () => {
      seen.push(scheduler.nowMs);
      scheduler.at(2, () => seen.push(scheduler.nowMs));
    });
    scheduler.runUntil(10);
    expect(seen).toEqual([5, 5]);
    expect(scheduler.nowMs).toBe(10);
  });

  test('what is due after the end stays pending', () => {
    const scheduler = new Scheduler();
    scheduler.schedule(11, () => expect.unreachable());
    scheduler.runUntil(10);
    expect(scheduler.pendingCount).toBe(1);
  });

  test('a hundred thousand jobs come back in order', () => {
    const scheduler = new Scheduler();
    let lastMs = 0;
    let count = 0;
    for (let i = 0; i < 100_000; i++) {
      scheduler.schedule((i * 7919) % 100_003, () => {
        expect(scheduler.nowMs).toBeGreaterThanOrEqual(lastMs);
        lastMs = scheduler.nowMs;
        count += 1;
      });
    }
    scheduler.runUntil(200_000);
    expect(count).toBe(100_000);
  });
});
