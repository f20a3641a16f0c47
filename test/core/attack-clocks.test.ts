// Clocks at the edges of what is promised, pauses of any length, one-way cuts.

import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../../src/core/index.ts';
import { SmallTown } from '../support/small-town.ts';

describe('clocks', () => {
  for (const profile of ['local', 'lan', 'wan'] as const satisfies readonly ProfileName[]) {
    test(`one percent slow and one percent fast in profile ${profile}: nobody is suspected`, () => {
      const town = new SmallTown();
      const all = town.settleAll(6, (ordinal) => ({ profile, rate: ordinal % 2 === 0 ? 1.01 : 0.99 }));
      town.pass(600_000);
      for (const one of all) {
        expect(one.events.filter((event) => event.type === 'member-failed')).toEqual([]);
        expect(one.events.filter((event) => event.type === 'member-suspect')).toEqual([]);
      }
    });
  }

  for (const pauseMs of [1000, 3000, 4600, 10_000, 65_000, 3_600_000, 2.14 * 3_600_000]) {
    test(`a pause of ${pauseMs / 1000} s: the sleeper fails nobody, and all agree afterwards`, () => {
      const town = new SmallTown();
      const all = town.settleAll(5);
      town.pass(20_000);
      all[2]!.pause();
      town.pass(pauseMs);
      all[2]!.resume();
      town.pass(30_000);
      for (const one of all) expect(one.shown()).toBe('n1:alive n2:alive n3:alive n4:alive n5:alive');
      expect(all[2]!.events.filter((event) => event.type === 'member-failed')).toEqual([]);
      for (const one of all) {
        expect(one.events.filter((event) => event.type === 'member-failed' && event.member !== 'n3')).toEqual([]);
      }
    });
  }

  for (const pauseMs of [2500, 3000, 3500]) {
    test(`a machine that stood still for ${pauseMs / 1000} s with its clock is suspected at most once, and soon cleared`, () => {
      const town = new SmallTown();
      const all = town.settleAll(5);
      town.pass(20_000);
      all[2]!.pause();
      town.pass(pauseMs);
      all[2]!.clockStoodStill(pauseMs);
      all[2]!.resume();
      town.pass(1000);
      expect(all.map((one) => one.view('n3')?.state)).toEqual(['alive', 'alive', 'alive', 'alive', 'alive']);
      town.pass(120_000);
      for (const one of all) {
        const events = one.memberEvents
          .filter((event) => event.member === 'n3' && event.type !== 'member-joined')
          .map((event) => event.type);
        expect([[], ['member-suspect', 'member-alive']]).toContainEqual(events);
      }
    });
  }

  test('two of two, one deaf: lives do not follow each other for ever, and after the cut both agree', () => {
    const town = new SmallTown();
    const [a, b] = town.settleAll(2);
    town.pass(10_000);
    const before = a!.node.incarnation + b!.node.incarnation;
    town.cuts.add(`${a!.address} > ${b!.address}`);
    town.pass(120_000);
    expect(a!.node.incarnation + b!.node.incarnation - before).toBeLessThanOrEqual(120_000 / 4500);
    town.heal();
    town.pass(30_000);
    for (const one of [a!, b!]) expect(one.shown()).toBe('n1:alive n2:alive');
  });

  test('a leave during a partition gives its vote back when it heals; until then it is a failure on the other side', () => {
    const town = new SmallTown();
    const all = town.settleAll(5);
    town.pass(10_000);
    town.cut(all.slice(0, 3), all.slice(3));
    town.pass(2000);
    all[4]!.command({ kind: 'leave' });
    town.pass(20_000);
    expect(all[4]!.exit).toBeNull();
    expect(all[0]!.view('n5')?.state).toBe('failed');
    town.heal();
    town.pass(15_000);
    expect(all[4]!.exit?.reason).toBe('left');
    for (const one of all.slice(0, 4)) {
      expect(one.shown()).toBe('n1:alive n2:alive n3:alive n4:alive n5:left');
      expect(one.node.record?.voters.map(({ name }) => name)).toStrictEqual(['n1', 'n2', 'n3', 'n4']);
    }
  });

  test('three of one name, started in any order: the first born keeps it and the others end with both addresses', () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
      [3, 1, 2],
    ]) {
      const town = new SmallTown();
      const [founder] = town.settleAll(1);
      town.pass(3000);
      const twins = order.map((rank) => town.settle({ name: 'twin', seeds: [founder!.address], incarnation: 1_790_000_001_000 + rank }));
      town.pass(20_000);
      const living = twins.filter((twin) => twin.exit === null);
      expect(living.map((twin) => twin.node.incarnation)).toEqual([1_790_000_001_001]);
      for (const twin of twins) {
        if (twin.exit === null) continue;
        expect(twin.exit.reason).toBe('name-clash');
        expect(twin.exit.message).toContain(twin.address);
      }
      expect(founder!.shown()).toBe('n1:alive twin:alive');
    }
  });
});
