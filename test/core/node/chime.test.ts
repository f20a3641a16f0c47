// Voters ring together: the beats of all come in one burst, in calm every other heartbeat, so that an idle host wakes up once for them.

import { expect, test } from 'vitest';
import { PROFILES } from '../../../src/core/index.ts';
import { said } from '../../support/said.ts';
import { SmallTown } from '../../support/small-town.ts';

const { heartbeatMs } = PROFILES.lan;
const BEATS = 40;
/** In calm. */
const PERIOD_MS = 2 * heartbeatMs;
/** Two ways of a millisecond each, and what a busy host may add. */
const BURST_MS = 10;

test('voters at rest beat within the same few milliseconds, every other heartbeat', () => {
  for (const count of [2, 3, 5]) {
    const town = new SmallTown();
    const voters = town.settleAll(count);
    town.pass(40_000);
    town.isCapturing = true;
    town.pass(BEATS * PERIOD_MS);
    const beats: { readonly atMs: number; readonly from: string }[] = [];
    for (const { atMs, from, to, bytes } of town.captured) {
      // Each beat goes to every other voter: one of them stands for it.
      const first = voters.find((voter) => voter.address !== from);
      for (const { message } of said(bytes)) if (message.kind === 'beat' && to === first?.address) beats.push({ atMs, from });
    }
    for (const voter of voters) {
      const own = beats.filter(({ from }) => from === voter.address);
      // Whoever rings first pulls the others forward, so a little more than one each time, and never two.
      expect(own.length / BEATS).toBeGreaterThanOrEqual(0.95);
      expect(own.length / BEATS).toBeLessThanOrEqual(1.25);
    }
    const others = (one: { readonly atMs: number; readonly from: string }): boolean =>
      beats.some(({ atMs, from }) => from !== one.from && Math.abs(atMs - one.atMs) <= BURST_MS);
    expect(beats.filter(others).length / beats.length).toBeGreaterThan(0.9);
  }
});
