// Texts and hashes that two sides could read differently.

import { describe, expect, test } from 'vitest';
import { type Address, type ClusterId, type Incarnation, nodeId, Random, type RunNonce, tagOf } from '../../src/core/index.ts';
import { CLUSTER, SmallTown } from '../support/small-town.ts';

describe('tags that cannot travel as they are', () => {
  for (const [what, tags] of [
    ['half of a character', [['k', '\ud800']]],
    ['half of a character as a key', [['\udfff', 'v']]],
    [
      'a byte order mark that sorts otherwise when it is lost',
      [
        ['~', '1'],
        ['\ufeffa', '2'],
      ],
    ],
    [
      'keys out of order',
      [
        ['b', '1'],
        ['a', '2'],
      ],
    ],
    [
      'a key twice',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a value over its bound', [['a', 'x'.repeat(2000)]]],
    ['too many', Array.from({ length: 65 }, (_, i) => [`k${String(i).padStart(3, '0')}`, ''])],
  ] as [string, [string, string][]][]) {
    test(`${what}: refused, and the member goes on being heard`, () => {
      const town = new SmallTown();
      const all = town.settleAll(3);
      town.pass(5000);
      expect(all[1]!.command({ kind: 'set-tags', tags }).result).toMatchObject({ kind: 'refused', code: 'invalid' });
      town.pass(10_000);
      const late = town.settle({ name: 'late', seeds: [all[1]!.address] });
      town.pass(10_000);
      for (const one of [...all, late]) expect(one.shown()).toBe('late:alive n1:alive n2:alive n3:alive');
      for (const one of [...all, late]) expect([...one.driver.unreadable]).toEqual([]);
    });
  }
});

describe('hashes that collide', () => {
  test('two members whose tags share their lower half are both heard and never failed', () => {
    // Found by search: nonces that give the same low half for two members.
    const [a, b] = collidingNonces(2, 3);
    const town = new SmallTown();
    const all = town.settleAll(4, (ordinal) => (ordinal === 2 ? { nonce: a } : ordinal === 3 ? { nonce: b } : {}));
    town.pass(60_000);
    for (const one of all) {
      expect(one.shown()).toBe('n1:alive n2:alive n3:alive n4:alive');
      expect(one.events.filter((event) => event.type === 'member-failed')).toEqual([]);
    }
  });
});

function collidingNonces(ordinalA: number, ordinalB: number): [string, string] {
  const seen = new Map<number, string>();
  const tagLo = (ordinal: number, nonce: string): number => {
    const id = nodeId(ordinal.toString(16).padStart(2, '0').repeat(16));
    return tagOf(CLUSTER as ClusterId, id, (1_790_000_000_000 + ordinal) as Incarnation, nonce as RunNonce).lo;
  };
  const random = new Random(1);
  for (let i = 0; i < 300_000; i++) {
    const nonce = random.hex32();
    seen.set(tagLo(ordinalA, nonce), nonce);
    const mine = random.hex32();
    const other = seen.get(tagLo(ordinalB, mine));
    if (other !== undefined) return [other, mine];
  }
  throw new Error('no collision found');
}

describe('seeds', () => {
  test('that are this agent itself are said to be so', () => {
    const town = new SmallTown();
    const own = '10.0.0.1:7946' as Address;
    const one = town.settle({ name: 'n1', cluster: null, seeds: [own] });
    town.pass(10_000);
    expect(one.node.problems(one.nowMs())[0]?.message).toContain('this agent itself');
  });

  test('of a loopback name for itself are said to be so', () => {
    const town = new SmallTown();
    town.names.set('me:7946', ['10.0.0.1:7946' as Address]);
    const one = town.settle({ name: 'n1', cluster: null, seeds: ['me:7946'] });
    town.pass(10_000);
    expect(one.node.problems(one.nowMs())[0]?.message).toContain('this agent itself');
  });

  test('given at run time are bounded', () => {
    const town = new SmallTown();
    const [one] = town.settleAll(1);
    town.pass(1000);
    const results = [];
    for (let i = 0; i < 100; i++) {
      const seeds = Array.from({ length: 50 }, (_, j) => `10.${i}.${j}.1:7946`);
      results.push(one!.command({ kind: 'join', seeds }));
    }
    town.pass(10_000);
    expect(results.every(({ result }) => result?.kind === 'refused')).toBe(true);
    expect(results.at(-1)?.result).toMatchObject({ code: 'invalid' });
  });

  test('of two clusters under one name end the agent before it speaks, with both named', () => {
    const town = new SmallTown();
    const a = town.settle({ name: 'a' });
    const b = town.settle({ name: 'b', cluster: 'd'.repeat(32) as ClusterId });
    town.pass(1000);
    const joiner = town.settle({ name: 'j', cluster: null, seeds: [a.address, b.address] });
    town.pass(5000);
    expect(joiner.exit?.reason).toBe('two-clusters');
    expect(joiner.exit?.message).toContain(CLUSTER);
    expect(joiner.exit?.message).toContain('d'.repeat(32));
    expect(joiner.events).toEqual([]);
    expect(a.shown()).toBe('a:alive');
  });
});

describe('at rest', () => {
  test('timers fire no more often than rounds need, in company, alone and while joining', () => {
    const town = new SmallTown();
    const all = town.settleAll(10);
    const alone = town.settle({ name: 'alone', cluster: 'd'.repeat(32) as ClusterId });
    const joining = town.settle({ name: 'joining', cluster: null, seeds: ['10.7.7.7:7946'] });
    town.pass(60_000);
    const before = [all[0]!.wakeups, alone.wakeups, joining.wakeups];
    town.pass(60_000);
    const fired = [all[0]!.wakeups, alone.wakeups, joining.wakeups].map((count, i) => count - before[i]!);
    // Twice a second a beat, eight times a look at what the record may want.
    expect(fired[0]).toBeLessThan(60 * 14);
    expect(fired[1]).toBeLessThan(60 * 14);
    expect(fired[2]).toBeLessThan(60);
  });

  test('an agent first says that it joined, and each fact once', () => {
    const town = new SmallTown();
    const all = town.settleAll(8);
    town.pass(30_000);
    for (const one of all) {
      expect(one.events[0]).toMatchObject({ type: 'member-joined', member: one.node.name });
      const told = one.memberEvents.map((event) => `${event.type} ${event.member} ${event.incarnation}`);
      expect(new Set(told).size).toBe(told.length);
      expect(one.memberEvents.every((event) => event.type === 'member-joined')).toBe(true);
      expect(one.memberEvents.length).toBe(8);
    }
  });
});
