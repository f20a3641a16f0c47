// Retries of beats (R5): as many in the twentieth loss as in the first.

import { expect, test } from 'vitest';
import { PROFILES } from '../../../src/core/index.ts';
import { said } from '../../support/said.ts';
import { SmallTown } from '../../support/small-town.ts';
import { quorate } from '../../support/watch.ts';

const { fenceMs, heartbeatMs } = PROFILES.lan;
const LOSSES = 20;

test('what was retried before a majority answered counts no more after it', () => {
  const town = new SmallTown();
  const [one, other] = town.settleAll(2);
  if (one === undefined || other === undefined) throw new Error('two were settled');
  town.pass(20_000);
  town.isCapturing = true;
  const beats: number[] = [];
  for (let i = 0; i < LOSSES; i++) {
    town.cut([one], [other]);
    town.captured.length = 0;
    // Long enough for several retries, and short enough for the lease.
    town.pass(fenceMs - 2 * heartbeatMs);
    const counters = new Set<number>();
    for (const { from, bytes } of town.captured) {
      for (const { message, counter } of said(bytes)) if (from === one.address && message.kind === 'beat') counters.add(counter);
    }
    beats.push(counters.size);
    town.heal();
    town.pass(6 * heartbeatMs);
    expect([quorate(one), quorate(other)]).toStrictEqual([true, true]);
  }
  // Without retries it would be one a heartbeat.
  const withoutRetries = (fenceMs - 2 * heartbeatMs) / heartbeatMs + 1;
  expect(Math.min(...beats), `beats in each loss: ${beats.join(' ')}`).toBeGreaterThan(withoutRetries + 2);
});
