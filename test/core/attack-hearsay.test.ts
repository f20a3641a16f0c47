// Hearsay, ghosts and the dead: what is told of members that nobody hears.

import { describe, expect, test } from 'vitest';
import { type Envelope, genesis, type Incarnation, LIMITS, type MemberEntry, NO_BEATS, nodeId } from '../../src/core/index.ts';
import { CLUSTER, entryAbout, envelopeOf, type Resident, SmallTown } from '../support/small-town.ts';

const TAG = { lo: 0xffff0001, hi: 0xffff0001 };

function fake(like: Resident, ordinal: number, change: Partial<MemberEntry> = {}): MemberEntry {
  const real = entryAbout(like);
  const id = nodeId((ordinal + 1).toString(16).padStart(8, '0').repeat(4));
  const facts = { ...real.facts, name: `fake${ordinal}` };
  return { ...real, id, tag: { lo: ordinal * 7919 + 13, hi: ordinal + 1 }, facts, ...change };
}

describe('hearsay', () => {
  test('of a member in two lives and its end makes no event and no row, and is told to nobody', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const { stranger } = town.stranger();
    const deliver = (entry: MemberEntry): void =>
      stranger.ask(all[0]!.address, TAG, { kind: 'sync', clusterId: CLUSTER, digest: null, entries: [entry] });
    const index = all[0]!.node.index;
    deliver(fake(all[0]!, 1));
    town.pass(100);
    deliver(fake(all[0]!, 1, { incarnation: (all[0]!.node.incarnation + 1) as Incarnation, tag: { lo: 5, hi: 5 } }));
    town.pass(100);
    deliver(fake(all[0]!, 1, { incarnation: (all[0]!.node.incarnation + 2) as Incarnation, tag: { lo: 6, hi: 6 }, state: 'failed' }));
    town.pass(20_000);
    for (const one of all) {
      expect(one.memberEvents.filter((event) => event.member.startsWith('fake'))).toEqual([]);
      expect(one.shown()).toBe('n1:alive n2:alive n3:alive');
    }
    expect(all[0]!.node.index).toBe(index);
  });

  test('of sixteen thousand fakes neither keeps a new member out nor stays', () => {
    const town = new SmallTown();
    const all = town.settleAll(2);
    town.pass(10_000);
    const { stranger } = town.stranger();
    const flood = (round: number): void => {
      for (let part = 0; part < 4; part++) {
        const entries = Array.from({ length: 4500 }, (_, i) => fake(all[0]!, round * 20_000 + part * 4500 + i));
        stranger.ask(all[0]!.address, TAG, { kind: 'sync', clusterId: CLUSTER, digest: null, entries });
      }
    };
    flood(1);
    town.pass(100);
    const newcomer = town.settle({ name: 'n3', seeds: [all[0]!.address] });
    town.pass(2000);
    expect(all[0]!.shown()).toBe('n1:alive n2:alive n3:alive');
    expect(newcomer.shown()).toBe('n1:alive n2:alive n3:alive');
    town.pass(20_000);
    expect(all[0]!.shown()).toBe('n1:alive n2:alive n3:alive');
    expect(all[1]!.shown()).toBe('n1:alive n2:alive n3:alive');
  });

  test('more fresh verdicts about nobody than a list holds leave it bounded and its own members in it', () => {
    const town = new SmallTown();
    const [one] = town.settleAll(1);
    town.pass(1000);
    const { stranger } = town.stranger();
    for (let part = 0; part < 8; part++) {
      const entries = Array.from({ length: 4500 }, (_, i) => fake(one!, part * 4500 + i, { state: 'failed', stateAgeMs: 5 }));
      stranger.ask(one!.address, TAG, { kind: 'sync', clusterId: CLUSTER, digest: null, entries });
    }
    town.pass(1000);
    expect(one!.members().length).toBeLessThanOrEqual(LIMITS.membersMax);
    expect(one!.view('n1')?.state).toBe('alive');
  });

  test('a slow disk at the door does not make hearsay immortal', () => {
    const town = new SmallTown();
    const [founder, other] = town.settleAll(2);
    town.pass(5000);
    const joiner = town.settle({ name: 'n3', cluster: null, seeds: [founder!.address] });
    joiner.isDiskHeld = true;
    // Its welcome comes, its entry waits for the disk; meanwhile both others die.
    town.pass(20_000);
    expect(joiner.shown()).toBe('');
    expect(joiner.saved.at(-1)?.clusterId).toBe(CLUSTER);
    founder!.driver.halt();
    other!.driver.halt();
    joiner.releaseDisk();
    town.pass(30_000);
    expect(joiner.shown()).toBe('n3:alive');
    const { alive } = joiner.node.counts(joiner.nowMs());
    expect(alive).toBe(1);
    // What was hearsay is gone, not only hidden: pushes go to nobody.
    const before = town.datagramCount;
    town.pass(2000);
    expect(town.datagramCount - before).toBeLessThan(5);
  });

  test('a peer whose answers are garbage teaches nothing', () => {
    const town = new SmallTown();
    const all = town.settleAll(2);
    town.pass(5000);
    const answers: Envelope['message'][] = [
      { kind: 'push', listHash: TAG, entries: [], beats: NO_BEATS },
      {
        kind: 'welcome',
        clusterId: CLUSTER,
        record: genesis([{ id: nodeId('e'.repeat(32)), storeId: 'e'.repeat(32) }], 'local', 7, 600_000),
        entries: [],
      },
      { kind: 'sync-reply', clusterId: CLUSTER, entries: [], wanted: Uint32Array.from({ length: 16_000 }, (_, i) => i * 3) },
      { kind: 'sync-reply', clusterId: '0'.repeat(32) as typeof CLUSTER, entries: [], wanted: new Uint32Array(0) },
      { kind: 'refused', reason: 'self', detail: '' },
      { kind: 'refused', reason: 'no-cluster', detail: '' },
    ];
    let at = 0;
    const { address } = town.stranger(() => envelopeOf(TAG, 1, answers[at++ % answers.length]!));
    const results = answers.map(() => all[0]!.command({ kind: 'join', seeds: [address] }));
    town.pass(10_000);
    expect(results.every(({ result }) => result !== null)).toBe(true);
    expect(all[0]!.node.timings.profile).toBe('lan');
    expect(all[0]!.shown()).toBe('n1:alive n2:alive');
  });
});

describe('the dead', () => {
  test('replayed packets of an hour change nothing, those of earlier lives included', () => {
    const town = new SmallTown();
    const all = town.settleAll(4);
    town.isCapturing = true;
    town.pass(20_000);
    all[3]!.pause();
    town.pass(10_000);
    all[3]!.resume();
    town.pass(20_000);
    const gone = all[2]!;
    gone.command({ kind: 'leave' });
    town.pass(5000);
    town.isCapturing = false;
    const shown = all[0]!.shown();
    expect(shown).toBe('n1:alive n2:alive n3:left n4:alive');
    const events = all.map((one) => one.events.length);
    const lives = all.map((one) => one.node.incarnation);
    const { stranger } = town.stranger();
    void stranger;
    const replayer = town.network.open('10.8.0.1:7946' as never);
    for (const { to, bytes } of town.captured) replayer.send(to, bytes);
    town.pass(10_000);
    expect(all[0]!.shown()).toBe(shown);
    expect(all[1]!.shown()).toBe(shown);
    expect(all.map((one) => one.node.incarnation)).toEqual(lives);
    expect(all.map((one) => one.events.length)).toEqual(events);
  });

  test('a node that returns after 25 hours is a member again, and so is one whose clock ran on', { timeout: 60_000 }, () => {
    const town = new SmallTown();
    const all = town.settleAll(3, () => ({ profile: 'wan' }));
    town.pass(10_000);
    all[2]!.pause();
    town.pass(25 * 3_600_000);
    expect(all[0]!.shown()).toBe('n1:alive n2:alive');
    all[2]!.resume();
    town.pass(30_000);
    for (const one of all) expect(one.shown()).toBe('n1:alive n2:alive n3:alive');
    expect(all[2]!.events.some((event) => event.type === 'member-failed')).toBe(false);
  });

  test('a cluster cut for 25 hours finds itself again', { timeout: 60_000 }, () => {
    const town = new SmallTown();
    const all = town.settleAll(3, () => ({ seeds: [], profile: 'wan' }));
    // Nobody has seeds; they met through the first's address once.
    for (const one of all.slice(1)) one.command({ kind: 'join', seeds: [all[0]!.address] });
    town.pass(20_000);
    town.cut(all.slice(0, 2), all.slice(2));
    town.pass(25 * 3_600_000);
    // What failed is shown for a day; the minority fails nobody.
    expect(all.map((one) => one.shown())).toEqual(['n1:alive n2:alive', 'n1:alive n2:alive', 'n1:suspect n2:suspect n3:alive']);
    town.heal();
    town.pass(120_000);
    for (const one of all) expect(one.shown()).toBe('n1:alive n2:alive n3:alive');
  });

  test('two that swap their addresses keep their names', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const [, a, b] = all;
    a!.driver.halt();
    b!.driver.halt();
    const a2 = town.restart(a!, { address: b!.address });
    const b2 = town.restart(b!, { address: a!.address });
    town.pass(10_000);
    for (const one of [all[0]!, a2, b2]) {
      expect(one.shown()).toBe('n1:alive n2:alive n3:alive');
      expect(one.view('n2')?.address).toBe(a2.address);
      expect(one.events.filter((event) => event.type === 'member-failed')).toEqual([]);
    }
  });
});
