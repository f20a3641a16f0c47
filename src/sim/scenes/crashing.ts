// Scenes of processes that die, stand still, or come back elsewhere.

import type { Scene } from './scene.ts';
import { range, type Stage } from './stage.ts';

const CRASH_MS = 20_000;

function crashLast(stage: Stage, count: number): void {
  const living = range(0, stage.nodes - count);
  const dead = range(stage.nodes - count, stage.nodes);
  stage.usual();
  stage.joined(CRASH_MS - 1);
  for (const index of dead) stage.at(CRASH_MS, () => stage.host(index).crash());
  stage.expectShown(CRASH_MS + stage.verdictMs, living, dead, 'failed');
  stage.world.expectOfEvents(
    'only the dead are failed',
    (_host, event) => event.type !== 'member-failed' || dead.some((index) => stage.host(index).name === event.member),
  );
  stage.calm(CRASH_MS);
}

export const crashOne: Scene = {
  name: 'crash-one',
  story: 'one process is killed; everyone shows it failed within T_fail and a little, and nobody else',
  nodes: 5,
  nodesMin: 2,
  untilMs: 45_000,
  profile: 'lan',
  play(stage) {
    crashLast(stage, 1);
  },
};

export const crashTen: Scene = {
  name: 'crash-ten',
  story: 'ten processes are killed in one instant; everyone shows exactly these failed within T_fail and a little',
  nodes: 60,
  nodesMin: 11,
  untilMs: 45_000,
  profile: 'lan',
  play(stage) {
    crashLast(stage, 10);
  },
};

export const crashMost: Scene = {
  name: 'crash-most',
  story:
    'while no voter reaches anybody, all but a few of the others are killed; once the voters meet again, more are silent at once than one change of the record can name, and several changes name them all',
  nodes: 60,
  nodesMin: 50,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    const voters = range(0, 7);
    const dead = range(10, stage.nodes);
    const healMs = CRASH_MS + 10_000;
    stage.founded(voters.length);
    stage.joined(CRASH_MS - 1);
    for (const voter of voters) {
      const others = range(0, stage.nodes).filter((other) => other !== voter);
      stage.inflict(CRASH_MS, healMs, { kind: 'partition', side: [voter], otherSide: others });
    }
    for (const index of dead) stage.at(CRASH_MS + 1000, () => stage.host(index).crash());
    stage.expectShown(healMs + 20_000, range(0, 10), dead, 'failed');
    stage.calm(healMs + 10_000);
  },
};

export const pauseTenSeconds: Scene = {
  name: 'pause-10s',
  story: 'one process is stopped for 10 s; the others fail it, it fails nobody when it wakes, and returns in a new life',
  nodes: 5,
  nodesMin: 3,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    const paused = stage.nodes - 1;
    stage.usual();
    stage.joined(19_000);
    stage.inflict(20_000, 30_000, { kind: 'pause', host: paused });
    stage.expectShown(20_000 + stage.verdictMs, range(0, paused), [paused], 'failed');
    stage.world.expectOfEvents(
      'only the paused one is failed',
      (host, event) => event.type !== 'member-failed' || (event.member === stage.host(paused).name && host.index !== paused),
    );
    stage.calm(30_000);
  },
};

export const restartNewAddress: Scene = {
  name: 'restart-new-address',
  story: 'one machine loses its power and starts a second later at another address with its disk; it is the same member, and nobody failed',
  nodes: 5,
  nodesMin: 2,
  untilMs: 45_000,
  profile: 'lan',
  play(stage) {
    stage.usual();
    stage.joined(19_000);
    stage.at(20_000, () => {
      const host = stage.host(stage.nodes - 1);
      host.losePower();
      stage.world.moveHost(host);
    });
    stage.at(21_000, () => stage.host(stage.nodes - 1).start());
    stage.calm(21_000);
    stage.forbid('member-failed', 'member-left', 'member-stopped');
  },
};
