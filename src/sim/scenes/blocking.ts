// Scenes of firewalls that pass one kind of packet and stop the other: whatever works then, each side says what does not.

import type { Scene } from './scene.ts';
import { range } from './stage.ts';

const OPENED_MS = 60_000;

export const udpBlocked: Scene = {
  name: 'udp-blocked',
  story: 'TCP passes between one node and the others and UDP does not: it joins, and both sides say why it fails; opened, all agree',
  nodes: 3,
  nodesMin: 2,
  untilMs: 120_000,
  profile: 'lan',
  play(stage) {
    const behind = stage.nodes - 1;
    stage.usual();
    stage.inflict(0, OPENED_MS, { kind: 'udp-blocked', side: [behind], otherSide: range(0, behind) });
    const [seed, name] = [stage.host(0).name, stage.host(behind).name];
    // From T_fail after the first word over TCP until it is opened, whatever is shown of the other meanwhile.
    for (const atMs of [10_000, 30_000, OPENED_MS - 1]) {
      stage.expectProblem(atMs, 0, 'udp-blocked', `${name}→${seed}: ${name} answers over TCP`);
      stage.expectProblem(atMs, behind, 'udp-blocked', `${seed}→${name}: ${seed} answers over TCP`);
    }
    stage.calm(OPENED_MS);
  },
};

export const tcpBlocked: Scene = {
  name: 'tcp-blocked',
  story: 'UDP passes between two halves and TCP no longer does: nobody fails, and what is too large for a datagram is missed with a reason',
  nodes: 4,
  nodesMin: 2,
  untilMs: 160_000,
  profile: 'lan',
  play(stage) {
    const middle = stage.nodes >> 1;
    stage.usual();
    stage.joined(19_000);
    stage.inflict(20_000, 80_000, { kind: 'tcp-blocked', side: range(0, middle), otherSide: range(middle, stage.nodes) });
    const large = Array.from({ length: 8 }, (_, i) => [`key${i}`, 'x'.repeat(500)] as const);
    stage.at(21_000, () => stage.host(0).process?.command({ kind: 'set-tags', tags: large }, () => {}));
    stage.expectProblem(79_000, 0, 'tcp-blocked', `is heard, but no connection to it comes about (no answer within 3 s`);
    stage.calm(80_000);
    stage.forbid('member-failed', 'member-left', 'member-stopped');
  },
};
