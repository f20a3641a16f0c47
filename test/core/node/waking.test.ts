// All stand still at once, longer than a lease, and wake: each begins its next life before it has heard of anybody else's.

import { expect, test } from 'vitest';
import { SmallTown } from '../../support/small-town.ts';
import { quorate } from '../../support/watch.ts';

const STILL_MS = 5000;

test.each([3, 8, 10, 50])('%i that stood still at once are quorate again at once, each having asked who the others are', (count) => {
  const town = new SmallTown();
  const all = town.settleAll(count);
  town.pass(40_000);
  for (const one of all) one.pause();
  town.pass(STILL_MS);
  const wokenMs = town.scheduler.nowMs;
  for (const one of all) one.resume();
  town.pass(200);
  expect(town.transcript(wokenMs, (what) => what.startsWith('fenced'))).toHaveLength(count);
  expect(all.filter((one) => !quorate(one)).map(({ node }) => node.name)).toStrictEqual([]);
});
