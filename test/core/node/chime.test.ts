// Voters ring together: the beats of all come in one burst a heartbeat, so that an idle host wakes up once for them, and no faster.

import { expect, test } from 'vitest';
import { PROFILES } from '../../../src/core/index.ts';
import { said } from '../../support/said.ts';
import { SmallTown } from '../../support/small-town.ts';

const { heartbeatMs } = PROFILES.lan;
const HEARTBEATS = 40;
/** Two ways of a millisecond each, and what a busy host may add. */
const BURST_MS = 10;

test('voters at rest beat within the same few milliseconds, once a heartbeat', () => {
  for (const count of [2, 3, 5]) {
    const town = new SmallTown();
    const voters = town.settleAll(count);
    town.pass(20_000);
    town.isCapturing = true;
    town.pass(HEARTBEATS * heartbeatMs);
    const beats: { readonly atMs: number; readonly from: string }[] = [];
    for (const { atMs, from, to, bytes } of town.captured) {
      // Each beat goes to every other voter: one of them stands for it.
      const first = voters.find((voter) => voter.address !== from);
      for (const { message } of said(bytes)) if (message.kind === 'beat' && to === first?.address) beats.push({ atMs, from });
    }
    for (const voter of voters) {
      const own = beats.filter(({ from }) => from === voter.address);
      // Whoever rings first pulls the others forward, so a little more than one a heartbeat, and never two.
      expect(own.length / HEARTBEATS).toBeGreaterThanOrEqual(0.95);
      expect(own.length / HEARTBEATS).toBeLessThanOrEqual(1.25);
    }
    const others = (one: { readonly atMs: number; readonly from: string }): boolean =>
      beats.some(({ atMs, from }) => from !== one.from && Math.abs(atMs - one.atMs) <= BURST_MS);
    expect(beats.filter(others).length / beats.length).toBeGreaterThan(0.9);
  }
});
