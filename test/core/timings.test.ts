// R16: the profiles keep the inequality that makes "fenced before failed" true, with the bounds of the design's table.

import { describe, expect, test } from 'vitest';
import { failBoundMs, isProfileName, PROFILES, timingsProblem } from '../../src/core/index.ts';

describe('the profiles', () => {
  test('are those of the table', () => {
    const rows = Object.values(PROFILES).map((of) => [
      of.profile,
      of.heartbeatMs,
      of.fenceMs,
      of.lagMs,
      of.stopMs,
      of.condemnMs,
      of.failMs,
      of.dwellMs,
    ]);
    expect(rows).toStrictEqual([
      ['local', 100, 600, 100, 300, 900, 1100, 1100],
      ['lan', 500, 3000, 250, 1000, 4200, 4500, 4500],
      ['wan', 1500, 9000, 500, 3000, 12_000, 13_000, 13_000],
    ]);
  });

  test.each([
    ['local', '1.040'],
    ['lan', '4.356'],
    ['wan', '12.773'],
  ] as const)('%s: T_fail lies above its bound of %s s', (name, boundS) => {
    // The table rounds; a bound is rounded up.
    const boundMs = failBoundMs(PROFILES[name]);
    expect(Math.abs(boundMs - Number(boundS) * 1000)).toBeLessThan(0.6);
    expect(PROFILES[name].failMs).toBeGreaterThan(boundMs);
    expect(timingsProblem(PROFILES[name])).toBeNull();
  });

  test('are known by their names alone', () => {
    expect(['local', 'lan', 'wan', 'LAN', '', 'toString', '__proto__'].map(isProfileName)).toStrictEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('timings that break the inequality are refused, and the part is named', () => {
  const { lan } = PROFILES;
  const boundMs = failBoundMs(lan);

  test.each([
    ['failMs just below its bound', { ...lan, failMs: boundMs - 0.001 }, /^failMs .* is below 4356/],
    ['failMs at 0.9 of its bound', { ...lan, failMs: 0.9 * boundMs }, /^failMs/],
    ['a longer lease under the same failMs', { ...lan, fenceMs: 3200 }, /^failMs/],
    ['a dwell below failMs', { ...lan, dwellMs: lan.failMs - 1 }, /^dwellMs 4499 is below failMs 4500$/],
    ['a condemnation before the lease has certainly ended', { ...lan, condemnMs: 3060 }, /^condemnMs 3060 is below 3061/],
    ['no number', { ...lan, failMs: Number.NaN }, /^failMs/],
  ])('%s', (_title, timings, problem) => {
    expect(timingsProblem(timings)).toMatch(problem);
  });

  test('failMs exactly at its bound is enough', () => {
    expect(timingsProblem({ ...lan, failMs: boundMs })).toBeNull();
  });
});
