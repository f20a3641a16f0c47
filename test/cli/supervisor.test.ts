// When a child is started, told to end and killed: the child is pretended, the clocks are the test's.

import { describe, expect, test } from 'vitest';
import { type Moment, momentOf } from '../../src/cli/supervise/deadline.ts';
import type { ChildHooks } from '../../src/cli/supervise/group.ts';
import { exitCodeOfEnd, type Held, type Over, Supervisor } from '../../src/cli/supervise/supervisor.ts';
import { ManualTime } from '../support/manual-time.ts';

const LEASE: Held = { remainingMs: 3000, stopMs: 1000, node: 'n1', incarnation: 7, token: 12 };

/** A process group that keeps what it was told, and dies of KILL alone unless the test lets it. */
class PretendedGroup {
  readonly signals: string[] = [];
  readonly #time: ManualTime;
  readonly #hooks: ChildHooks;
  readonly #bornMs: number;
  isLeftBehind = false;
  isGoneNow = false;
  isReleased = false;

  constructor(time: ManualTime, hooks: ChildHooks) {
    this.#time = time;
    this.#hooks = hooks;
    this.#bornMs = time.hrMs();
  }

  signal(name: NodeJS.Signals): void {
    if (this.isGoneNow) return;
    this.signals.push(`${name} ${this.#time.hrMs() - this.#bornMs}`);
    if (name === 'SIGKILL') this.die('SIGKILL');
  }

  isGone(): boolean {
    return this.isGoneNow;
  }

  release(): void {
    this.isReleased = true;
  }

  exit(code: number): void {
    this.isGoneNow = !this.isLeftBehind;
    this.#hooks.onEnd({ kind: 'exit', code });
  }

  die(signal: NodeJS.Signals): void {
    this.isGoneNow = true;
    this.#hooks.onEnd({ kind: 'signal', signal });
  }

  fail(reason: string): void {
    this.#hooks.onFailure(reason);
  }
}

function setup({ graceMs = null }: { readonly graceMs?: number | null } = {}) {
  const time = new ManualTime();
  const groups: PretendedGroup[] = [];
  const overs: Over[] = [];
  const supervisor = new Supervisor({
    clocks: time,
    after: time.after,
    graceMs,
    start: (_held, hooks) => {
      const group = new PretendedGroup(time, hooks);
      groups.push(group);
      return group;
    },
    onOver: (over) => overs.push(over),
  });
  const now = (): Moment => momentOf(time);
  return { time, supervisor, groups, overs, now, group: () => groups[0] as PretendedGroup };
}

function running(options: { readonly graceMs?: number | null } = {}) {
  const parts = setup(options);
  parts.supervisor.held(LEASE, parts.now());
  return parts;
}

describe('the child', () => {
  test('is started once the lease is held, and once only', () => {
    const { supervisor, groups, now } = setup();
    expect(groups).toHaveLength(0);
    supervisor.held(LEASE, now());
    supervisor.held(LEASE, now());
    expect(groups).toHaveLength(1);
  });

  test('is not started on an answer that took longer than the lease lasts', () => {
    const { supervisor, groups, now, time } = setup();
    const sentAt = now();
    time.pass(3000);
    supervisor.held(LEASE, sentAt);
    expect(groups).toHaveLength(0);
  });

  test('gives its own code when it ends by itself, and its guard is let go', () => {
    const { group, overs } = running();
    group().exit(7);
    expect(overs).toEqual([{ kind: 'ended', end: { kind: 'exit', code: 7 } }]);
    expect(group()).toMatchObject({ isReleased: true, signals: [] });
  });

  test('leaves nothing behind in its group when it ends by itself', () => {
    const { group, overs } = running();
    group().isLeftBehind = true;
    group().exit(0);
    expect(group().signals).toEqual(['SIGKILL 0']);
    expect(overs).toHaveLength(1);
  });

  test('that cannot be started is told so', () => {
    const { group, overs } = running();
    group().fail('spawn EAGAIN');
    expect(overs).toEqual([{ kind: 'not-started', reason: 'spawn EAGAIN' }]);
  });

  test('goes on as long as answers come in time', () => {
    const { supervisor, group, time, now } = running();
    for (let i = 0; i < 20; i++) {
      time.pass(2500);
      supervisor.held(LEASE, now());
    }
    expect(group().signals).toEqual([]);
  });
});

describe('without an agent', () => {
  test('the child gets TERM at the deadline and KILL 100 ms before T_stop is over', () => {
    const { group, time, overs } = running();
    time.pass(2999);
    expect(group().signals).toEqual([]);
    time.pass(1);
    expect(group().signals).toEqual(['SIGTERM 3000', 'SIGCONT 3000']);
    time.pass(899);
    expect(group().signals).toHaveLength(2);
    time.pass(1);
    expect(group().signals.at(-1)).toBe('SIGKILL 3900');
    expect(overs).toEqual([{ kind: 'stopped', reason: 'the agent did not renew the lease in time' }]);
  });

  test('the deadline counts from the question, not from its answer', () => {
    const { supervisor, now, time, group } = setup();
    const sentAt = now();
    time.pass(2000);
    supervisor.held(LEASE, sentAt);
    time.pass(999);
    expect(group().signals).toEqual([]);
    time.pass(1);
    expect(group().signals[0]).toBe('SIGTERM 1000');
  });

  test('a child that heeds TERM is over at once', () => {
    const { group, time, overs } = running();
    time.pass(3000);
    group().exit(0);
    expect(overs).toEqual([{ kind: 'stopped', reason: 'the agent did not renew the lease in time' }]);
  });

  test('after a suspend of the machine the child is stopped within 50 ms, and killed if T_stop is over as well', () => {
    const { group, time } = running();
    time.pass(1000);
    time.suspend(60_000);
    time.pass(50);
    expect(group().signals).toEqual(['SIGTERM 1050', 'SIGCONT 1050', 'SIGKILL 1050']);
  });

  test('a grace is the time from TERM to KILL', () => {
    const { group, time } = running({ graceMs: 200 });
    time.pass(3200);
    expect(group().signals).toEqual(['SIGTERM 3000', 'SIGCONT 3000', 'SIGKILL 3200']);
  });
});

describe('a lease that is lost', () => {
  test('ends the child at once, and kills it within T_stop − 100 ms from then', () => {
    const { supervisor, group, time, overs } = running();
    time.pass(500);
    supervisor.lost('n1 is not quorate: fenced');
    expect(group().signals).toEqual(['SIGTERM 500', 'SIGCONT 500']);
    time.pass(900);
    expect(group().signals.at(-1)).toBe('SIGKILL 1400');
    expect(overs).toEqual([{ kind: 'stopped', reason: 'n1 is not quorate: fenced' }]);
  });

  test('shortly before the deadline leaves no more time than the deadline does', () => {
    const { supervisor, group, time } = running();
    time.pass(2990);
    supervisor.lost('fenced');
    time.pass(900);
    expect(group().signals.at(-1)).toBe('SIGKILL 3890');
  });

  test('is not mended by a later answer', () => {
    const { supervisor, group, now, time } = running();
    supervisor.lost('fenced');
    supervisor.held(LEASE, now());
    time.pass(900);
    expect(group().signals.at(-1)).toBe('SIGKILL 900');
  });

  test('is lost as well when the agent lives another life or leads under another token', () => {
    for (const other of [
      { ...LEASE, incarnation: 8 },
      { ...LEASE, token: 13 },
    ]) {
      const { supervisor, group, now } = running();
      supervisor.held(other, now());
      expect(group().signals[0]).toBe('SIGTERM 0');
    }
  });

  test('is over only when nothing of the group can act any more', () => {
    const { supervisor, group, time, overs } = running();
    supervisor.lost('fenced');
    group().isLeftBehind = true;
    group().exit(0);
    expect(overs).toEqual([]);
    time.pass(100);
    expect(overs).toEqual([]);
    time.pass(800);
    expect(group().signals.at(-1)).toBe('SIGKILL 900');
    expect(overs).toHaveLength(1);
  });

  test('before there was a child changes nothing', () => {
    const { supervisor, overs } = setup();
    supervisor.lost('fenced');
    expect([supervisor.phase, overs]).toEqual(['waiting', []]);
  });
});

describe('signals', () => {
  test('are the business of the child while it runs', () => {
    const { supervisor, group, overs } = running();
    supervisor.signalled('SIGTERM');
    supervisor.signalled('SIGUSR1');
    expect(group().signals).toEqual(['SIGTERM 0', 'SIGUSR1 0']);
    group().die('SIGTERM');
    expect(overs).toEqual([{ kind: 'ended', end: { kind: 'signal', signal: 'SIGTERM' } }]);
  });

  test('end a supervisor that waits', () => {
    const { supervisor, overs, groups, now } = setup();
    supervisor.signalled('SIGINT');
    expect(overs).toEqual([{ kind: 'interrupted', signal: 'SIGINT' }]);
    supervisor.held(LEASE, now());
    expect(groups).toHaveLength(0);
  });
});

test('an end by a signal is 128 and its number', () => {
  expect(exitCodeOfEnd({ kind: 'exit', code: 3 })).toBe(3);
  expect(exitCodeOfEnd({ kind: 'signal', signal: 'SIGKILL' })).toBe(137);
});
