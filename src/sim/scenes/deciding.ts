// Decisions that are interrupted at their worst moment, each against one rule of the record (see scripts/mutants.mjs): chance hits
// such a moment once in hundreds of seeds, if ever.

import type { Ballot } from '../../core/index.ts';
import { hostMask } from '../network.ts';
import type { Scene } from './scene.ts';
import { nameOf, range, type Stage } from './stage.ts';

const BEGIN_MS = 15_000;
const BACK_MS = 15_000;
/** Shorter than the network's least latency: whoever looks so often sees a packet's cause before its effect. */
const LOOK_MS = 0.05;

/** Calls `seen` once, as soon as `isSo` from `fromMs` on. */
function when(stage: Stage, fromMs: number, isSo: () => boolean, seen: () => void): void {
  const look = (): void => {
    if (isSo()) seen();
    else stage.at(stage.world.nowMs + LOOK_MS, look);
  };
  stage.at(fromMs, look);
}

function promised(stage: Stage, index: number): Ballot | null {
  return stage.host(index).disk.durable?.acceptor?.promised ?? null;
}

export const offeredTwice: Scene = {
  name: 'offered-twice',
  story:
    'the leader is promised a version, and nobody hears what it offers; meanwhile it resigns, so it offers something else: under another ballot',
  nodes: 5,
  nodesMin: 5,
  untilMs: 70_000,
  profile: 'lan',
  play(stage) {
    /** Attempts end after three heartbeats, the next one begins within one more: nobody misses the leader by then. */
    const silentMs = 3.2 * stage.world.timings.heartbeatMs;
    stage.founded(5);
    stage.at(BEGIN_MS, () => {
      const leader = Math.max(0, stage.leader);
      const others = range(0, 5).filter((index) => index !== leader);
      const { id } = stage.host(leader).identity;
      // The majority that promises is one of others: the leader itself would tell that it has accepted.
      stage.inflict(BEGIN_MS, BEGIN_MS + 4000, { kind: 'disk', host: leader, health: 'slow' });
      const wish = (): void => stage.host(leader).process?.command({ kind: 'voters', remove: nameOf(others[0]!) }, () => {});
      stage.at(BEGIN_MS + 1, wish);
      const isPromised = (): boolean => others.some((index) => promised(stage, index)?.id === id);
      when(stage, BEGIN_MS + 1, isPromised, () => {
        const { nowMs } = stage.world;
        stage.inflict(nowMs, nowMs + silentMs, { kind: 'one-way', from: [leader], to: others });
        stage.at(nowMs + 100, () => stage.host(leader).process?.command({ kind: 'leave' }, () => {}));
      });
      stage.expect(50_000, 'it has left', () => (stage.host(leader).process === null ? null : 'it still runs'));
      stage.recovered(35_000, BACK_MS);
    });
  },
};

export const acceptedAndHealed: Scene = {
  name: 'accepted-and-healed',
  story:
    'a node is mute until its end is accepted by a majority; that moment it is heard again, and who proposed it is cut off: no acceptor acks it',
  nodes: 5,
  nodesMin: 5,
  untilMs: 70_000,
  profile: 'lan',
  play(stage) {
    const mute = 4;
    const others = range(0, mute);
    stage.founded(5);
    stage.at(BEGIN_MS, () => {
      const silence = {
        from: hostMask([mute], 5),
        to: hostMask(others, 5),
        loss: 1,
        delayMsMax: 0,
        duplication: 0,
        spares: 'nothing',
      } as const;
      stage.world.links.add(silence);
      const { id } = stage.host(mute).identity;
      const ballotAt = (index: number): Ballot | null => {
        const accepted = stage.host(index).disk.durable?.acceptor?.accepted ?? null;
        return accepted?.change.condemn.some((entry) => entry.id === id) === true ? accepted.ballot : null;
      };
      const isAccepted = (): boolean => others.filter((index) => ballotAt(index) !== null).length >= 3;
      when(stage, BEGIN_MS + 1000, isAccepted, () => {
        stage.world.links.heal(silence);
        const ballot = others.map(ballotAt).find((found) => found !== null);
        const proposer = others.find((index) => stage.host(index).identity.id === ballot?.id) ?? 0;
        const rest = range(0, 5).filter((index) => index !== proposer);
        stage.inflict(stage.world.nowMs, 40_000, { kind: 'partition', side: [proposer], otherSide: rest });
      });
    });
    stage.recovered(40_000, BACK_MS);
  },
};
