// What L1 and L5 are asked of: not of a cluster whose majority lost its disks, which nothing but `recover --force` brings back.

import { expect, test } from 'vitest';
import { run } from '../../src/sim/index.ts';
import { range } from '../../src/sim/scenes/stage.ts';
import { largeWorld, VOTERS } from '../support/large-world.ts';

const LOST_MS = 25_000;
const BACK_MS = 30_000;

test('a cluster that lost a minority of its disks is to recover, and does', () => {
  const stage = largeWorld({ nodes: VOTERS, untilMs: 60_000 });
  for (const index of range(0, Math.floor(VOTERS / 2))) {
    stage.at(LOST_MS, () => {
      stage.host(index).crash();
      stage.host(index).disk.wipe();
    });
    stage.at(BACK_MS, () => stage.host(index).start());
  }
  stage.calm(BACK_MS);
  stage.world.run(stage.untilMs);
  expect(stage.world.violation).toBeNull();
});

// A voter left; in the quarter of a second before that was decided, another one crashed and lost its disk, which nobody could know yet.
// Of the two that remained voters one had no disk, and 14 s later four were not quorate: nothing that any rule could have mended.
test('proof 2281', () => {
  expect(run({ seed: 2281, scene: 'proof', nodes: null, untilMs: null }).violation).toBeNull();
});
