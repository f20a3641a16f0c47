// What only a cluster of more than a few dozen shows.

import { expect, test } from 'vitest';
import { run } from '../../src/sim/index.ts';
import { range } from '../../src/sim/scenes/stage.ts';
import { largeWorld } from '../support/large-world.ts';

const CRASH_MS = 25_000;

test('more than one poll can name crash at once, and all are failed', () => {
  const dead = range(60, 100);
  const stage = largeWorld({ nodes: 100, untilMs: 50_000 });
  for (const index of dead) stage.at(CRASH_MS, () => stage.host(index).crash());
  stage.expectShown(CRASH_MS + 2 * stage.verdictMs, range(0, 60), dead, 'failed');
  stage.calm(CRASH_MS);
  stage.world.run(stage.untilMs);
  expect(stage.world.violation).toBeNull();
}, 60_000);

test('a cluster that grows from one to 150 has voters that begin to watch everyone, and doubt nobody for it', () => {
  expect(run({ seed: 1, scene: 'steady', nodes: 150, untilMs: 40_000 }).violation).toBeNull();
}, 60_000);
