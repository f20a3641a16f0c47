// Scenes of a cluster that changes: voters that change in a hurry, leaves, a cold start of everyone, a copied state directory.

import type { Command } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Scene } from './scene.ts';
import { nameOf, type Stage } from './stage.ts';

const BACK_MS = 12_000;

function command(stage: Stage, atMs: number, host: number, what: Command): void {
  stage.at(atMs, () => stage.host(host).process?.command(what, () => {}));
}

export const votersInAHurry: Scene = {
  name: 'voters-in-a-hurry',
  story:
    '14: voters 3, 5, 3 by the operator as fast as it goes, a partition between the steps and stale restarts: never two sides that are quorate',
  nodes: 5,
  nodesMin: 5,
  untilMs: 120_000,
  profile: 'lan',
  play(stage) {
    stage.founded(3);
    for (const atMs of [5000, 5001]) for (const name of [nameOf(3), nameOf(4)]) command(stage, atMs, 0, { kind: 'voters', add: name });
    // Cut within the steps: whoever is on the old side still holds the first epoch.
    stage.inflict(9800, 24_000, { kind: 'partition', side: [0, 1], otherSide: [2, 3, 4] });
    stage.inflict(16_000, 18_000, { kind: 'power-loss', host: 1 });
    stage.recovered(24_000, 30_000, 55_000);
    for (const atMs of [55_000, 55_001])
      for (const name of [nameOf(0), nameOf(1)]) command(stage, atMs, 2, { kind: 'voters', remove: name });
    stage.inflict(56_500, 75_000, { kind: 'partition', side: [0, 1], otherSide: [2, 3, 4] });
    stage.inflict(62_000, 64_000, { kind: 'power-loss', host: 0 });
    stage.recovered(75_000, 30_000);
  },
};

export const leaveWhileDown: Scene = {
  name: 'leave-while-down',
  story: '15: one of five voters is down while another leaves: the leave succeeds, the rest stays quorate; with two down it is refused',
  nodes: 5,
  nodesMin: 5,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    stage.founded(5);
    stage.at(10_000, () => stage.host(4).crash());
    command(stage, 30_000, 3, { kind: 'leave' });
    stage.expect(45_000, 'n4 has left', () => (stage.host(3).process === null ? null : 'it still runs'));
    for (let ms = 10_000; ms < 50_000; ms += 500) stage.expectQuorate(ms, [0, 1, 2]);
    stage.at(50_000, () => stage.host(2).crash());
    stage.at(60_000, () =>
      stage.host(1).process?.command({ kind: 'leave' }, (result) => {
        if (result.kind === 'done') stage.world.fail('expectation', 'n2', 'leaves and takes the quorum of the rest with it');
      }),
    );
  },
};

export const coldStart: Scene = {
  name: 'cold-start',
  story: '15: the whole cluster loses its power and starts again without seeds, in any order, at new times: it finds itself',
  nodes: 5,
  nodesMin: 3,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    stage.founded(stage.nodes);
    stage.at(30_000, () => {
      for (const host of stage.world.hosts) host.losePower();
      stage.world.names.isDown = true;
      for (const host of stage.world.hosts) stage.at(32_000 + 12_000 * stage.random.unit(), () => host.start());
    });
    stage.recovered(45_000, 2 * BACK_MS);
  },
};

export const clonedState: Scene = {
  name: 'cloned-state',
  story:
    '15: the state directory of the leader is copied to another host, which starts while the original leads: one of the two exits, and never do both lead',
  nodes: 3,
  nodesMin: 3,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    const copy = foundedWithSpare(stage, nameOf(3));
    stage.at(20_000, () => {
      const original = stage.host(Math.max(0, stage.leader));
      const { durable } = original.disk;
      if (durable !== null) copy.disk.restore(durable);
      startCopy(stage, original, copy);
    });
    stage.expect(60_000, 'one of the two has exited', () => {
      const living = stage.world.hosts.filter((host) => host.isCopy && host.process !== null).length;
      return living === 1 ? null : `${living} of them live`;
    });
    stage.recovered(60_000, BACK_MS);
  },
};

export const clonedEarlier: Scene = {
  name: 'cloned-earlier',
  story:
    '15: an older copy of the leader’s state directory is started elsewhere: the copy, which has forgotten promises, exits, and the original stays',
  nodes: 4,
  nodesMin: 4,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    const copy = foundedWithSpare(stage, 'copy');
    let original = stage.host(0);
    stage.at(10_000, () => {
      original = stage.host(Math.max(0, stage.leader));
      const { durable } = original.disk;
      if (durable !== null) copy.disk.restore(durable);
    });
    // The original promises and learns on.
    command(stage, 12_000, 0, { kind: 'voters', add: nameOf(3) });
    stage.at(20_000, () => startCopy(stage, original, copy));
    stage.expect(60_000, 'the copy has exited, the original lives', () => {
      if (copy.process !== null) return 'the copy lives';
      return original.process === null ? 'the original has exited' : null;
    });
    stage.recovered(60_000, BACK_MS);
  },
};

export const clonedAtOnce: Scene = {
  name: 'cloned-at-once',
  story: '15: a voter is down, and two copies of its state directory are started at the same time: one of the two exits, one stays',
  nodes: 3,
  nodesMin: 3,
  untilMs: 90_000,
  profile: 'lan',
  play(stage) {
    const copy = foundedWithSpare(stage, 'copy');
    const original = stage.host(1);
    stage.at(10_000, () => original.losePower());
    stage.at(20_000, () => {
      const { durable } = original.disk;
      if (durable !== null) copy.disk.restore(durable);
      original.start();
    });
    stage.at(20_000 + stage.random.between(0, 40), () => startCopy(stage, original, copy));
    stage.expect(60_000, 'one of the two has exited', () => {
      const living = [original, copy].filter(({ process }) => process !== null).length;
      return living === 1 ? null : `${living} of them live`;
    });
    stage.recovered(60_000, BACK_MS);
  },
};

/** Three voters, and a machine beside them on which a copy of a disk may start. */
function foundedWithSpare(stage: Stage, name: string): Host {
  stage.founded(3);
  stage.world.isSupervised = false;
  const spare = stage.world.addHost({ name, isFounder: false, seeds: [] });
  for (const host of stage.world.hosts) host.mayClash = true;
  return spare;
}

/** On another machine: what ran under the original's leases cannot run here. */
function startCopy(stage: Stage, original: Host, copy: Host): void {
  original.isCopy = true;
  copy.isCopy = true;
  copy.disk.rememberPeers(stage.world.hosts.filter((host) => host !== copy).map((host) => host.address));
  copy.launch = { ...original.launch };
  copy.losePower();
  copy.start();
}
