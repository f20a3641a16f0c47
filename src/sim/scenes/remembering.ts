// Scenes of clocks at their worst for a day, packets of an hour ago, disks that were lost, restarts in turn.

import type { Scene } from './scene.ts';
import { nameOf, range } from './stage.ts';

const BACK_MS = 12_000;

export const worstClocks: Scene = {
  name: 'worst-clocks',
  story: '9: clock rates at 1 ± rho for 10^5 seconds, somebody cut off, mute, stopped or killed every minute: everything holds',
  nodes: 3,
  nodesMin: 3,
  untilMs: 100_000_000,
  profile: 'lan',
  play(stage) {
    stage.founded(stage.nodes);
    const everyMs = 60_000;
    for (let atMs = 10_000; atMs + everyMs < stage.untilMs; atMs += everyMs) {
      stage.at(atMs, () => {
        const host = stage.random.below(stage.nodes);
        const others = range(0, stage.nodes).filter((index) => index !== host);
        const healMs = atMs + stage.random.between(2000, 15_000);
        switch (stage.random.below(4)) {
          case 0:
            return stage.inflict(atMs, healMs, { kind: 'partition', side: [host], otherSide: others });
          case 1:
            return stage.inflict(atMs, healMs, { kind: 'one-way', from: [host], to: others });
          case 2:
            return stage.inflict(atMs, healMs, { kind: 'pause', host });
          default:
            return stage.inflict(atMs, healMs, { kind: 'crash', host, isWiped: false, isMoved: false });
        }
      });
    }
  },
};

const HOUR_MS = 3_600_000;

export const replayed: Scene = {
  name: 'replayed',
  story:
    '11: packets of the last hour, an earlier run of a node among them, come again by the thousand: nothing changes, no deadline moves',
  nodes: 3,
  nodesMin: 3,
  untilMs: HOUR_MS + 90_000,
  profile: 'wan',
  play(stage) {
    stage.founded(3);
    stage.world.links.capture(20_000, 5);
    stage.inflict(600_000, 630_000, { kind: 'crash', host: 2, isWiped: false, isMoved: false });
    stage.inflict(1_200_000, 1_230_000, { kind: 'partition', side: [0], otherSide: [1, 2] });
    stage.recovered(1_230_000, 60_000, HOUR_MS);
    let version = 0;
    stage.at(HOUR_MS, () => {
      version = stage.host(0).disk.durable?.record?.version ?? 0;
      stage.forbid('fenced', 'quorate', 'member-failed', 'member-joined', 'leader-changed', 'record-changed');
    });
    for (let ms = 0; ms < 60_000; ms += 1000) stage.inflict(HOUR_MS + ms, HOUR_MS + ms + 1, { kind: 'replay', count: 100 });
    stage.expect(stage.untilMs - 1, 'the record is as it was', () => {
      const now = stage.host(0).disk.durable?.record?.version;
      return now === version ? null : `version ${now} after ${version}`;
    });
  },
};

export const fsyncPoints: Scene = {
  name: 'fsync-points',
  story:
    '13: a voter is killed at every write of its disk, before and after it is durable, while records are decided: nothing told is undone',
  nodes: 3,
  nodesMin: 3,
  untilMs: 400_000,
  profile: 'local',
  play(stage) {
    stage.founded(3);
    const victim = stage.host(1);
    let writes = 0;
    stage.at(3000, () => {
      victim.disk.onWrite = (stageOfWrite) => {
        writes += 1;
        // Every third write of each stage, so that it lives long enough to vote in between.
        if (writes % 3 !== 0) return;
        stage.faults.push(`killed ${stageOfWrite} write ${writes}`);
        victim.crash();
        stage.at(stage.world.nowMs + stage.random.between(1, 300), () => {
          if (victim.process === null) victim.start();
        });
      };
    });
    // Something to decide all the time: who leads is cut off again and again.
    for (let ms = 4000; ms < 380_000; ms += 4000) {
      stage.at(ms, () => {
        const leader = stage.leader;
        if (leader < 0) return;
        const others = range(0, 3).filter((index) => index !== leader);
        stage.inflict(ms, ms + 1600, { kind: 'partition', side: [leader], otherSide: others });
      });
    }
    stage.at(382_000, () => {
      victim.disk.onWrite = null;
    });
    stage.recovered(382_000, 10_000);
  },
};

export const lostDisk: Scene = {
  name: 'lost-disk',
  story:
    '13: a voter loses its disk, and another comes back with an old snapshot: neither old self votes again, both return as somebody else',
  nodes: 5,
  nodesMin: 5,
  untilMs: 160_000,
  profile: 'lan',
  play(stage) {
    stage.founded(5);
    stage.inflict(10_000, 12_000, { kind: 'crash', host: 4, isWiped: true, isMoved: false });
    stage.recovered(12_000, 40_000, 60_000);
    const restored = stage.host(3);
    let snapshot = restored.disk.durable;
    stage.at(55_000, () => {
      snapshot = restored.disk.durable;
    });
    // Its promises and lives since then are what it forgets.
    stage.inflict(60_000, 62_000, { kind: 'partition', side: [3], otherSide: [0, 1, 2, 4] });
    stage.inflict(70_000, 90_000, { kind: 'pause', host: 0 });
    stage.at(100_000, () => {
      restored.losePower();
      restored.isCopy = true;
      if (snapshot !== null) restored.disk.restore(snapshot);
      restored.start();
    });
    stage.expect(stage.untilMs - 1, 'the restored one lives under another id', () =>
      restored.disk.durable?.id === snapshot?.id ? 'it has its old id' : null,
    );
    stage.recovered(100_000, 50_000);
  },
};

export const rollingRestart: Scene = {
  name: 'rolling-restart',
  story:
    '16: all three voters restart in turn, by TERM, by kill, and by loss of power, each given time to return: the cluster stays quorate throughout',
  nodes: 3,
  nodesMin: 3,
  untilMs: 260_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3);
    const kinds = ['stop', 'crash', 'power-loss'] as const;
    let ms = 10_000;
    for (const kind of kinds) {
      for (const host of range(0, 3)) {
        stage.inflict(ms, ms + 2000, kind === 'crash' ? { kind, host, isWiped: false, isMoved: false } : { kind, host });
        const others = range(0, 3).filter((index) => index !== host);
        for (let after = 100; after < 20_000; after += 100) stage.expectQuorate(ms + after, others);
        stage.recovered(ms + 2000, 2 * BACK_MS, ms + 26_500);
        ms += 27_000;
      }
    }
  },
};

export const rollingLoss: Scene = {
  name: 'rolling-loss',
  story:
    '16: all three voters lose their state and return in turn, each given time: who lost it is replaced, and the cluster stays quorate',
  nodes: 3,
  nodesMin: 3,
  untilMs: 200_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3);
    for (const host of range(0, 3)) {
      const ms = 10_000 + host * 60_000;
      stage.inflict(ms, ms + 2000, { kind: 'crash', host, isWiped: true, isMoved: false });
      const others = range(0, 3).filter((index) => index !== host);
      for (let after = 100; after < 59_000; after += 100) stage.expectQuorate(ms + after, others);
      stage.recovered(ms, 55_000, ms + 59_000);
      stage.expect(ms + 59_000, `${nameOf(host)} votes again under its new id`, () => {
        const { durable } = stage.host(host).disk;
        return durable?.record?.voters.some(({ id }) => id === durable.id) === true ? null : 'it does not';
      });
    }
  },
};
