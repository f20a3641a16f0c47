// R9: members that die in one instant are one change of the record, whatever the phase of their last beats, and in time all the same.

import { expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { Trial } from '../../src/sim/tables/trial.ts';

const { failMs, heartbeatMs } = PROFILES.lan;
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
