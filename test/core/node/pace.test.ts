// How often everyone beats, and that those who do not vote beat while the voters are awake.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROFILES } from '../../../src/core/index.ts';
import { againMs, beatPeriodMs, condemnAfterMs, hintedAtMs, slowestBeatMs, spreadMs } from '../../../src/core/node/pace.ts';
import { SmallTown } from '../../support/small-town.ts';

const { lan, local, wan } = PROFILES;

describe('a beat', () => {
  test.each([lan, local, wan])(
    'in profile $profile is at its slowest renewed and retried within the lease, and expected by who watches',
    (timings) => {
      for (let count = 1; count <= 20_000; count += count < 100 ? 1 : 997) {
        for (const [isVoter, isCalm] of [
          [true, true],
          [true, false],
          [false, true],
          [false, false],
        ] as const) {
          const periodMs = beatPeriodMs(timings, isVoter, isCalm, count);
          expect(periodMs).toBeLessThanOrEqual(timings.fenceMs / 2);
          expect(periodMs).toBeLessThanOrEqual(slowestBeatMs(timings, count));
        }
      }
    },
  );

  test.each([lan, wan])(
    'that was the last before a stall of three seconds, in profile $profile, is not yet the end of its member',
    (timings) => {
      // Whoever stalls is heard again at once: what lies between is the beat and the stall.
      for (const count of [1, 14, 15, 16, 17, 1000]) {
        expect(condemnAfterMs(timings, count)).toBeGreaterThan(beatPeriodMs(timings, false, true, count) + 3000);
        expect(condemnAfterMs(timings, count)).toBeGreaterThanOrEqual(timings.condemnMs);
      }
    },
  );
});

describe('the hint when to beat again', () => {
  test('is a peal of the voters, no later than the next beat is due and not at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1500 }),
        fc.constantFrom(500, 1000, 1500),
        fc.constantFrom(1000, 1500),
        (due, every, period) => {
          fc.pre(due <= every);
          const hint = againMs(due, every, period);
          if (hint === 0) return;
          expect((hint - due) % every).toBe(0);
          expect(hint).toBeGreaterThanOrEqual(0.1 * period);
          expect(hint).toBeLessThanOrEqual(1.02 * period);
          expect(hint + every, 'the last one in time').toBeGreaterThan(period);
        },
      ),
    );
  });

  test('makes nobody beat later than without it, nor a tenth of a beat after the last, whatever it says', () => {
    const someHint = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(0.001, 1e15, Number.MAX_VALUE));
    fc.assert(
      fc.property(someHint, fc.constantFrom(1000, 1500), fc.integer({ min: 0, max: 2000 }), (hint, period, sinceBeat) => {
        const nextAt = hintedAtMs(sinceBeat + hint, 0, period);
        expect(nextAt).toBeGreaterThanOrEqual(0.1 * period);
        expect(nextAt).toBeLessThanOrEqual(period);
        if (sinceBeat + hint >= 0.1 * period && sinceBeat + hint <= period) expect(nextAt).toBe(sinceBeat + hint);
      }),
    );
  });

  test('is there for whoever beats with the voters, at each of their rates', () => {
    for (const every of [500, 1000, 1500])
      expect(againMs(every - 5, every, 1500 - (1500 % every))).toBeGreaterThan(0.9 * (1500 - (1500 % every)) - 5);
  });

  test('of thousands spreads them over a part of the beat, of tens over a moment', () => {
    expect(spreadMs(0.999, 50, 1500)).toBeLessThan(13);
    expect(spreadMs(0.999, 10_000, 1500)).toBeGreaterThan(490);
    expect(spreadMs(0.999, 1_000_000, 1500)).toBeLessThanOrEqual(500);
  });
});

test('a voter among 40 at rest hears all of them in a few bursts', () => {
  const town = new SmallTown();
  const [voter] = town.settleAll(40);
  town.pass(40_000);
  town.isCapturing = true;
  const seconds = 30;
  town.pass(seconds * 1000);
  const heardAt = town.captured.filter(({ to }) => to === voter!.address).map(({ atMs }) => atMs);
  const burstCount = heardAt.filter((atMs, i) => i === 0 || atMs - heardAt[i - 1]! > 10).length;
  expect(heardAt.length / seconds).toBeGreaterThan(25);
  expect(burstCount / seconds).toBeLessThan(3);
});
