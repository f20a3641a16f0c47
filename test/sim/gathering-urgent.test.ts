// R9, R10: what waiting for the fellows of the silent may not hold up: the next leader, and a change that is full anyway.

import { expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { Trial } from '../../src/sim/tables/trial.ts';
import { leaderOf } from '../support/trials.ts';

const { condemnMs, heartbeatMs } = PROFILES.lan;
const CALM_MS = 15_000;

/** Until somebody is told of another leader than at `fromMs`. */
function takeOver(trial: Trial): { fromMs: number; tookMs: number } {
  const watched = { fromMs: Number.POSITIVE_INFINITY, tookMs: Number.POSITIVE_INFINITY };
  let token = 0;
  trial.world.expectOfEvents('is only looked at', (_, event) => {
    if (event.type !== 'leader-changed' || event.token === null) return true;
    if (trial.world.nowMs < watched.fromMs) token = event.token;
    else if (event.token > token) watched.tookMs = Math.min(watched.tookMs, trial.world.nowMs - watched.fromMs);
    return true;
  });
  return watched;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a leader that stops is followed at once, whoever is being gathered (%i)', (seed) => {
  const trial = new Trial(seed, 30);
  trial.stand();
  const watched = takeOver(trial);
  const crashMs = CALM_MS + ((seed * 137) % 1500);
  for (const [i, index] of [29, 28, 27].entries()) trial.crash(crashMs + 1000 * i, [index]);
  trial.at(crashMs + 4200, () => {
    watched.fromMs = trial.world.nowMs;
    const host = leaderOf(trial);
    trial.afflict(trial.world.nowMs + 1, trial.world.nowMs + 13_000, { kind: 'stop', host }, [host]);
  });
  trial.endAt(crashMs + 12_000);
  expect(trial.play().violations).toEqual([]);
  expect(watched.tookMs).toBeLessThan(1000);
});

test('a change that is full waits for nobody', () => {
  const trial = new Trial(1, 250);
  const { hosts } = trial.world;
  trial.stand();
  const crashMs = CALM_MS + 737;
  let missing = -1;
  trial.at(crashMs, () => {
    const leader = leaderOf(trial);
    const victims = Array.from({ length: 100 }, (_, i) => 249 - i).filter((index) => index !== leader);
    trial.crash(crashMs, victims);
    for (let i = 0; i < 12; i++) trial.crash(crashMs + 1400 * (i + 1), [149 - i]);
    // A hundred are four changes, each a moment after the one before.
    trial.at(crashMs + condemnMs + 4 * heartbeatMs, () => {
      const ended = new Set(hosts[0]!.disk.durable?.record?.condemned.map(({ id }) => id));
      missing = victims.filter((index) => !ended.has(hosts[index]!.identity.id)).length;
    });
  });
  trial.endAt(crashMs + 8000);
  expect(trial.play().violations).toEqual([]);
  expect(missing).toBe(0);
});

test.each([1, 2, 3, 4, 5, 6])('a silent leader does not wait for who dies after it (%i)', (seed) => {
  const trial = new Trial(seed, 30);
  trial.stand();
  const watched = takeOver(trial);
  trial.at(CALM_MS + ((seed * 137) % 1500), () => {
    watched.fromMs = trial.world.nowMs;
    trial.crash(trial.world.nowMs + 1, [leaderOf(trial)]);
    for (let i = 1; i < 8; i++) trial.crash(trial.world.nowMs + 900 * i, [30 - i]);
  });
  trial.endAt(CALM_MS + 16_000);
  expect(trial.play().violations).toEqual([]);
  expect(watched.tookMs).toBeLessThan(condemnMs + 2 * heartbeatMs);
});
