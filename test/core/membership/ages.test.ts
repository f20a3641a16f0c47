// The age of one member against the rule as it is said, over many half minutes: arrivals with any delays, by any clock's rate.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, TICK_MS } from '../../../src/core/index.ts';
import { Ages } from '../../../src/core/membership/ages.ts';

const SILENCE_MS = 2_700;
const WINDOW_MS = 30_000;

test('a member’s origin is the least arrival − tick × counter of this half minute and the one before, to the millisecond', () => {
  const someArrivals = fc.array(fc.record({ waitMs: fc.oneof(fc.nat(3_000), fc.nat(25_000), fc.nat(70_000)), delayMs: fc.nat(4_000) }), {
    minLength: 1,
    maxLength: 40,
    size: '+1',
  });
  fc.assert(
    fc.property(
      fc.constantFrom(-1e6, 0, 7.5, 1e10),
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      someArrivals,
      (startMs, rate, arrivals) => {
        const ages = new Ages(SILENCE_MS);
        ages.reserve(1);
        let emittedMs = 0;
        let before = 0;
        let now: number = startMs;
        const heard: { window: number; sample: number }[] = [];
        for (const { waitMs, delayMs } of arrivals) {
          emittedMs += waitMs + TICK_MS;
          const counter = Math.max(before + 1, Math.floor((emittedMs * rate) / TICK_MS));
          now = Math.max(startMs + emittedMs + delayMs, now);
          heard.push({ window: Math.floor(now / WINDOW_MS), sample: now - TICK_MS * counter });
          if (heard.length === 1) ages.begin(0, counter, at(now));
          else ages.sample(0, counter, at(now));
          before = counter;
          const least = Math.min(...heard.filter(({ window }) => window >= heard.at(-1)!.window - 1).map(({ sample }) => sample));
          expect(ages.originOf(0)).toBeLessThanOrEqual(least + 1e-3);
          expect(ages.originOf(0)).toBeGreaterThan(least - 1 - 1e-3);
          expect(ages.freshAt(0, counter)).toBe(ages.originOf(0) + TICK_MS * counter);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
