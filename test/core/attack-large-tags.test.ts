// Tags larger than a datagram: what is told of such members over UDP must neither break the teller nor lie to the listener.

import { describe, expect, test } from 'vitest';
import { SmallTown } from '../support/small-town.ts';

const LARGE: readonly (readonly [string, string])[] = [
  ['a', 'x'.repeat(1000)],
  ['b', 'y'.repeat(1000)],
];

describe('tags larger than a datagram', () => {
  test('those given at the start are known to all, also to who heard the introduction first', () => {
    const town = new SmallTown();
    const all = town.settleAll(4, (ordinal) => (ordinal === 3 ? { tags: LARGE } : {}));
    town.pass(20_000);
    for (const one of all) expect(one.view('n3')?.tags).toEqual(LARGE);
  });

  test('those set later reach everyone within seconds', () => {
    const town = new SmallTown();
    const all = town.settleAll(4);
    town.pass(120_000);
    all[1]!.command({ kind: 'set-tags', tags: LARGE });
    town.pass(10_000);
    for (const one of all) expect(one.view('n2')?.tags).toEqual(LARGE);
  });

  test('a member that bears them and was declared failed is answered, and comes back in a new life', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(5000);
    all[2]!.command({ kind: 'set-tags', tags: LARGE });
    town.pass(10_000);
    all[2]!.pause();
    town.pass(10_000);
    expect(all[0]!.view('n3')?.state).toBe('failed');
    all[2]!.resume();
    town.pass(30_000);
    for (const one of all) {
      expect(one.shown()).toBe('n1:alive n2:alive n3:alive');
      expect(one.view('n3')?.tags).toEqual(LARGE);
    }
  });

  test('a leave of a member that bears them is told apart from failure', () => {
    const town = new SmallTown();
    const all = town.settleAll(3, (ordinal) => (ordinal === 3 ? { tags: LARGE } : {}));
    town.pass(10_000);
    all[2]!.command({ kind: 'leave' });
    town.pass(10_000);
    expect(all[2]!.exit?.reason).toBe('left');
    expect(all[0]!.shown()).toBe('n1:alive n2:alive n3:left');
    expect(all[1]!.shown()).toBe('n1:alive n2:alive n3:left');
  });

  test('64 KiB on each of many members spread, and all lists agree', () => {
    const town = new SmallTown();
    const tags = Array.from({ length: 64 }, (_, i) => [`key${String(i).padStart(2, '0')}`, 'z'.repeat(1000)] as const);
    const all = town.settleAll(40, () => ({ tags }));
    town.pass(60_000);
    for (const one of all) {
      expect(one.members().filter((member) => member.state === 'alive').length).toBe(40);
      expect(one.members().every((member) => member.tags.length === 64)).toBe(true);
    }
  });
});
