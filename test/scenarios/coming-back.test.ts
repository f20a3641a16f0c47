// Runs that follow an unclean end, a pause, a copy or an old backup: what an earlier life held is over before the next one acts
// (R7, R13, R14, clone hold; scenes 7, 8, 13, 15). And what never happens by itself: a cluster.

import { describe, expect, test } from 'vitest';
import { type Address, type ClusterId, PROFILES } from '../../src/core/index.ts';
import { type Resident, SmallTown } from '../support/small-town.ts';
import { failedAt, leads, quorate, watched } from '../support/watch.ts';

const { fenceMs, lagMs, stopMs, failMs } = PROFILES.lan;

function atRest(count: number): { town: SmallTown; all: Resident[]; t0: number; leader: Resident } {
  const town = watched(new SmallTown());
  const all = town.settleAll(count);
  town.pass(20_000);
  return { town, all, t0: town.scheduler.nowMs, leader: all.find(leads)! };
}

function problemCodes(one: Resident): string[] {
  return one.node.problems(one.nowMs()).map(({ code }) => code);
}

describe('after an unclean end on the same boot (R13)', () => {
  test('an agent is silent for T_fail, says why, and comes back as its next life', () => {
    const { town, all, leader } = atRest(3);
    leader.driver.halt();
    town.pass(100);
    const startedAt = town.scheduler.nowMs;
    const again = town.restart(leader, { mustStaySilent: true, seeds: all.map(({ address }) => address as string) });
    town.pass(failMs - 10);
    expect([again.sentBytes, again.wakeups]).toStrictEqual([0, 0]);
    expect(problemCodes(again)).toStrictEqual(['waiting-for-orphans']);
    expect(again.node.standing).toBe('joining');
    town.pass(5_000);
    expect([quorate(again), leads(again), again.node.incarnation]).toStrictEqual([true, false, leader.node.incarnation + 1]);
    expect(town.told(again, 'quorate', startedAt)[0]! - startedAt).toBeGreaterThanOrEqual(failMs);
    expect(problemCodes(again)).toStrictEqual([]);
  });

  test('orphans of its lease may run until their deadline: its leadership is taken over no sooner', () => {
    const { town, all, t0, leader } = atRest(3);
    const leaseMs = leader.node.leaseRemainingMs(leader.nowMs(), leader.nowMs());
    leader.driver.halt();
    town.pass(100);
    town.restart(leader, { mustStaySilent: true, seeds: all.map(({ address }) => address as string) });
    town.pass(20_000);
    const namedAt = Math.min(
      ...town.chronicle.filter(({ atMs, what }) => atMs > t0 && /^leader-changed to n/.test(what)).map(({ atMs }) => atMs),
    );
    expect(namedAt - t0).toBeGreaterThanOrEqual(leaseMs + lagMs + stopMs);
  });
});

describe('after a pause of a minute with a full socket', () => {
  test('the first reading is not quorate, and no ack out of the socket brings the old life back', () => {
    const { town, all, t0, leader } = atRest(3);
    const life = leader.node.incarnation;
    leader.pause();
    town.pass(60_000);
    // Read before anything else of this instant, as a probe would.
    expect([quorate(leader), leads(leader)]).toStrictEqual([false, false]);
    expect(leader.node.leaseRemainingMs(leader.nowMs(), leader.nowMs())).toBe(0);
    const resumedAt = town.scheduler.nowMs;
    leader.resume();
    expect([quorate(leader), leader.node.standing]).toStrictEqual([false, 'fenced']);
    town.pass(10_000);
    expect(leader.node.incarnation).toBeGreaterThan(life);
    expect([quorate(leader), leads(leader)]).toStrictEqual([true, false]);
    expect(town.told(leader, 'quorate', resumedAt).length).toBe(1);
    expect(failedAt(town, leader, t0) - t0).toBeLessThan(failMs + 500);
    expect(all.filter(leads).length).toBe(1);
  });

  test('a suspend in which hrtime stood still is found out by the other clock', () => {
    const { town, leader } = atRest(3);
    leader.pause();
    town.pass(10_000);
    leader.clockStoodStill(10_000);
    const now = leader.nowMs();
    // By its own hrtime no time has passed; by the clock of the boot ten seconds have.
    expect(leader.node.isQuorate(now, now)).toBe(true);
    expect(leader.node.isQuorate(now, now + 10_000)).toBe(false);
  });

  test('a machine that stood still with all its clocks believes its lease, and a fresh question does not (--confirm)', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(20_000);
    const leader = all.find(leads)!;
    leader.pause();
    town.pass(10_000);
    leader.clockStoodStill(10_000);
    expect(quorate(leader)).toBe(true);
    leader.resume();
    const asked = leader.command({ kind: 'confirm' });
    town.pass(fenceMs);
    expect(asked.result?.kind).toBe('refused');
  });
});

describe('a copied state directory', () => {
  test.each([
    ['while the original leads', 0],
    ['right after the original wrote', 1],
  ])('that is started elsewhere %s: never are two quorate under one id', (_when, writesLater) => {
    const { town, all, t0, leader } = atRest(3);
    const state = leader.saved.at(-1 - writesLater)!;
    leader.stopsInMs = stopMs - 100;
    const others = all.filter((one) => one !== leader);
    const copy = town.restart(leader, {
      state,
      address: '10.0.0.77:7946' as Address,
      seeds: others.map(({ address }) => address as string),
    });
    town.pass(30_000);
    // The original heard of a higher life, stopped what it ran, said why, and went on above it: its promises are what others hold.
    expect(town.told(leader, 'fenced', t0).length).toBe(1);
    expect(leader.node.fence?.message).toContain('copied to two hosts');
    const [deadAt] = town.told(leader, 'its workloads are dead', t0);
    const [, ...again] = town.told(leader, 'quorate');
    expect(again.map((at) => at > deadAt!)).toStrictEqual([true]);
    expect(copy.exit?.reason).toMatch(/superseded|rolled-back/);
    expect(copy.events.filter(({ type }) => type === 'quorate')).toStrictEqual([]);
    expect([leader, ...others].map(quorate)).toStrictEqual([true, true, true]);
    expect([leader, ...others].filter(leads).length).toBe(1);
  });
});

describe('an old backup put back', () => {
  test('is found out before it votes, and ends with what to do; the others go on', () => {
    const { town, all } = atRest(3);
    const [, , victim] = all;
    const backup = victim!.saved[0]!;
    // Life goes on: records are adopted, promises made.
    for (let i = 0; i < 3; i++) {
      all[0]!.command({ kind: 'voters', remove: 'n2' });
      town.pass(8_000);
      all[0]!.command({ kind: 'voters', add: 'n2' });
      town.pass(8_000);
    }
    victim!.driver.halt();
    town.pass(10_000);
    const again = town.restart(victim!, { state: backup, seeds: [all[0]!.address] });
    town.pass(20_000);
    expect(again.exit).toMatchObject({ reason: 'rolled-back', message: expect.stringContaining('must not vote') });
    expect(town.told(again, 'quorate', town.scheduler.nowMs - 20_000)).toStrictEqual([]);
    expect(all.slice(0, 2).map(quorate)).toStrictEqual([true, true]);
  });

  test('a disk that fails ends an agent that is quorate only when its workloads are dead', () => {
    const { town, all, t0, leader } = atRest(3);
    leader.stopsInMs = 700;
    leader.diskProblem = 'ENOSPC';
    all.find((one) => one !== leader)!.command({ kind: 'voters', remove: leader.node.name });
    town.pass(10_000);
    expect(leader.exit).toMatchObject({ reason: 'storage', message: expect.stringContaining('ENOSPC') });
    const [fencedAt] = town.told(leader, 'fenced', t0);
    const [endedAt] = town.told(leader, 'exits: storage', t0);
    expect(endedAt! - fencedAt!).toBeGreaterThanOrEqual(700);
    expect(all.filter((one) => one !== leader).map(quorate)).toStrictEqual([true, true]);
  });
});

describe('a cluster', () => {
  test('is never made by joining: not by one whose seeds are away, nor by two that name each other', () => {
    const town = watched(new SmallTown());
    const all = [
      town.settle({ name: 'n1', cluster: null, seeds: ['10.0.0.2:7946', '10.9.9.9:7946'] }),
      town.settle({ name: 'n2', cluster: null, seeds: ['10.0.0.1:7946'] }),
    ];
    town.pass(600_000);
    for (const one of all) {
      expect([one.node.standing, one.node.clusterId, one.node.record, quorate(one)]).toStrictEqual(['joining', null, null, false]);
      expect(one.saved.every(({ clusterId, record }) => clusterId === null && record === null)).toBe(true);
    }
    town.settle({ name: 'n3', address: '10.9.9.9:7946' as Address });
    town.pass(30_000);
    expect(all.map(quorate)).toStrictEqual([true, true]);
  });

  test('all of whose agents stop is itself again when they start, in any order and without seeds', () => {
    const { town, all } = atRest(3);
    town.pass(30_000);
    for (const one of all) one.command({ kind: 'stop' });
    town.pass(5_000);
    const again: Resident[] = [];
    for (const one of [all[2]!, all[0]!, all[1]!]) {
      again.push(town.restart(one));
      town.pass(2_000);
    }
    town.pass(20_000);
    expect(again.map(quorate)).toStrictEqual([true, true, true]);
    expect(again.filter(leads).length).toBe(1);
    expect(new Set(again.map(({ node }) => node.clusterId)).size).toBe(1);
  });
});

describe('hosts that are restarted in turn', () => {
  const canLose = (one: Resident): number => one.node.quorum(one.nowMs(), one.nowMs())?.canLose ?? 0;

  /** Each stopped cleanly and started again as soon as the one before is `ready`; in the second round everybody has lived before. */
  function inTurn(ready: (again: Resident) => boolean): { town: SmallTown; sinceMs: number; waitedMs: number[] } {
    const { town, all, t0 } = atRest(3);
    town.pass(30_000);
    const running = [...all];
    const waitedMs: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const one = running[turn % 3]!;
      one.command({ kind: 'stop' });
      town.pass(2_000);
      const again = town.restart(one, { seeds: all.map(({ address }) => address as string) });
      running[turn % 3] = again;
      const startedAt = town.scheduler.nowMs;
      for (let tries = 0; tries < 200 && !ready(again); tries++) town.pass(50);
      waitedMs.push(town.scheduler.nowMs - startedAt);
    }
    return { town, sinceMs: t0, waitedMs };
  }

  test('fence nobody where each may be lost again before the next one is stopped: it says so itself', () => {
    const { town, sinceMs, waitedMs } = inTurn((again) => quorate(again) && canLose(again) > 0);
    expect(town.transcript(sinceMs, (what) => what.startsWith('fenced'))).toStrictEqual([]);
    expect(Math.max(...waitedMs)).toBeLessThanOrEqual(failMs + 2_000);
  });

  test('may fence the others where only its own quorum was awaited: it does not acknowledge them yet, and says why', () => {
    const seen = new Set<string>();
    const { town, sinceMs } = inTurn((again) => {
      if (quorate(again)) for (const code of problemCodes(again)) seen.add(code);
      return quorate(again);
    });
    expect(town.transcript(sinceMs, (what) => what.startsWith('fenced')).length).toBeGreaterThan(0);
    expect(seen).toContain('acks-withheld');
  });
});

describe('recovering by force', () => {
  function survivor(): { town: SmallTown; all: Resident[]; again: Resident } {
    const { town, all } = atRest(3);
    for (const one of all.slice(1)) one.driver.halt();
    town.pass(10_000);
    const [last] = all;
    expect(last!.node.standing).toBe('fenced');
    last!.command({ kind: 'recover-force' });
    town.pass(1_000);
    expect(last!.exit).toMatchObject({ reason: 'stopped', message: expect.stringContaining('start the agent again') });
    const again = town.restart(last!);
    town.pass(10_000);
    return { town, all, again };
  }

  test('makes a new cluster of the survivor alone, in which tokens go on growing', () => {
    const { all, again } = survivor();
    expect([quorate(again), leads(again)]).toStrictEqual([true, true]);
    expect(again.node.clusterId).not.toBe(all[0]!.node.clusterId);
    const now = again.nowMs();
    expect(again.node.leader(now, now)!.token).toBeGreaterThan(all[0]!.node.record!.version);
  });

  test('is not undone by those who were lost: they come back to a majority of their own, and the two never merge', () => {
    const { town, all, again } = survivor();
    // From here on both clusters may act: that is what the operator was asked to confirm.
    town.onInstant = null;
    const old = all[0]!.node.clusterId;
    const back = all.slice(1).map((one) => town.restart(one, { seeds: all.map(({ address }) => address as string) }));
    town.pass(60_000);
    expect(back.map(({ node }) => node.clusterId)).toStrictEqual([old, old] as ClusterId[]);
    expect(again.shown()).toBe('n1:alive');
    expect(problemCodes(back[0]!)).toContain('seed-in-other-cluster');
  });

  test('is refused while it is quorate, and before it has a record', () => {
    const { all, town } = atRest(1);
    expect(all[0]!.command({ kind: 'recover-force' }).result).toMatchObject({ kind: 'refused', code: 'invalid' });
    const joiner = town.settle({ name: 'j', cluster: null, seeds: ['10.9.9.9:7946'] });
    town.pass(1_000);
    expect(joiner.command({ kind: 'recover-force' }).result).toMatchObject({ kind: 'refused', code: 'not-quorate' });
  });

  test('is refused while processes of the last lease still run', () => {
    const { town, all } = atRest(3);
    all[0]!.stopsInMs = 20_000;
    for (const one of all.slice(1)) one.driver.halt();
    town.pass(10_000);
    expect(all[0]!.node.standing).toBe('fence-failed');
    expect(all[0]!.command({ kind: 'recover-force' }).result).toMatchObject({ kind: 'refused', code: 'invalid' });
  });
});

describe('confirm', () => {
  test('is answered by a majority within a round trip, also of one that does not vote', () => {
    const { town, all } = atRest(3);
    const extra = town.settle({ name: 'n4', cluster: null, seeds: [all[0]!.address], canVote: false });
    town.pass(10_000);
    for (const one of [all[0]!, all[2]!, extra]) {
      const asked = one.command({ kind: 'confirm' });
      town.pass(10);
      expect([one.node.name, asked.result]).toStrictEqual([one.node.name, { kind: 'done' }]);
    }
  });

  test('is refused within T_fence by one that is cut off, while its lease still holds', () => {
    const { town, all, t0 } = atRest(3);
    town.cut([all[0]!], all.slice(1));
    town.pass(100);
    const asked = all[0]!.command({ kind: 'confirm' });
    expect(quorate(all[0]!)).toBe(true);
    while (asked.result === null && town.scheduler.nowMs - t0 < fenceMs) town.pass(50);
    expect(asked.result).toMatchObject({ kind: 'refused', code: 'not-confirmed' });
    expect(town.scheduler.nowMs - t0).toBeLessThan(fenceMs);
  });

  test('of a lone voter is its own word', () => {
    const { town, all } = atRest(1);
    const asked = all[0]!.command({ kind: 'confirm' });
    town.pass(10);
    expect(asked.result).toStrictEqual({ kind: 'done' });
  });
});
