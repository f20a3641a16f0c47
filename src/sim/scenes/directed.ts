// Schedules that chance does not find, or not soon: each is the hand-written case against one rule (see scripts/mutants.mjs), and
// must come out well while the rule stands.

import type { Scene } from './scene.ts';
import { nameOf, range } from './stage.ts';

export const worstCase: Scene = {
  name: 'worst-case',
  story: 'the slowest clock is cut off from the fastest ones again and again, its children end as late as they may: still before failed',
  nodes: 3,
  nodesMin: 3,
  untilMs: 400_000,
  profile: 'lan',
  play(stage) {
    stage.world.isWorst = true;
    stage.world.rateOf = (index) => (index === 0 ? 0.99 : 1.01);
    stage.founded(3);
    for (let ms = 10_000; ms < 380_000; ms += 20_000) {
      const atMs = ms + stage.random.between(0, 1000);
      stage.at(atMs, () => {
        // The leadership goes round, so that the slowest has it now and then.
        const side = stage.leader < 0 ? 0 : stage.leader;
        const otherSide = range(0, 3).filter((index) => index !== side);
        stage.inflict(atMs, atMs + 8000, { kind: 'partition', side: [side], otherSide });
      });
    }
  },
};

export const lapsing: Scene = {
  name: 'lapsing',
  story:
    'a voter is cut off for just about T_fence, again and again, and its timers are late: acks that come after the lapse revive nothing',
  nodes: 3,
  nodesMin: 3,
  untilMs: 600_000,
  profile: 'lan',
  play(stage) {
    const { fenceMs } = stage.world.timings;
    stage.world.isWorst = true;
    stage.founded(3);
    // Slow acks, so that one is under way when the lease lapses.
    stage.inflict(5000, stage.untilMs, { kind: 'delay', from: range(0, 3), to: range(0, 3), upToMs: 300 });
    for (let ms = 10_000; ms < 580_000; ms += 9000) {
      const healMs = ms + fenceMs + stage.random.between(-700, 100);
      stage.inflict(ms, healMs, { kind: 'partition', side: [0], otherSide: [1, 2] });
    }
  },
};

const HOUR_MS = 3_600_000;
/** A fence, what it ends, and acknowledgements of the next life. */
const BACK_MS = 3000;

export const jumpingUptime: Scene = {
  name: 'jumping-uptime',
  story:
    'voters change in a hurry on systems whose uptime follows the wall clock, and that jumps by an hour: all fence, and no dwell is cut short',
  nodes: 5,
  nodesMin: 5,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3);
    for (const host of stage.world.hosts) host.clock.followsWall = true;
    for (const index of [3, 4]) stage.at(5000, () => stage.host(0).process?.command({ kind: 'voters', add: nameOf(index) }, () => {}));
    stage.at(6000, () => {
      for (const host of stage.world.hosts) host.clock.jumpWallClock(HOUR_MS);
    });
    stage.at(20_000, () => {
      for (const host of stage.world.hosts) host.clock.jumpWallClock(-HOUR_MS);
    });
    stage.recovered(20_000, 25_000);
  },
};

export const jumpingVoters: Scene = {
  name: 'jumping-voters',
  story:
    'a member is cut off, and the uptime of all others, which follows the wall clock, jumps by an hour: they fence, come back, and wait as long as ever before they tell its end',
  nodes: 5,
  nodesMin: 4,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    const lost = stage.nodes - 1;
    const others = range(0, lost);
    stage.founded(stage.nodes);
    for (const index of others) stage.host(index).clock.followsWall = true;
    stage.inflict(15_000, 35_000, { kind: 'partition', side: [lost], otherSide: others });
    stage.at(15_100, () => {
      for (const index of others) stage.host(index).clock.jumpWallClock(HOUR_MS);
    });
    stage.expectShown(15_100 + BACK_MS + stage.verdictMs, others, [lost], 'failed');
    stage.recovered(35_000, 15_000);
  },
};

export const deafLeader: Scene = {
  name: 'deaf-leader',
  story:
    'the leader hears nothing for a while, again and again, and what it runs ends as late as it may: its next life is not heard of before, and nobody else leads',
  nodes: 3,
  nodesMin: 3,
  untilMs: 200_000,
  profile: 'lan',
  play(stage) {
    stage.world.isWorst = true;
    stage.founded(3);
    for (let ms = 10_000; ms < 180_000; ms += 15_000) {
      const atMs = ms + stage.random.between(0, 1000);
      stage.at(atMs, () => {
        const leader = Math.max(0, stage.leader);
        stage.inflict(atMs, atMs + 6000, { kind: 'one-way', from: range(0, 3).filter((index) => index !== leader), to: [leader] });
      });
    }
    stage.recovered(182_000, 15_000);
  },
};

export const resigning: Scene = {
  name: 'resigning',
  story: 'a leader that leaves is cut off as soon as others have accepted that nobody leads: it led for the last time before',
  nodes: 3,
  nodesMin: 3,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3);
    let leader = -1;
    const watch = (): void => {
      const others = range(0, 3).filter((index) => index !== leader);
      const haveAccepted = others.filter((index) => stage.host(index).disk.durable?.acceptor?.accepted?.change.leader?.kind === 'none');
      if (haveAccepted.length > 0) {
        const { nowMs } = stage.world;
        stage.inflict(nowMs, nowMs + 20_000, { kind: 'partition', side: [leader], otherSide: others });
      } else if (stage.world.nowMs < 30_000) stage.at(stage.world.nowMs + 0.1, watch);
    };
    stage.at(15_000, () => {
      leader = Math.max(0, stage.leader);
      stage.host(leader).process?.command({ kind: 'leave' }, () => {});
      watch();
    });
    stage.expect(25_000, 'another leads', () => (stage.leader >= 0 && stage.leader !== leader ? null : 'nobody else does'));
  },
};

export const differingFlags: Scene = {
  name: 'differing-flags',
  story: 'a member joins with --profile wan: the record says lan, and cut off it is fenced by lan',
  nodes: 4,
  nodesMin: 4,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3, (index) => (index === 3 ? { profile: 'wan' } : {}));
    stage.host(3).disk.wipe();
    stage.expectQuorate(19_000, range(0, 4));
    stage.inflict(20_000, 40_000, { kind: 'partition', side: [3], otherSide: [0, 1, 2] });
    stage.expectShown(20_000 + stage.verdictMs, [0, 1, 2], [3], 'failed');
    stage.recovered(40_000, 12_000);
  },
};

const DAY_MS = 24 * HOUR_MS;

export const reaped: Scene = {
  name: 'reaped',
  story: 'a machine sleeps for 26 hours while its end is condemned, forgotten and reaped: it comes back above the floor, in a new life',
  nodes: 4,
  nodesMin: 4,
  untilMs: DAY_MS + 3 * HOUR_MS,
  profile: 'wan',
  play(stage) {
    const wakeMs = DAY_MS + 2 * HOUR_MS;
    stage.founded(3);
    stage.inflict(60_000, wakeMs, { kind: 'suspend', host: 3 });
    stage.at(600_000, () => stage.host(0).process?.command({ kind: 'forget', name: nameOf(3) }, () => {}));
    stage.expect(wakeMs - 1, 'it was reaped, and the floor tells', () => {
      const record = stage.host(0).disk.durable?.record;
      const { id } = stage.host(3).identity;
      if (record?.condemned.some((entry) => entry.id === id) === true) return 'it is still condemned';
      return (record?.floor ?? 0) > 0 ? null : 'the floor is 0';
    });
    stage.recovered(wakeMs, 120_000);
  },
};

export const reapedByOne: Scene = {
  name: 'reaped-by-one',
  story:
    'two of three voters were restarted within the day, so one alone has counted it: what it reaps is reaped, and blocks no condemnation after it',
  nodes: 4,
  nodesMin: 4,
  untilMs: DAY_MS + 3 * HOUR_MS,
  profile: 'wan',
  play(stage) {
    stage.founded(3);
    stage.world.isSupervised = false;
    stage.at(60_000, () => stage.host(3).crash());
    stage.at(600_000, () => stage.host(0).process?.command({ kind: 'forget', name: nameOf(3) }, () => {}));
    // One at a time, each given time to return.
    for (const index of [1, 2]) stage.inflict((20 + index) * HOUR_MS, (20 + index) * HOUR_MS + 30_000, { kind: 'power-loss', host: index });
    const crashMs = DAY_MS + HOUR_MS;
    stage.expect(crashMs - 1, 'it was reaped, and the floor tells', () => {
      const record = stage.host(0).disk.durable?.record;
      return record?.condemned.some(({ id }) => id === stage.host(3).identity.id) === false && record.floor > 0 ? null : 'it was not';
    });
    let lost = -1;
    stage.at(crashMs, () => {
      lost = Math.max(0, stage.leader);
      stage.host(lost).crash();
    });
    stage.expect(crashMs + 2 * stage.verdictMs, 'the leader that crashed has failed, and another leads', () => {
      const rest = range(0, 3).filter((index) => index !== lost);
      const failed = rest.filter((index) => {
        const { process, clock } = stage.host(index);
        return process?.node.member(nameOf(lost), clock.nowMs())?.state === 'failed';
      });
      return failed.length === 2 && rest.includes(stage.leader) ? null : `${failed.length} of 2 show it, the leader is ${stage.leader}`;
    });
  },
};

export const restartedVoters: Scene = {
  name: 'restarted-voters',
  story:
    'n1 does not hear n3, n2 hears both, loses its power and is back at once: that it has not seen n3 yet is no reason to announce anything',
  nodes: 3,
  nodesMin: 3,
  untilMs: 200_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3);
    stage.inflict(8000, 180_000, { kind: 'bridge', bridge: [1], side: [0], otherSide: [2] });
    for (let ms = 20_000; ms < 170_000; ms += 15_000) {
      const atMs = ms + stage.random.between(0, 1000);
      stage.inflict(atMs, atMs + 30, { kind: 'power-loss', host: 1 });
    }
    stage.recovered(180_000, 15_000);
  },
};
