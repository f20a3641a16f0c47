// Lives that begin and end at odd moments: writes that hang, names lost meanwhile, copies of one state directory, last words.

import { describe, expect, test } from 'vitest';
import { address, NO_BEATS, nodeId, type RunNonce, tagOf } from '../../src/core/index.ts';
import { BORN, CLUSTER, SmallTown } from '../support/small-town.ts';

describe('a life and its writes', () => {
  test('who loses its name while its next life is being written does not come back to life in its farewell', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const loser = all[2]!;
    loser.isDiskHeld = true;
    // Its life is declared ended, so a next one is due and waits for the disk.
    const { stranger } = town.stranger();
    const view = loser.view('n3')!;
    const tag = tagOf(CLUSTER, view.id, view.incarnation, '03'.repeat(16) as RunNonce);
    stranger.ask(
      loser.address,
      { lo: 9, hi: 9 },
      {
        kind: 'sync',
        clusterId: CLUSTER,
        digest: null,
        entries: [
          {
            id: view.id,
            incarnation: view.incarnation,
            tag,
            counter: 1,
            state: 'failed',
            stateAgeMs: 5,
            facts: {
              name: 'n3',
              address: view.address,
              meta: { version: 1, restarts: 0, zone: '', software: '0.1.0', canVote: true, tags: [] },
            },
          },
        ],
      },
    );
    town.pass(50);
    // Why it was fenced waits for the disk, its next life for that.
    expect(loser.node.standing).toBe('fenced');
    // An older bearer of the name appears.
    const elder = town.settle({ name: 'n3', seeds: [all[0]!.address], incarnation: BORN - 5 });
    for (let i = 0; i < 100 && loser.node.standing !== 'leaving'; i++) town.pass(10);
    expect(loser.exit).toBeNull();
    loser.releaseDisk();
    town.pass(10_000);
    expect(loser.exit?.reason).toBe('name-clash');
    expect(all[0]!.view('n3')?.id).toBe(elder.node.id);
    expect(all[0]!.members().filter((member) => member.name === 'n3' && member.state === 'alive').length).toBe(1);
    expect(loser.events.filter((event) => event.type === 'member-left').length).toBe(1);
  });

  test('a leave that waits for the disk when the name is lost ends once', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const loser = all[2]!;
    loser.isDiskHeld = true;
    const leave = loser.command({ kind: 'leave' });
    town.settle({ name: 'n3', seeds: [all[0]!.address], incarnation: BORN - 5 });
    town.pass(600);
    loser.releaseDisk();
    town.pass(5000);
    expect(loser.exit).not.toBeNull();
    expect(leave.result).toEqual({ kind: 'done' });
    expect(loser.events.filter((event) => event.type === 'member-left').length).toBe(1);
  });

  test('every command is answered, also when the agent ends first', () => {
    const town = new SmallTown();
    const one = town.settle({ name: 'n1', cluster: null, seeds: ['10.0.0.99:7946'] });
    town.pass(100);
    const join = one.command({ kind: 'join', seeds: ['10.0.0.98:7946'] });
    const stop = one.command({ kind: 'stop' });
    town.pass(1000);
    expect(one.exit?.reason).toBe('stopped');
    expect(stop.result).toEqual({ kind: 'done' });
    expect(join.result?.kind).toBe('refused');
  });

  test('a leave is answered when the disk fails', () => {
    const town = new SmallTown();
    const [one] = town.settleAll(1);
    town.pass(1000);
    one!.diskProblem = 'ENOSPC';
    const leave = one!.command({ kind: 'leave' });
    town.pass(1000);
    expect(one!.exit?.reason).toBe('storage');
    expect(leave.result?.kind).toBe('refused');
  });

  test('commands before there is a cluster are obeyed or refused, and tags set then are the ones that are told', () => {
    const town = new SmallTown();
    const founder = town.settle({ name: 'n1' });
    const joiner = town.settle({ name: 'n2', cluster: null, seeds: ['late:7946'] });
    town.names.set('late:7946', []);
    town.pass(1000);
    expect(joiner.command({ kind: 'set-tags', tags: [['role', 'db']] }).result).toEqual({ kind: 'done' });
    expect(joiner.command({ kind: 'forget', name: 'n1' }).result?.kind).toBe('refused');
    expect(joiner.command({ kind: 'partition', dropIn: ['n1'], dropOut: [] }).result?.kind).toBe('refused');
    town.names.set('late:7946', [founder.address]);
    town.pass(20_000);
    expect(founder.view('n2')?.tags).toEqual([['role', 'db']]);
    expect(joiner.command({ kind: 'forget', name: 'n2' }).result).toMatchObject({ kind: 'refused', code: 'is-self' });
  });

  test('a leave while joining ends at once and writes a clean state', () => {
    const town = new SmallTown();
    const joiner = town.settle({ name: 'n1', cluster: null, seeds: ['10.0.0.99:7946'] });
    joiner.command({ kind: 'leave' });
    town.pass(500);
    expect(joiner.exit?.reason).toBe('left');
    expect(joiner.saved.at(-1)?.isClean).toBe(true);
  });
});

describe('a copied state directory', () => {
  test('of two that run on it the later one ends and says why, whichever bears the higher nonce; the earlier goes on', () => {
    for (const [first, second] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const town = new SmallTown();
      const all = town.settleAll(3);
      town.pass(5000);
      const life = { id: nodeId('e'.repeat(32)), incarnation: BORN + 50, born: BORN + 40, seeds: [all[0]!.address] };
      const one = town.settle({ name: 'n9', ...life, nonce: first.repeat(32) });
      town.pass(10_000);
      const other = town.settle({ name: 'n9', ...life, nonce: second.repeat(32) });
      town.pass(30_000);
      expect([one.exit, other.exit?.reason === 'superseded' || other.exit?.reason === 'rolled-back']).toStrictEqual([null, true]);
      expect(all[0]!.shown()).toBe('n1:alive n2:alive n3:alive n9:alive');
      expect(one.node.standing).toBe('quorate');
    }
  });

  test('an older copy that a service manager starts over and over ends each time, and the original stays', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const original = all[1]!;
    const copied = original.saved.at(-1)!;
    // It promises and learns on.
    all[0]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(10_000);
    let state = copied;
    for (let i = 0; i < 5; i++) {
      const copy = town.settle({
        name: 'n2',
        address: address('10.0.0.77:7946'),
        state,
        nonce: `c${i}`.repeat(16),
        knownPeers: original.peers,
      });
      town.pass(12_000);
      expect(copy.exit?.reason).toMatch(/superseded|rolled-back/);
      expect([original.exit, original.node.standing]).toStrictEqual([null, 'quorate']);
      state = copy.saved.at(-1)!;
    }
  });

  test('which is older than what was promised stays unable to vote however often it is started, also while the original is down', () => {
    const town = new SmallTown();
    const all = town.settleAll(3);
    town.pass(10_000);
    const original = all[1]!;
    const copied = original.saved.at(-1)!;
    all[0]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(10_000);
    all[0]!.command({ kind: 'voters', add: 'n3' });
    town.pass(10_000);
    const behind = original.saved.at(-1)!.writeCount - copied.writeCount;
    original.driver.halt();
    town.pass(10_000);
    let state = copied;
    for (let i = 0; i < 2 * behind; i++) {
      const copy = town.settle({
        name: 'n2',
        address: original.address,
        state,
        nonce: `c${i % 10}`.repeat(16),
        knownPeers: original.peers,
      });
      for (let waited = 0; waited < 8000 && copy.exit === null; waited += 50) town.pass(50);
      expect([i, copy.exit?.reason]).toStrictEqual([i, expect.stringMatching(/superseded|rolled-back/)]);
      expect(copy.events.filter(({ type }) => type === 'quorate')).toStrictEqual([]);
      state = copy.saved.at(-1)!;
    }
  });

  test('made before it ever was in a cluster, it is told so, and does not wait for ever', () => {
    const town = new SmallTown();
    const [founder] = town.settleAll(1);
    const image = { id: nodeId('e'.repeat(32)), incarnation: BORN + 50, born: BORN + 40, cluster: null };
    const one = town.settle({ name: 'n8', ...image, seeds: [founder!.address], nonce: 'a'.repeat(32) });
    town.pass(2000);
    // Its seed is the other copy.
    const other = town.settle({ name: 'n9', ...image, seeds: [one.address], nonce: 'b'.repeat(32) });
    town.pass(30_000);
    expect([one, other].filter((copy) => copy.exit !== null).map((copy) => copy.exit?.reason)).toEqual(['superseded']);
  });
});

describe('last words', () => {
  test('whoever asks one that is leaving who it is does not hear that it lives', () => {
    const town = new SmallTown();
    const all = town.settleAll(2);
    town.pass(5000);
    const { stranger } = town.stranger();
    all[1]!.command({ kind: 'leave' });
    for (let i = 0; i < 1000 && !all[1]!.events.some((event) => event.type === 'member-left'); i++) town.pass(10);
    const view = all[1]!.node;
    const tag = tagOf(CLUSTER, view.id, view.incarnation, '02'.repeat(16) as RunNonce);
    stranger.say(all[1]!.address, { lo: 5, hi: 5 }, 1, { kind: 'who', tag });
    stranger.say(all[1]!.address, { lo: 5, hi: 5 }, 1, { kind: 'push', listHash: tag, entries: [], beats: NO_BEATS });
    town.pass(50);
    expect(all[1]!.exit).toBeNull();
    expect(stranger.heard.map(({ message }) => message.kind)).not.toContain('hello');
  });

  test('a whole cluster that stops at once and starts without seeds finds itself by its caches', () => {
    const town = new SmallTown();
    const all = town.settleAll(5);
    town.pass(40_000);
    for (const one of all) one.command({ kind: 'stop' });
    town.pass(5000);
    expect(all.every((one) => one.exit?.reason === 'stopped')).toBe(true);
    const again = all.map((one, i) =>
      town.settle({
        name: one.node.name,
        id: one.node.id,
        address: one.address,
        incarnation: one.saved.at(-1)!.incarnation + 1,
        born: BORN + i + 1,
        knownPeers: one.peers,
      }),
    );
    town.pass(10_000);
    for (const one of again) expect(one.shown()).toBe('n1:alive n2:alive n3:alive n4:alive n5:alive');
  });
});
