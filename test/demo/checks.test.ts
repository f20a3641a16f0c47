import { describe, expect, test } from 'vitest';
import type { Life } from '../support/worker-watch.ts';
import { healedWithoutRestart, neverTwoWorkers, positiveMargins } from './checks.ts';

const life = (name: string, startedAtMs: number, endedAtMs: number | null): Life => ({
  name,
  pid: startedAtMs,
  token: null,
  startedAtMs,
  endedAtMs,
});

describe('the checks of the demo can fail', () => {
  test('a worker that began before another was dead is two workers at once', () => {
    expect(neverTwoWorkers([life('n1', 0, 1000), life('n3', 1000, null)], '', 5000)).toMatchObject({ found: '0.0 s', holds: true });
    expect(neverTwoWorkers([life('n1', 0, 1000), life('n3', 800, null)], '', 5000)).toMatchObject({ found: '0.2 s', holds: false });
  });

  test('lines of two workers that interleave in the shared file are two workers at once', () => {
    expect(neverTwoWorkers([], '10 n1 7\n20 n1 7\n30 n3 8\n', 50)).toMatchObject({ holds: true });
    expect(neverTwoWorkers([], '10 n1 7\n300 n3 8\n310 n1 7\n', 500)).toMatchObject({ found: '0.0 s', holds: false });
  });

  test('the margin counts from the later of fenced and dead to the earlier of named and begun', () => {
    const takeOver = { what: 'cut', fencedAtMs: 600, workerDeadAtMs: 900, namedAtMs: 1000, nextWorkerAtMs: 1100 };
    expect(positiveMargins([takeOver])).toMatchObject({ found: 'cut 100 ms', holds: true });
    expect(positiveMargins([{ ...takeOver, namedAtMs: 850 }])).toMatchObject({ found: 'cut -50 ms', holds: false });
    expect(positiveMargins([{ ...takeOver, fencedAtMs: 1200 }])).toMatchObject({ found: 'cut -200 ms', holds: false });
    expect(positiveMargins([])).toMatchObject({ holds: false });
  });

  test('a process that is another one after the heal is a restart', () => {
    expect(healedWithoutRestart([1, 2], [1, 2])).toMatchObject({ holds: true });
    expect(healedWithoutRestart([1, 2], [1])).toMatchObject({ holds: false });
    expect(healedWithoutRestart([1, 2], [1, 3])).toMatchObject({ holds: false });
  });
});
