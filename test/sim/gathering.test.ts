// R9: members that die in one instant are one change of the record, whatever the phase of their last beats, and in time all the same.

import { expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { Trial } from '../../src/sim/tables/trial.ts';
import { leaderOf } from '../support/trials.ts';

const { condemnMs, failMs, heartbeatMs } = PROFILES.lan;
const NODES = 60;
const CALM_MS = 15_000;
const PHASES = 8;
/** Of one crash there is: T_fail, or the wait for the last beat that anyone may still expect, and the word of it. */
const FAILED_WITHIN_MS = failMs + 2 * heartbeatMs;

test.each(Array.from({ length: PHASES }, (_, phase) => phase))('ten that die at once are one change (phase %i)', (phase) => {
  const trial = new Trial(1 + phase, NODES);
  const crashMs = CALM_MS + 3 * heartbeatMs * (phase / PHASES);
  trial.stand();
  trial.measureFrom(CALM_MS);
  trial.crash(crashMs, trial.some(10));
  trial.endAt(crashMs + 10_000);
  const { views, failedMs, violations } = trial.play();
  expect([violations, views]).toEqual([[], [1]]);
  expect(Math.max(...failedMs.map((ms) => ms ?? Number.POSITIVE_INFINITY))).toBeLessThan(FAILED_WITHIN_MS);
});

// Table `crash`, 10 of 1,000, its second run: seven were condemned, and a quarter of a second later the three that had beaten last.
test('ten of many that die in the middle of a peal, some having just beaten, are one change', () => {
  const crashMs = CALM_MS + 360;
  const trial = new Trial(1, 240);
  trial.stand();
  trial.measureFrom(CALM_MS);
  const victims = trial.some(10).map((index) => trial.world.hosts[index]!);
  const agesMs: number[] = [];
  trial.at(crashMs - 1, () => {
    const voter = trial.world.hosts[0]!;
    const ids = new Set(victims.map((host) => host.identity.id));
    for (const { id, ageMs } of voter.process!.node.members(voter.clock.nowMs())) if (ids.has(id)) agesMs.push(ageMs);
  });
  trial.crash(
    crashMs,
    victims.map(({ index }) => index),
  );
  trial.endAt(crashMs + 10_000);
  const { views, failedMs, violations } = trial.play();
  // Else this is not the story: move the crash into the peal.
  expect(Math.min(...agesMs)).toBeLessThan(heartbeatMs / 5);
  expect(Math.max(...agesMs)).toBeGreaterThan(2 * heartbeatMs);
  expect([violations, views]).toEqual([[], [1]]);
  // The last beat that anyone may still expect, T_condemn, the gathering, and the word of it.
  expect(Math.max(...failedMs.map((ms) => ms ?? Number.POSITIVE_INFINITY))).toBeLessThan(condemnMs + 2 * heartbeatMs);
});

// Scene lost-disk, seed 2, once the silent were gathered for longer. Two lives of one member in one change were refused by all, again and
// again: nothing was ever decided any more.
test('a leader that is restored from a copy, and at once gone again, has one end and not two', () => {
  const trial = new Trial(1, 5);
  const { world } = trial;
  trial.stand();
  let successor: string | null = null;
  let leaderIndex = -1;
  trial.at(CALM_MS, () => {
    leaderIndex = leaderOf(trial);
    const leader = world.hosts[leaderIndex]!;
    const copy = leader.disk.durable!;
    leader.losePower();
    leader.isCopy = true;
    leader.disk.restore(copy);
    leader.start();
    trial.at(CALM_MS + 100, () => leader.crash());
  });
  trial.at(CALM_MS + 15_000, () => {
    const voter = world.hosts[(leaderIndex + 1) % 5]!;
    successor = voter.process!.node.leader(voter.clock.nowMs(), voter.clock.bootMs())?.id ?? null;
  });
  trial.endAt(CALM_MS + 16_000);
  expect(trial.play().violations).toEqual([]);
  expect(successor).not.toBeNull();
  expect(successor).not.toBe(world.hosts[leaderIndex]!.identity.id);
});
