// What one packet that nobody honest sent may do to an agent at most.

import { describe, expect, test } from 'vitest';
import { INCARNATION_MAX, type Incarnation, type MemberEntry, NO_BEATS, type RunNonce, tagOf } from '../../src/core/index.ts';
import { CLUSTER, entryAbout, SmallTown } from '../support/small-town.ts';

const TAG = { lo: 0xffff0001, hi: 0xffff0001 };

describe('one forged packet', () => {
  test('superseded by an absurd incarnation moves nobody out of the reach of the others', () => {
    for (const leap of [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 51, INCARNATION_MAX]) {
      const town = new SmallTown();
      const all = town.settleAll(3);
      town.pass(10_000);
      const { stranger } = town.stranger();
      const { node } = all[2]!;
      const incarnation = Math.min(INCARNATION_MAX, node.incarnation + leap) as Incarnation;
      stranger.say(all[2]!.address, TAG, 1, { kind: 'superseded', id: node.id, incarnation, tag: TAG });
      town.pass(30_000);
      expect([leap, all[0]!.shown()]).toEqual([leap, 'n1:alive n2:alive n3:alive']);
    }
  });

  test('a counter from the end of time does not make a list unreadable', () => {
    const town = new SmallTown();
    const all = town.settleAll(2);
    town.pass(10_000);
    const { stranger } = town.stranger();
    const nonce = 'f'.repeat(32) as RunNonce;
    const ghost = entryAbout(all[1]!, { id: 'd'.repeat(32) as MemberEntry['id'], counter: Number.MAX_SAFE_INTEGER });
    const tag = tagOf(CLUSTER, ghost.id, ghost.incarnation, nonce);
    const entry = { ...ghost, tag, facts: { ...ghost.facts, name: 'ghost' } };
    stranger.say(all[0]!.address, tag, Number.MAX_SAFE_INTEGER, {
      kind: 'hello',
      echo: 1,
      clusterId: CLUSTER,
      nonce,
      entry,
      previous: null,
    });
    town.pass(1000);
    for (const member of all[0]!.members()) expect(Number.isFinite(member.ageMs)).toBe(true);
    town.pass(20_000);
    expect(all[0]!.shown()).toBe('ghost:failed n1:alive n2:alive');
  });

  test('a verdict about a living member costs it one life and no more', () => {
    const town = new SmallTown();
    const all = town.settleAll(5);
    town.pass(10_000);
    const before = all[2]!.node.incarnation;
    const { stranger } = town.stranger();
    // Captured from the wire, as anyone can without a key.
    let entry: MemberEntry | null = null;
    stranger.ask(all[0]!.address, TAG, { kind: 'sync', clusterId: CLUSTER, digest: new Uint32Array(0), entries: [] });
    town.pass(10);
    for (const { message } of stranger.heard) {
      if (message.kind === 'sync-reply') entry = message.entries.find((one) => one.id === all[2]!.node.id) ?? null;
    }
    stranger.ask(all[0]!.address, TAG, {
      kind: 'sync',
      clusterId: CLUSTER,
      digest: null,
      entries: [{ ...(entry as MemberEntry), state: 'failed', stateAgeMs: 5 }],
    });
    town.pass(10_000);
    expect(all[2]!.node.incarnation).toBe(before + 1);
    for (const one of all) {
      expect(one.shown()).toBe('n1:alive n2:alive n3:alive n4:alive n5:alive');
      expect(one.memberEvents.filter((event) => event.member === 'n3' && event.type === 'member-failed').length).toBeLessThanOrEqual(1);
    }
  });

  test('a verdict as old as a number can say is told on in packets that others can read', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const { stranger } = town.stranger();
    const { node } = all[2]!;
    const tag = tagOf(CLUSTER, node.id, node.incarnation, '03'.repeat(16) as RunNonce);
    const entry = entryAbout(all[2]!, { tag, state: 'stopped', stateAgeMs: Number.MAX_SAFE_INTEGER });
    all[2]!.driver.halt();
    stranger.ask(all[0]!.address, TAG, { kind: 'sync', clusterId: CLUSTER, digest: null, entries: [entry] });
    town.pass(10_000);
    expect([...all[1]!.driver.unreadable]).toEqual([]);
    expect(all[1]!.events).toContainEqual(expect.objectContaining({ type: 'member-stopped', member: 'n3' }));
  });

  test('a push by nobody is answered with less than it cost', () => {
    const town = new SmallTown();
    const all = town.settleAll(1);
    town.pass(5000);
    const { stranger } = town.stranger();
    const before = all[0]!.sentBytes;
    for (let i = 0; i < 50_000; i++) {
      const tag = { lo: i, hi: 7 };
      stranger.say(all[0]!.address, tag, 1, { kind: 'push', listHash: TAG, entries: [], beats: NO_BEATS });
    }
    town.pass(1000);
    expect(all[0]!.sentBytes - before).toBeLessThan(200 * 64);
    expect(all[0]!.node.refusals.size).toBeLessThan(8);
  });

  test('a flood of strangers does not keep a member from answering for itself', () => {
    const town = new SmallTown();
    const [a, b] = town.settleAll(2);
    town.pass(10_000);
    const { stranger } = town.stranger();
    let round = 0;
    const flood = (): void => {
      for (let i = 0; i < 100; i++) {
        const tag = { lo: ++round, hi: 7 };
        stranger.say(b!.address, tag, 1, { kind: 'push', listHash: TAG, entries: [], beats: NO_BEATS });
      }
      town.scheduler.schedule(10, flood);
    };
    flood();
    town.pass(1000);
    expect(b!.node.refusals.get('too-many-questions')).toBeGreaterThan(0);
    const asking = tagOf(CLUSTER, a!.node.id, a!.node.incarnation, '01'.repeat(16) as RunNonce);
    const target = tagOf(CLUSTER, b!.node.id, b!.node.incarnation, '02'.repeat(16) as RunNonce);
    stranger.say(b!.address, asking, 2, { kind: 'ping', target, echo: 77 });
    town.pass(20);
    expect(stranger.heard.some(({ message }) => message.kind === 'pong' && message.echo === 77)).toBe(true);
  });
});
