// Scenes of a split: networks that are cut, and who may act on which side.

import type { Scene } from './scene.ts';
import { range, type Stage } from './stage.ts';

const CUT_MS = 10_000;
const HEAL_MS = 30_000;
/** After a heal: clone hold or silence for T_fail, one more round, one decision. */
const BACK_MS = 12_000;

/** Cut-off voters are fenced within T_fence + T_lag, and what they ran is dead another T_stop later (L3), by the slowest clock. */
function fencedMs(stage: Stage): number {
  const { fenceMs, lagMs, stopMs } = stage.world.timings;
  return (fenceMs + lagMs + stopMs) / 0.99 + 20;
}

export const threeTwo: Scene = {
  name: 'three-two',
  story: '1: five voters, 3|2: the minority is fenced and its children dead before any failed is announced; all quorate again when healed',
  nodes: 5,
  nodesMin: 5,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    const majority = [0, 1, 2];
    const minority = [3, 4];
    stage.founded(5);
    stage.expectQuorate(CUT_MS - 1, range(0, 5));
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'partition', side: majority, otherSide: minority });
    stage.expectFenced(CUT_MS + fencedMs(stage), minority);
    stage.world.expectOfEvents('failed only of the cut off, who are fenced by then', (host, event) => {
      if (event.type !== 'member-failed') return true;
      const failed = stage.world.hosts.find((other) => other.name === event.member);
      return (
        majority.includes(host.index) &&
        failed !== undefined &&
        minority.includes(failed.index) &&
        !stage.isQuorate(failed) &&
        failed.children.length === 0
      );
    });
    stage.expectShown(CUT_MS + stage.verdictMs, majority, minority, 'failed');
    stage.expectShown(CUT_MS + stage.verdictMs, minority, majority, 'suspect');
    stage.expectQuorate(HEAL_MS - 1, majority);
    stage.expect(HEAL_MS - 1, 'one of the majority leads', () => (majority.includes(stage.leader) ? null : 'nobody of them does'));
    stage.calm(HEAL_MS);
    stage.recovered(HEAL_MS, BACK_MS);
  },
};

export const evenSplit: Scene = {
  name: 'even-split',
  story: '2: four voters, 2|2: both halves fence, nobody is condemned, and it heals by itself',
  nodes: 4,
  nodesMin: 4,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.founded(4);
    stage.expectQuorate(CUT_MS - 1, range(0, 4));
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'partition', side: [0, 1], otherSide: [2, 3] });
    stage.expectFenced(CUT_MS + fencedMs(stage), range(0, 4));
    stage.expectFenced(HEAL_MS - 1, range(0, 4));
    stage.forbid('member-failed');
    stage.calm(HEAL_MS);
    stage.recovered(HEAL_MS, BACK_MS);
  },
};

export const twoVoters: Scene = {
  name: 'two-voters',
  story: '3: two voters, one crashes: the survivor fences, and comes back with the other',
  nodes: 2,
  nodesMin: 2,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.founded(2);
    stage.expectQuorate(CUT_MS - 1, [0, 1]);
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'crash', host: 1, isWiped: false, isMoved: false });
    stage.expectFenced(CUT_MS + fencedMs(stage), [0]);
    stage.expectFenced(HEAL_MS - 1, [0]);
    stage.forbid('member-failed');
    stage.recovered(HEAL_MS, BACK_MS);
  },
};

export const twoAndWitness: Scene = {
  name: 'two-and-witness',
  story: '3: two voters and a witness that never leads, one crashes: the survivor keeps quorum and leads',
  nodes: 3,
  nodesMin: 3,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3, (index) => (index === 2 ? { canLead: false } : {}));
    stage.expectQuorate(CUT_MS - 1, range(0, 3));
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'crash', host: 0, isWiped: false, isMoved: false });
    for (const ms of [1000, 3000, 5000, 10_000, 19_000]) stage.expectQuorate(CUT_MS + ms, [1, 2]);
    stage.expectLeader(CUT_MS + stage.verdictMs, 1);
    stage.expectLeader(HEAL_MS - 1, 1);
    stage.recovered(HEAL_MS, BACK_MS);
  },
};

const TEN_MINUTES_MS = 600_000;

export const bridge: Scene = {
  name: 'bridge',
  story: '6: n1 leads and cannot talk to n3, n2 can talk to both: n1 stays leader, n3 quorate through relays, for ten minutes',
  nodes: 3,
  nodesMin: 3,
  untilMs: CUT_MS + TEN_MINUTES_MS + 20_000,
  profile: 'lan',
  play(stage) {
    // Only n1 stands before the cut, so that it leads.
    stage.founded(3, (index) => ({ canLead: index === 0 }));
    stage.expectLeader(CUT_MS - 1, 0);
    stage.inflict(CUT_MS, CUT_MS + TEN_MINUTES_MS, { kind: 'bridge', bridge: [1], side: [0], otherSide: [2] });
    for (let ms = 500; ms < TEN_MINUTES_MS; ms += 500) {
      stage.expectQuorate(CUT_MS + ms, range(0, 3));
      stage.expectLeader(CUT_MS + ms, 0);
    }
    stage.forbid('fenced', 'member-failed', 'member-left', 'member-stopped');
  },
};

export const proposerCutOff: Scene = {
  name: 'proposer-cut-off',
  story:
    '12: each node in turn is cut off within milliseconds of condemning a mute one: the mute one is fenced before it is announced, the others complete the record',
  nodes: 5,
  nodesMin: 5,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    const mute = 4;
    const others = range(0, mute);
    stage.founded(5);
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'one-way', from: [mute], to: others });
    // Whoever first holds a record that condemns the mute one has just decided it.
    let proposer = -1;
    const watch = (): void => {
      const id = stage.host(mute).identity.id;
      proposer = others.find((index) => stage.host(index).disk.durable?.record?.condemned.some((entry) => entry.id === id) === true) ?? -1;
      if (proposer < 0) stage.at(stage.world.nowMs + 0.5, watch);
      else
        stage.inflict(stage.world.nowMs, HEAL_MS, {
          kind: 'partition',
          side: [proposer],
          otherSide: range(0, 5).filter((index) => index !== proposer),
        });
    };
    stage.at(CUT_MS, watch);
    stage.expect(CUT_MS + 2 * stage.verdictMs, 'the others have the condemnation', () => {
      const id = stage.host(mute).identity.id;
      const late = others.find(
        (index) => index !== proposer && stage.host(index).disk.durable?.record?.condemned.some((entry) => entry.id === id) !== true,
      );
      return proposer < 0 ? 'nobody ever condemned it' : late === undefined ? null : `${stage.host(late).name} does not`;
    });
    stage.recovered(HEAL_MS, BACK_MS);
  },
};
