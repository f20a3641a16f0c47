// The scene that thousands of seeds are played with: a cluster of three to nine voters and some more members, made beforehand;
// at least three faults of any kind by chance; all healed at one instant; then everyone is quorate again, under one leader.

import { drawFaults } from '../faults.ts';
import { seedOf } from '../world.ts';
import type { Scene } from './scene.ts';
import { nameOf, range } from './stage.ts';

const QUIET_MS = 2000;
/** What agreement needs after the heal. */
const CALM_MS = 16_000;
const RECOVERED_MS = 14_000;

export const proof: Scene = {
  name: 'proof',
  story: 'three to nine voters and some others; faults by chance until all are healed; I1 to I10 throughout, L1 and L5 afterwards',
  nodes: null,
  nodesMin: 3,
  untilMs: 32_000,
  profile: 'lan',
  play(stage) {
    const { random, world } = stage;
    const voters = Math.min(9, stage.nodes);
    const others = stage.nodes - voters + random.below(2);
    const seeds = range(0, voters).map(nameOf).map(seedOf);
    for (const index of range(0, voters + others + 1)) world.addHost({ name: nameOf(index), isFounder: false, seeds });
    world.foundTogether(world.hosts.slice(0, voters), world.hosts.slice(voters, voters + others));
    world.links.capture(256, 7);
    const healedMs = Math.max(QUIET_MS + 1000, stage.untilMs - CALM_MS);
    // The last host joins when a fault says so, or never.
    for (const index of range(0, voters + others)) stage.at(random.unit() * 500, () => stage.host(index).start());
    for (const fault of drawFaults(random, world.hosts.length, { fromMs: QUIET_MS, toMs: healedMs })) stage.inflictFault(fault);
    stage.calm(healedMs);
    stage.recovered(healedMs, RECOVERED_MS);
  },
};
