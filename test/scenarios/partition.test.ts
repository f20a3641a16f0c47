// Cuts and crashes as the record sees them: whoever lost the majority stops before the majority says that it failed (I1, scenes 1 to 5).

import { describe, expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { type Resident, SmallTown } from '../support/small-town.ts';
import { failedAt, leads, quorate, watched } from '../support/watch.ts';

const { fenceMs, lagMs, stopMs, failMs } = PROFILES.lan;

/** A cluster at rest for 20 seconds, and the instant at which the story begins. */
function atRest(count: number): { town: SmallTown; all: Resident[]; t0: number } {
  const town = watched(new SmallTown());
  const all = town.settleAll(count);
  town.pass(20_000);
  expect(all.map(quorate)).toStrictEqual(all.map(() => true));
  expect(all.filter(leads).length).toBe(1);
  return { town, all, t0: town.scheduler.nowMs };
}

describe.each([
  ['3 to 2, the leader among the two', 5, [0, 1]],
  ['3 to 2, the leader among the three', 5, [3, 4]],
  ['4 to 1', 5, [2]],
  ['2 to 1', 3, [0]],
  ['4 to 3 of seven', 7, [0, 1, 2]],
])('a cut of %s', (_how, count, cutOff) => {
  test('the minority is fenced and its workloads are dead before anyone says that it failed', () => {
    const { town, all, t0 } = atRest(count);
    const minority = cutOff.map((i) => all[i]!);
    const majority = all.filter((one) => !minority.includes(one));
    // As slow to die as they may be.
    for (const one of all) one.stopsInMs = stopMs - 100;
    const lives = minority.map((one) => one.node.incarnation);
    town.cut(minority, majority);
    town.pass(10_000);
    for (const one of minority) {
      const [fencedAt] = town.told(one, 'fenced', t0);
      const [deadAt] = town.told(one, 'its workloads are dead', t0);
      const announcedAt = failedAt(town, one, t0);
      expect(fencedAt! - t0).toBeLessThanOrEqual(fenceMs + lagMs);
      expect(deadAt! - t0).toBeLessThanOrEqual(fenceMs + lagMs + stopMs);
      expect(announcedAt).toBeGreaterThan(deadAt!);
      expect(announcedAt - t0).toBeLessThanOrEqual(failMs + 500);
      // Each of the others says so, and nobody on this side says it of anyone.
      for (const other of majority) expect(other.view(one.node.name)?.state).toBe('failed');
      for (const other of majority) expect(one.view(other.node.name)?.state).toBe('suspect');
      expect(town.told(one, 'member-failed', t0)).toStrictEqual([]);
    }
    expect(majority.filter(leads).length).toBe(1);
    expect(town.residents.map(quorate)).toStrictEqual(all.map((one) => majority.includes(one)));

    town.heal();
    town.pass(10_000);
    for (const one of all) expect(one.shown()).toBe(all.map((other) => `${other.node.name}:alive`).join(' '));
    expect(all.map(quorate)).toStrictEqual(all.map(() => true));
    for (const [i, one] of minority.entries()) expect(one.node.incarnation).toBeGreaterThan(lives[i]!);
  });
});

describe('an even split', () => {
  test('fences both halves, nobody is condemned, and heals by itself', () => {
    const { town, all, t0 } = atRest(4);
    town.cut(all.slice(0, 2), all.slice(2));
    town.pass(60_000);
    expect(all.map(quorate)).toStrictEqual([false, false, false, false]);
    for (const one of all) {
      expect(town.told(one, 'fenced', t0).length).toBe(1);
      expect(one.node.standing).toBe('fenced');
      expect(one.node.fence).toMatchObject({ reason: 'lease-lapsed', evidence: { length: 4 } });
      expect(one.node.record?.version).toBe(2);
      expect(one.members().filter(({ state }) => state === 'failed')).toStrictEqual([]);
    }
    town.heal();
    town.pass(5_000);
    expect(all.map(quorate)).toStrictEqual([true, true, true, true]);
    expect(all.filter(leads).length).toBe(1);
  });
});

describe('of two voters', () => {
  test('one crashes: the other fences, and takes it for suspect only', () => {
    const { town, all, t0 } = atRest(2);
    all[1]!.driver.halt();
    town.pass(30_000);
    expect(quorate(all[0]!)).toBe(false);
    expect(town.told(all[0]!, 'fenced', t0).length).toBe(1);
    expect(all[0]!.shown()).toBe('n1:alive n2:suspect');
  });

  test('and a witness one crashes: the other goes on, and leads', () => {
    const town = watched(new SmallTown());
    const all = town.settleAll(3, (ordinal) => ({ canLead: ordinal !== 3 }));
    town.pass(20_000);
    const leader = all.find(leads)!;
    const [other] = all.slice(0, 2).filter((one) => one !== leader);
    leader.driver.halt();
    town.pass(10_000);
    expect([quorate(other!), leads(other!), quorate(all[2]!), leads(all[2]!)]).toStrictEqual([true, true, true, false]);
  });
});

describe('one direction only', () => {
  test('a deaf leader is fenced in time, and its next life, still heard, lets another lead at once', () => {
    const { town, all, t0 } = atRest(3);
    const leader = all.find(leads)!;
    const others = all.filter((one) => one !== leader);
    for (const other of others) town.cuts.add(`${other.address} > ${leader.address}`);
    town.pass(10_000);
    const [fencedAt] = town.told(leader, 'fenced', t0);
    expect(fencedAt! - t0).toBeLessThanOrEqual(fenceMs + lagMs);
    expect(others.filter(leads).length).toBe(1);
    // It is there, as everyone can hear, and not quorate.
    expect(failedAt(town, leader, t0)).toBe(Number.POSITIVE_INFINITY);
    expect([leader.node.standing, quorate(leader)]).toStrictEqual(['fenced', false]);
    town.heal();
    town.pass(10_000);
    expect(all.map(quorate)).toStrictEqual([true, true, true]);
  });

  test('a mute leader is fenced, condemned, and failed only then', () => {
    const { town, all, t0 } = atRest(3);
    const leader = all.find(leads)!;
    const others = all.filter((one) => one !== leader);
    for (const other of others) town.cuts.add(`${leader.address} > ${other.address}`);
    town.pass(10_000);
    const [deadAt] = town.told(leader, 'its workloads are dead', t0);
    expect(deadAt).toBeLessThan(failedAt(town, leader, t0));
    expect(failedAt(town, leader, t0) - t0).toBeLessThanOrEqual(failMs + 500);
    expect(others.filter(leads).length).toBe(1);
  });

  test('a link that is down between two of three fences nobody: the third passes on what they say (L1)', () => {
    const { town, all, t0 } = atRest(3);
    const leader = all.find(leads)!;
    const [one] = all.filter((other) => other !== leader);
    town.cut([leader], [one!]);
    town.pass(120_000);
    expect(all.map(quorate)).toStrictEqual([true, true, true]);
    expect(leads(leader)).toBe(true);
    for (const each of all) expect([town.told(each, 'fenced', t0), town.told(each, 'leader-changed', t0)]).toStrictEqual([[], []]);
  });
});

test('a child that cannot be confirmed dead keeps its agent out: no next life, and everyone is told', () => {
  const { town, all, t0 } = atRest(3);
  const [stuck] = all;
  stuck!.stopsInMs = 30_000;
  town.cut([stuck!], all.slice(1));
  town.pass(10_000);
  town.heal();
  town.pass(10_000);
  expect([stuck!.node.standing, quorate(stuck!)]).toStrictEqual(['fence-failed', false]);
  expect(town.told(stuck!, 'fence-failed', t0).length).toBe(1);
  expect(all[1]!.view('n1')?.state).toBe('failed');
  town.pass(20_000);
  expect([stuck!.node.standing, quorate(stuck!)]).toStrictEqual(['quorate', true]);
});
