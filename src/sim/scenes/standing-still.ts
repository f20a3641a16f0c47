// Scenes of a single node in trouble: one that hears nothing, is not heard, stands still, dies, or sleeps.

import type { Scene } from './scene.ts';
import { range, type Stage } from './stage.ts';

const CUT_MS = 10_000;
const HEAL_MS = 40_000;
const BACK_MS = 12_000;
const MINUTE_MS = 60_000;

function leaseOverMs(stage: Stage): number {
  const { fenceMs, lagMs } = stage.world.timings;
  return (fenceMs + lagMs) / 0.99 + 20;
}

export const deaf: Scene = {
  name: 'deaf',
  story: '4: a node hears nothing: fenced within T_fence, back in its next life and not quorate; its old life is over at once everywhere',
  nodes: 5,
  nodesMin: 3,
  untilMs: 70_000,
  profile: 'lan',
  play(stage) {
    const last = stage.nodes - 1;
    const others = range(0, last);
    stage.founded(stage.nodes);
    stage.expectQuorate(CUT_MS - 1, range(0, stage.nodes));
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'one-way', from: others, to: [last] });
    stage.expect(CUT_MS + leaseOverMs(stage), 'the deaf one is fenced', () => (stage.isQuorate(stage.host(last)) ? 'it is quorate' : null));
    // Its next life is heard, and follows the one before by its nonce.
    let bornAs = 0;
    stage.at(CUT_MS, () => {
      bornAs = stage.host(last).process?.node.incarnation ?? 0;
    });
    stage.expect(CUT_MS + leaseOverMs(stage) + 3000, 'its old life is over in all lists', () => {
      for (const index of others) {
        const host = stage.host(index);
        const row = host.process?.node.members(host.clock.nowMs()).find((member) => member.id === stage.host(last).identity.id);
        if (row !== undefined && row.incarnation <= bornAs) return `${host.name} shows life ${row.incarnation}`;
      }
      return null;
    });
    stage.expect(HEAL_MS - 1, 'it is not quorate while it is deaf', () => (stage.isQuorate(stage.host(last)) ? 'it is' : null));
    stage.expectQuorate(HEAL_MS - 1, others);
    stage.recovered(HEAL_MS, BACK_MS);
  },
};

export const mute: Scene = {
  name: 'mute',
  story: '5: a node is not heard: fenced, condemned, and failed everywhere at T_fail',
  nodes: 5,
  nodesMin: 3,
  untilMs: 70_000,
  profile: 'lan',
  play(stage) {
    const last = stage.nodes - 1;
    const others = range(0, last);
    stage.founded(stage.nodes);
    stage.inflict(CUT_MS, HEAL_MS, { kind: 'one-way', from: [last], to: others });
    stage.expect(CUT_MS + leaseOverMs(stage), 'the mute one is fenced', () => (stage.isQuorate(stage.host(last)) ? 'it is quorate' : null));
    stage.expectShown(CUT_MS + stage.verdictMs, others, [last], 'failed');
    stage.expectQuorate(HEAL_MS - 1, others);
    stage.recovered(HEAL_MS, BACK_MS);
  },
};

export const stopped: Scene = {
  name: 'stopped',
  story:
    '7: SIGSTOP of the leading agent for 60 s, its socket buffer full: what it ran is dead at its deadline, and the first reading after SIGCONT is not quorate',
  nodes: 3,
  nodesMin: 3,
  untilMs: 120_000,
  profile: 'lan',
  play(stage) {
    const { stopMs } = stage.world.timings;
    stage.founded(3);
    let subject = 0;
    stage.at(CUT_MS, () => {
      subject = Math.max(0, stage.leader);
      stage.inflict(CUT_MS, CUT_MS + MINUTE_MS, { kind: 'pause', host: subject });
    });
    stage.expect(CUT_MS + leaseOverMs(stage) + stopMs / 0.99 + 20, 'what it ran is dead', () =>
      stage.host(subject).children.length === 0 ? null : 'it runs',
    );
    stage.expect(CUT_MS + 2 * stage.verdictMs, 'another leads', () =>
      stage.leader >= 0 && stage.leader !== subject ? null : 'nobody else does',
    );
    // The reading comes before anything that waited is handed to it.
    stage.expect(CUT_MS + MINUTE_MS - 0.001, 'the first reading says fenced', () =>
      stage.isQuorate(stage.host(subject)) ? 'it is quorate' : null,
    );
    stage.at(CUT_MS + MINUTE_MS, () => {
      if (stage.isQuorate(stage.host(subject))) stage.world.fail('expectation', stage.host(subject).name, 'is quorate right after SIGCONT');
    });
    stage.recovered(CUT_MS + MINUTE_MS, BACK_MS);
  },
};

export const killed: Scene = {
  name: 'killed',
  story:
    '8: SIGKILL of the leading agent: its children die at their deadline; it starts again silently, then in its next life, not leading',
  nodes: 3,
  nodesMin: 3,
  untilMs: 60_000,
  profile: 'lan',
  play(stage) {
    const { fenceMs, lagMs, stopMs, failMs } = stage.world.timings;
    stage.founded(3);
    let subject = 0;
    let saidAtMs = Number.POSITIVE_INFINITY;
    stage.at(CUT_MS, () => {
      subject = Math.max(0, stage.leader);
      stage.host(subject).crash();
    });
    stage.at(CUT_MS + 500, () => {
      const host = stage.host(subject);
      host.start();
      stage.world.links.onSent = (from) => {
        if (from === host.address) saidAtMs = Math.min(saidAtMs, stage.world.nowMs);
      };
    });
    stage.expect(CUT_MS + (fenceMs + lagMs + stopMs) / 0.99 + 20, 'its children are dead', () =>
      stage.host(subject).children.length === 0 ? null : 'they run',
    );
    stage.expect(CUT_MS + 20_000, 'it was silent for T_fail, then it spoke', () =>
      saidAtMs - (CUT_MS + 500) >= failMs / 1.01 && saidAtMs < CUT_MS + 20_000
        ? null
        : `first word after ${(saidAtMs - CUT_MS - 500).toFixed(0)} ms`,
    );
    stage.expect(CUT_MS + 20_000, 'another leads', () => (stage.leader >= 0 && stage.leader !== subject ? null : 'nobody else does'));
    stage.recovered(CUT_MS + 500, 2 * BACK_MS);
  },
};

export const asleep: Scene = {
  name: 'asleep',
  story:
    '10: the machine of the leader is suspended for 60 s while hrtime stands still: fenced when it wakes; all wall clocks jump by a year: nothing changes',
  nodes: 3,
  nodesMin: 3,
  untilMs: 150_000,
  profile: 'lan',
  play(stage) {
    const year = 365 * 86_400_000;
    stage.founded(3);
    let subject = 0;
    stage.at(CUT_MS, () => {
      subject = Math.max(0, stage.leader);
      stage.inflict(CUT_MS, CUT_MS + MINUTE_MS, { kind: 'suspend', host: subject });
    });
    stage.at(CUT_MS + MINUTE_MS, () => {
      if (stage.isQuorate(stage.host(subject))) stage.world.fail('expectation', stage.host(subject).name, 'is quorate when it wakes');
    });
    stage.recovered(CUT_MS + MINUTE_MS, BACK_MS, 100_000);
    stage.at(100_000, () => {
      for (const [index, host] of stage.world.hosts.entries()) host.clock.jumpWallClock(index % 2 === 0 ? year : -year);
      stage.forbid('fenced', 'member-failed', 'record-changed');
    });
    stage.recovered(100_000, 0);
  },
};
