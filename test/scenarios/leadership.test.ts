// Who leads, and until when (R10): handed over by the leader's own word, or taken over once its end is certain; never two, and the
// token only grows.

import { describe, expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { type Resident, SmallTown } from '../support/small-town.ts';
import { failedAt, leads, quorate, watched } from '../support/watch.ts';

const { failMs } = PROFILES.lan;

function atRest(count: number): { town: SmallTown; all: Resident[]; t0: number; leader: Resident } {
  const town = watched(new SmallTown());
  const all = town.settleAll(count);
  town.pass(20_000);
  return { town, all, t0: town.scheduler.nowMs, leader: all.find(leads)! };
}

function tokenOf(resident: Resident): number | undefined {
  const now = resident.nowMs();
  return resident.node.leader(now, now)?.token;
}

describe.each([
  ['stop', 'stopped'],
  ['leave', 'left'],
] as const)('on %s the leader', (kind, end) => {
  test('ends its workloads, resigns, and another leads within a second, long before anyone could have failed', () => {
    const { town, all, t0, leader } = atRest(3);
    const token = tokenOf(leader)!;
    leader.stopsInMs = 300;
    leader.command({ kind });
    town.pass(1_500);
    const [deadAt] = town.told(leader, 'its workloads are dead', t0);
    const [resignedAt] = town.told(all[1]!, 'leader-changed to nobody', t0);
    const successor = all.find((one) => one !== leader && leads(one))!;
    const [namedAt] = town.told(successor, `leader-changed to ${successor.node.name}`, t0);
    expect([deadAt! < resignedAt!, resignedAt! < namedAt!, namedAt! - t0 < 1_500]).toStrictEqual([true, true, true]);
    expect(tokenOf(successor)).toBeGreaterThan(token);
    town.pass(5_000);
    expect(leader.exit?.reason).toBe(end);
    for (const one of all.filter((other) => other !== leader)) expect(one.view(leader.node.name)?.state).toBe(end);
    // Its end by its own will is no fence, and the disk says that it was clean.
    expect(town.told(leader, 'fenced', t0)).toStrictEqual([]);
    expect(leader.saved.at(-1)).toMatchObject({ isClean: true, fence: null });
  });
});

test('a stop keeps the vote, a leave gives it back', () => {
  for (const [kind, voters] of [
    ['stop', 3],
    ['leave', 2],
  ] as const) {
    const { town, all, leader } = atRest(3);
    leader.command({ kind });
    town.pass(10_000);
    const [rest] = all.filter((one) => one !== leader);
    expect([kind, rest!.node.record?.voters.length]).toStrictEqual([kind, voters]);
  }
});

test('a leader that was cut off never names itself again, though its record does, until it is named anew', () => {
  const { town, all, t0, leader } = atRest(5);
  const [companion, ...rest] = all.filter((one) => one !== leader);
  town.cut([leader, companion!], rest);
  town.pass(10_000);
  town.heal();
  const watch = town.onInstant;
  town.onInstant = () => {
    watch?.();
    const now = leader.nowMs();
    const named = leader.node.leader(now, now);
    expect(named?.name === leader.node.name && !named.isSelf, 'names itself and does not lead').toBe(false);
  };
  town.pass(10_000);
  expect(town.told(leader, 'leader-changed to nobody', t0)).toHaveLength(1);
  expect(town.told(leader, `leader-changed to ${leader.node.name}`, t0)).toStrictEqual([]);
  expect(tokenOf(leader)).toBe(tokenOf(rest.find(leads)!));
});

test('a crashed leader is followed only after its failure was announced', () => {
  const { town, all, t0, leader } = atRest(5);
  const token = tokenOf(leader)!;
  leader.driver.halt();
  town.pass(10_000);
  const successor = all.find((one) => one !== leader && leads(one))!;
  const [namedAt] = town.told(successor, `leader-changed to ${successor.node.name}`, t0);
  expect(namedAt).toBeGreaterThan(failedAt(town, leader, t0));
  expect(namedAt! - t0).toBeLessThan(failMs + 1_000);
  expect(tokenOf(successor)).toBeGreaterThan(token);
});

test('a witness votes and never leads, also when it is the only one left that could', () => {
  const town = watched(new SmallTown());
  const all = town.settleAll(3, () => ({ canLead: false }));
  town.pass(30_000);
  expect(all.map(quorate)).toStrictEqual([true, true, true]);
  expect(all.filter(leads)).toStrictEqual([]);
});

test('a leader that loses its name leads until its workloads are dead, and nobody before that', () => {
  const { town, all, t0, leader } = atRest(3);
  leader.stopsInMs = 800;
  const elder = town.settle({ name: leader.node.name, seeds: [all[1]!.address], incarnation: leader.node.incarnation - 1000 });
  town.pass(20_000);
  expect(leader.exit?.reason).toBe('name-clash');
  const [deadAt] = town.told(leader, 'its workloads are dead', t0);
  const [leftAt] = town.told(leader, 'member-left', t0);
  expect(leftAt).toBeGreaterThanOrEqual(deadAt!);
  expect(all.filter((one) => one !== leader && leads(one)).length + Number(leads(elder))).toBe(1);
});
