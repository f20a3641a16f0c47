// L4, small: with nothing wrong but every fifth packet lost nobody is fenced. A day at each size from 3 to 15, in hours:
// npm run sim -- --scene=calm-loss --runs=13 --workers=2

import { expect, test } from 'vitest';
import { run } from '../../src/sim/index.ts';

const TEN_MINUTES_MS = 600_000;

test.each([3, 5, 9])(
  'ten minutes with a fifth of all packets lost fence none of %i nodes',
  (nodes) => {
    const { violation } = run({ seed: 1, scene: 'calm-loss', nodes, untilMs: TEN_MINUTES_MS });
    expect(violation, `npm run sim -- --seed=1 --scene=calm-loss --nodes=${nodes} --until=10m --narrate`).toBeNull();
  },
  120_000,
);

test('the seeds take turns at 3 to 15 nodes', () => {
  const sizes = Array.from({ length: 14 }, (_, i) => run({ seed: 1 + i, scene: 'calm-loss', nodes: null, untilMs: 1 }).nodes);
  expect(sizes).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 3]);
});
