// Clocks of simulated hosts: timers are never early by them, rates differ.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../src/core/index.ts';
import { HostClock } from '../../src/sim/host-clock.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';

describe('a host clock', () => {
  test('shows at least the instant that a timer was set to when that timer is due', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0.99, max: 1.01, noNaN: true }),
        fc.double({ min: 0, max: 1e8, noNaN: true }),
        (originMs, rate, afterMs) => {
          const scheduler = new Scheduler();
          const clock = new HostClock(scheduler, { originMs, rate, wallOriginMs: 0 });
          const instant = at(originMs + afterMs);
          scheduler.runUntil(clock.worldMsOf(instant));
          expect(clock.nowMs()).toBeGreaterThanOrEqual(instant);
          expect(clock.nowMs() - instant).toBeLessThan(0.01);
        },
      ),
    );
  });

  test('a fast clock counts more of the same time', () => {
    const scheduler = new Scheduler();
    const clock = new HostClock(scheduler, { originMs: 1000, rate: 1.01, wallOriginMs: 5000 });
    scheduler.runUntil(10_000);
    expect(clock.nowMs()).toBeCloseTo(11_100);
    expect(clock.wallNowMs()).toBe(15_100);
  });
});
