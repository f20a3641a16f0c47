// Scenes of starting: nothing goes wrong but the order.

import type { Scene } from './scene.ts';
import { range } from './stage.ts';

export const steady: Scene = {
  name: 'steady',
  story: 'all join through the first within a second; everyone sees everyone, and nobody is ever given a verdict',
  nodes: 5,
  nodesMin: 1,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.usual();
    stage.joined(stage.untilMs);
    stage.forbid('member-failed', 'member-left', 'member-stopped');
  },
};

export const bootstrapAllAtOnce: Scene = {
  name: 'bootstrap-all-at-once',
  story: 'all start in the same instant with the same three seeds; everyone sees everyone',
  nodes: 10,
  nodesMin: 3,
  untilMs: 40_000,
  profile: 'lan',
  play(stage) {
    stage.addHosts(['n1', 'n2', 'n3']);
    stage.startHosts(0);
    stage.joined(stage.untilMs);
    stage.forbid('member-failed', 'member-left', 'member-stopped');
  },
};

export const seedsDownAtStart: Scene = {
  name: 'seeds-down-at-start',
  story: 'the only seed, which is to found the cluster, starts a minute after the others; they keep trying and join',
  nodes: 5,
  nodesMin: 2,
  untilMs: 120_000,
  profile: 'lan',
  play(stage) {
    stage.addHosts(['n1']);
    for (const index of range(1, stage.nodes)) stage.at(index * 10, () => stage.host(index).start());
    stage.at(60_000, () => stage.host(0).start());
    stage.calm(60_000);
    stage.forbid('member-failed', 'member-left', 'member-stopped');
  },
};
