// Leases handed out on this host, and how their end is confirmed, on clocks that the test moves.

import { describe, expect, test } from 'vitest';
import { type LeaseLine, LeaseRegistry, type LeaseRequest } from '../../src/agent/workloads.ts';
import type { Incarnation } from '../../src/core/index.ts';
import { type FakeLease, fakeAgent, heldLease, leasedView } from '../support/fake-agent.ts';
import { ManualTime } from '../support/manual-time.ts';

// The lan profile: T_fence 3000, T_stop 1000.
const LIFE = 1_790_000_000_000;

function setup(over: Partial<FakeLease> = {}) {
  const time = new ManualTime();
  const lease = heldLease({ remainingMs: 2700, ...over });
  const { view } = fakeAgent({ view: leasedView(lease) });
  let drawn = 0;
  const leases = new LeaseRegistry({ clock: time, view: () => view, drawId: () => `c${++drawn}`, after: time.after });
  const open = (request: Partial<LeaseRequest> = {}) => {
    const lines: LeaseLine[] = [];
    const connection = leases.open({ scope: 'quorate', reports: true, resume: null, send: (line) => lines.push(line), ...request });
    if (connection === null) throw new Error('there was no room');
    return { lines, types: () => lines.map(({ type }) => type), ...connection };
  };
  const stop = (scope: 'all' | 'leader' = 'all', deadMs = 1000) => {
    const told: boolean[] = [];
    leases.stop({ incarnation: lease.incarnation as Incarnation, deadMs, scope }, (areDead) => told.push(areDead));
    return told;
  };
  return { time, lease, leases, open, stop };
}

describe('a lease', () => {
  test('is granted with what remains of it, rounded down, and the terms of the cluster', () => {
    const { open, lease } = setup();
    lease.remainingMs = 2700.9;
    expect(open().lines).toEqual([
      { type: 'grant', client: 'c1', remainingMs: 2700, fenceMs: 3000, stopMs: 1000, node: 'n1', incarnation: LIFE, token: null },
    ]);
  });

  test('of the leadership bears its token', () => {
    expect(setup().open({ scope: 'leader' }).lines[0]).toMatchObject({ type: 'grant', token: 12 });
  });

  test('is waited for, and granted once the node holds it', () => {
    const { open, lease, leases } = setup({ remainingMs: 0, standing: 'fenced' });
    const client = open();
    expect(client.lines).toMatchObject([{ type: 'wait', remainingMs: 0 }]);
    lease.remainingMs = 0.4;
    leases.look();
    lease.remainingMs = 1500;
    leases.look();
    expect(client.lines.at(-1)).toMatchObject({ type: 'grant', remainingMs: 1500 });
    expect(client.types().filter((type) => type === 'grant')).toHaveLength(1);
  });

  test('of the leadership is not granted while another leads', () => {
    const { open, lease, leases } = setup({ leader: { name: 'n2', token: 9, isSelf: false } });
    const client = open({ scope: 'leader' });
    expect(client.lines).toMatchObject([{ type: 'wait', reason: 'n2 leads' }]);
    lease.leader = { name: 'n1', token: 13, isSelf: true };
    leases.look();
    expect(client.lines.at(-1)).toMatchObject({ type: 'grant', token: 13 });
  });

  test('that is waited for is told with its reason again when that changes, and only then', () => {
    const { open, lease, leases, time } = setup({ remainingMs: 0, standing: 'fenced' });
    const client = open({ scope: 'leader' });
    const look = (change: Partial<FakeLease>): void => {
      Object.assign(lease, change);
      for (let i = 0; i < 3; i++) leases.look();
      time.pass(2000);
    };
    look({});
    look({ remainingMs: 500, standing: 'quorate', leader: null });
    look({ remainingMs: 700, leader: { name: 'n2', token: 13, isSelf: false } });
    look({ remainingMs: 900, leader: { name: 'n2', token: 14, isSelf: false } });
    expect(client.lines).toMatchObject([
      { type: 'wait', reason: 'n1 is not quorate: fenced' },
      { type: 'wait', reason: 'there is no leader' },
      { type: 'wait', reason: 'n2 leads' },
    ]);
    expect(leases.renew(client.client)).toMatchObject({ type: 'wait', reason: 'n2 leads' });
  });

  test('is renewed six times within its length, however often somebody looks', () => {
    const { open, time, leases } = setup();
    const client = open();
    for (let i = 0; i < 30; i++) {
      time.pass(100);
      leases.look();
    }
    expect(client.types()).toEqual(['grant', ...Array<string>(6).fill('renew')]);
  });

  test('is revoked at the first look that finds it gone, and never renewed with nothing left', () => {
    const { open, lease, leases, time } = setup();
    const client = open();
    lease.remainingMs = 0;
    expect(leases.renew(client.client)).toMatchObject({ type: 'revoke', remainingMs: 0 });
    lease.remainingMs = 2000;
    leases.look();
    time.pass(5000);
    expect(client.types()).toEqual(['grant']);
    expect(leases.renew(client.client)).toMatchObject({ type: 'revoke' });
  });

  test('of one life is not that of the next', () => {
    const { open, lease, leases } = setup();
    const client = open();
    lease.incarnation += 1;
    leases.look();
    expect(client.types()).toEqual(['grant', 'revoke']);
  });

  test('of one leadership is not that of the next', () => {
    const { open, lease, leases } = setup();
    const client = open({ scope: 'leader' });
    lease.leader = { name: 'n1', token: 20, isSelf: true };
    leases.look();
    expect(client.types()).toEqual(['grant', 'revoke']);
  });

  test('is not given again within a life whose workloads were stopped', () => {
    const { open, stop, lease, leases } = setup();
    stop();
    expect(open().types()).toEqual(['wait']);
    lease.incarnation += 1;
    leases.look();
    expect(open().types()).toEqual(['grant']);
  });

  test('of a leadership that was resigned is not given again under its token', () => {
    const { open, stop, lease } = setup();
    stop('leader');
    expect(open({ scope: 'leader' }).types()).toEqual(['wait']);
    expect(open({ scope: 'quorate' }).types()).toEqual(['grant']);
    lease.leader = { name: 'n1', token: 30, isSelf: true };
    expect(open({ scope: 'leader' }).types()).toEqual(['grant']);
  });

  test('is asked for by 256 clients at most', () => {
    const { leases, open } = setup();
    for (let i = 0; i < 256; i++) open();
    expect(leases.open({ scope: 'quorate', reports: true, resume: null, send: () => {} })).toBeNull();
    leases.ended('c1');
    open();
  });
});

describe('a stop', () => {
  test('with nothing running is confirmed at once', () => {
    const { open, stop, lease } = setup({ remainingMs: 0 });
    open();
    lease.remainingMs = 0;
    expect(stop()).toEqual([true]);
  });

  test('is told to each client and confirmed when the last says that its child is dead', () => {
    const { open, stop, leases } = setup();
    const [one, other] = [open(), open()];
    const told = stop();
    expect([one.types(), other.types()]).toEqual([
      ['grant', 'revoke'],
      ['grant', 'revoke'],
    ]);
    leases.ended(one.client);
    expect(told).toEqual([]);
    leases.ended(other.client);
    expect(told).toEqual([true]);
  });

  test('of the leadership leaves alone what runs for the quorum', () => {
    const { open, stop, leases } = setup();
    const member = open();
    const leader = open({ scope: 'leader' });
    const told = stop('leader');
    expect([member.types(), leader.types()]).toEqual([['grant'], ['grant', 'revoke']]);
    leases.ended(leader.client);
    expect(told).toEqual([true]);
  });

  test('that is not confirmed in time is told as such once, and confirmed whenever it is', () => {
    const { open, stop, leases, time } = setup();
    const client = open();
    const told = stop();
    time.pass(999);
    expect(told).toEqual([]);
    time.pass(1);
    expect(told).toEqual([false]);
    time.pass(60_000);
    expect(told).toEqual([false]);
    leases.ended(client.client);
    expect(told).toEqual([false, true]);
  });

  test('does not believe a client that vanished before its own deadline and T_stop are over', () => {
    const { open, stop, time } = setup();
    const client = open();
    client.lost();
    const told = stop('all', 1000);
    time.pass(1000);
    expect(told).toEqual([false]);
    // 2700 were handed out, T_stop is 1000.
    time.pass(2699);
    expect(told).toEqual([false]);
    time.pass(1);
    expect(told).toEqual([false, true]);
  });

  test('after a lease that ran out in the ordinary way is confirmed just in time for a client that vanished', () => {
    const { open, stop, time, lease } = setup();
    open().lost();
    time.pass(2700);
    lease.remainingMs = 0;
    const told = stop('all', 1000);
    time.pass(1000);
    expect(told).toEqual([true]);
  });

  test('counts from the newest deadline that the vanished client was handed', () => {
    const { open, stop, time, leases } = setup();
    const client = open();
    client.lost();
    time.pass(2000);
    leases.renew(client.client);
    const told = stop('all', 1);
    time.pass(3699);
    expect(told).toEqual([false]);
    time.pass(1);
    expect(told).toEqual([false, true]);
  });

  test('believes a reader that reports nothing once its deadline and T_stop are over', () => {
    const { open, stop, time } = setup();
    const reader = open({ reports: false });
    const told = stop('all', 1000);
    time.pass(3699);
    expect(told).toEqual([false]);
    time.pass(1);
    expect(told).toEqual([false, true]);
    expect(reader.types()).toEqual(['grant', 'revoke']);
  });

  test('a client that came back on another connection is waited for as one that is there', () => {
    const { open, stop, leases, time } = setup();
    const first = open();
    const second = open({ resume: first.client });
    expect(second.client).toBe(first.client);
    first.lost();
    const told = stop('all', 100_000);
    expect(second.types()).toEqual(['grant', 'revoke']);
    time.pass(50_000);
    expect(told).toEqual([]);
    leases.ended(second.client);
    expect(told).toEqual([true]);
  });

  test('a client of another run is a new one', () => {
    const { open } = setup({ remainingMs: 0 });
    expect(open({ resume: 'of-an-earlier-run' }).types()).toEqual(['wait']);
  });

  test('nothing is kept of clients that went, and no timer runs without any', () => {
    const { open, leases, time } = setup();
    open({ scope: 'leader' }).lost();
    const waiting = setup({ remainingMs: 0 });
    waiting.open().lost();
    expect(waiting.leases.count).toBe(0);
    time.pass(10_000);
    expect([leases.count, time.timerCount]).toEqual([0, 0]);
  });
});
