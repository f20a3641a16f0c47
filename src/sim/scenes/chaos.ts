// The random scene: a seeded schedule of faults over a small cluster, all healed at one instant, and calm after it.

import { drawFaults } from '../faults.ts';
import type { Scene } from './scene.ts';
import { nameOf, range } from './stage.ts';

const JOINED_MS = 12_000;
/** What the lists need after the heal, with room to show that they stay agreed. */
const CALM_MS = 30_000;

export const chaos: Scene = {
  name: 'chaos',
  story: 'three to twelve nodes; faults by chance until all are healed; safety throughout, agreement afterwards',
  nodes: null,
  nodesMin: 2,
  untilMs: 70_000,
  profile: 'lan',
  play(stage) {
    // Everyone's seed is everyone: after any loss of disks the cluster can be found where it survived.
    stage.addHosts(range(0, stage.nodes).map(nameOf));
    stage.startHosts(1000 * stage.random.unit());
    stage.joined(JOINED_MS - 1);
    const healedMs = Math.max(JOINED_MS + 1000, stage.untilMs - CALM_MS);
    for (const fault of drawFaults(stage.random, stage.nodes, { fromMs: JOINED_MS, toMs: healedMs })) stage.inflictFault(fault);
    stage.calm(healedMs);
  },
};
