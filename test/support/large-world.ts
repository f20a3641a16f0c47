// A simulated cluster with all checkers, of a size and with zones as a test wants them. The first hosts are its voters.

import { createNode, Directory } from '../../src/core/index.ts';
import type { Launch } from '../../src/sim/host.ts';
import { Stage } from '../../src/sim/scenes/index.ts';
import { World } from '../../src/sim/world.ts';

export interface Large {
  readonly nodes: number;
  readonly untilMs: number;
  readonly seed?: number;
  readonly launch?: (index: number) => Partial<Launch>;
}

export const VOTERS = 5;
const STARTED_MS = 1000;
const JOIN_MS = 20_000;

export function largeWorld({ nodes, untilMs, seed = 1, launch }: Large): Stage {
  const world = new World({
    seed,
    profile: 'lan',
    maxVoters: VOTERS,
    createNode,
    directory: new Directory({ isShared: true }),
    hasWorkloads: false,
    narrate: null,
  });
  const stage = new Stage(world, nodes, untilMs, seed);
  stage.founded(VOTERS, launch);
  world.announceCalm({ fromMs: STARTED_MS, withinMs: JOIN_MS, untilMs: STARTED_MS + JOIN_MS });
  return stage;
}
