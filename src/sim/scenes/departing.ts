// Scenes of members that go by wish, or must go because their name is taken.

import { seedOf } from '../world.ts';
import type { Scene } from './scene.ts';
import { range } from './stage.ts';

export const leave: Scene = {
  name: 'leave',
  story:
    'one member leaves: its children, its vote, then its word; everyone shows it left within ten seconds, nobody failed, and its process has ended',
  nodes: 5,
  nodesMin: 2,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    const leaver = stage.nodes - 1;
    stage.usual();
    stage.joined(19_000);
    stage.at(20_000, () => stage.host(leaver).process?.command({ kind: 'leave' }, () => {}));
    stage.expectShown(30_000, range(0, leaver), [leaver], 'left');
    stage.expect(31_000, 'the process that left has ended', () => (stage.host(leaver).process === null ? null : 'it still runs'));
    stage.calm(31_000);
    stage.forbid('member-failed', 'member-stopped');
  },
};

export const nameClash: Scene = {
  name: 'name-clash',
  story: 'a second n2 joins under an id of its own; one of the two exits, the same in every eye, and the other stays',
  nodes: 4,
  nodesMin: 2,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    stage.usual();
    const first = stage.host(1);
    const second = stage.world.addHost({ name: first.name, isFounder: false, seeds: [seedOf('n1')] }, 'other');
    stage.world.isSupervised = false;
    first.mayClash = true;
    second.mayClash = true;
    stage.joined(19_000);
    stage.at(20_000, () => second.start());
    stage.expect(30_000, 'one of the two has exited', () => {
      const living = [first, second].filter((host) => host.process !== null).length;
      return living === 1 ? null : `${living} of them live`;
    });
    stage.calm(30_000);
  },
};
