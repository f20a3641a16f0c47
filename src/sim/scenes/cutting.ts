// Scenes of networks that are cut or lossy: sides that lost each other find each other again, however long it took.

import type { Scene } from './scene.ts';
import { range, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
const CUT_MS = 20_000;

function cutForALongTime(stage: Stage, cutMs: number): void {
  const middle = (stage.nodes >> 1) + 1;
  const side = range(0, middle);
  const otherSide = range(middle, stage.nodes);
  stage.founded(stage.nodes);
  stage.joined(CUT_MS - 1);
  stage.inflict(CUT_MS, CUT_MS + cutMs, { kind: 'partition', side, otherSide });
  stage.expectShown(CUT_MS + stage.verdictMs, side, otherSide, 'failed');
  stage.expectShown(CUT_MS + stage.verdictMs, otherSide, side, 'suspect');
  stage.calm(CUT_MS + cutMs);
}

export const partitionHeal: Scene = {
  name: 'partition-heal',
  story:
    'two sides are cut off from each other for an hour: the majority fails the others, the minority suspects; healed, everyone is alive again everywhere',
  nodes: 5,
  nodesMin: 3,
  untilMs: CUT_MS + HOUR_MS + 60_000,
  profile: 'lan',
  play(stage) {
    cutForALongTime(stage, HOUR_MS);
  },
};

export const longPartition: Scene = {
  name: 'long-partition',
  story: 'two sides are cut off for 25 hours, longer than a failed member is shown; healed, everyone is alive again everywhere',
  nodes: 3,
  nodesMin: 3,
  untilMs: CUT_MS + 25 * HOUR_MS + 120_000,
  profile: 'wan',
  play(stage) {
    cutForALongTime(stage, 25 * HOUR_MS);
  },
};

export const oneWay: Scene = {
  name: 'one-way',
  story: 'one direction between two nodes is cut: nobody notices; then nobody hears one node: it is failed, and returns when healed',
  nodes: 5,
  nodesMin: 3,
  untilMs: 110_000,
  profile: 'lan',
  play(stage) {
    const mute = stage.nodes - 1;
    const others = range(0, mute);
    stage.usual();
    stage.joined(19_999);
    stage.inflict(20_000, 50_000, { kind: 'one-way', from: [0], to: [1] });
    stage.inflict(60_000, 80_000, { kind: 'one-way', from: [mute], to: others });
    stage.expectShown(60_000 + stage.verdictMs, others, [mute], 'failed');
    // Nobody talks to a failed member, so it fails the others in turn; healed, its verdicts count like theirs.
    stage.world.expectOfEvents(
      'while it is mute the others fail only the mute one',
      (host, event) =>
        event.type !== 'member-failed' ||
        stage.world.nowMs > 80_000 ||
        (stage.world.nowMs > 60_000 && (event.member === stage.host(mute).name || host.index === mute)),
    );
    stage.calm(80_000);
  },
};

const NODES_MIN = 3;
const NODES_MAX = 15;
const FOUNDED_MS = 10_000;

export const calmLoss: Scene = {
  name: 'calm-loss',
  story:
    'a day on which every fifth packet is lost and nothing else is wrong: nobody is fenced (L4), failed or unseated; the seeds take turns at 3 to 15 nodes',
  nodes: (seed) => NODES_MIN + ((seed + NODES_MAX - NODES_MIN) % (NODES_MAX - NODES_MIN + 1)),
  nodesMin: NODES_MIN,
  untilMs: 24 * HOUR_MS,
  profile: 'lan',
  play(stage) {
    const all = range(0, stage.nodes);
    stage.founded(Math.min(stage.world.maxVoters, stage.nodes));
    stage.expectQuorate(FOUNDED_MS - 1, all);
    stage.inflict(FOUNDED_MS, stage.untilMs + 1, { kind: 'loss', from: all, to: all, probability: 0.2 });
    stage.forbid('fenced', 'member-failed', 'member-left', 'member-stopped');
    // Who leads is written in the record, and nobody has a reason to write another.
    stage.at(FOUNDED_MS, () => stage.forbid('record-changed'));
    stage.expectQuorate(stage.untilMs - 1, all);
  },
};

export const lossThirty: Scene = {
  name: 'loss-30',
  story: 'three packets of ten are lost everywhere for a minute; nobody is failed',
  nodes: 8,
  nodesMin: 3,
  untilMs: 100_000,
  profile: 'lan',
  play(stage) {
    const all = range(0, stage.nodes);
    stage.usual();
    stage.joined(19_000);
    stage.inflict(20_000, 80_000, { kind: 'loss', from: all, to: all, probability: 0.3 });
    stage.calm(80_000);
    stage.forbid('member-failed', 'member-left', 'member-stopped');
  },
};
