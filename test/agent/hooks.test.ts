// When hooks run, in which order and how often: their processes are pretended, their time is the test's.

import { describe, expect, test } from 'vitest';
import { FenceWork } from '../../src/agent/fence-work.ts';
import type { HookEnd, HookRunOptions } from '../../src/agent/hook-process.ts';
import { type HookReport, Hooks } from '../../src/agent/hooks.ts';
import type { HookOptions } from '../../src/agent/options.ts';
import { LeaseRegistry } from '../../src/agent/workloads.ts';
import type { Incarnation } from '../../src/core/index.ts';
import { fakeAgent, heldLease, leasedView } from '../support/fake-agent.ts';
import { ManualTime } from '../support/manual-time.ts';

const SITUATION = { node: 'n1', cluster: 'default', standing: 'fenced', leader: 'n2', token: 12, socket: '/q.sock' };

interface Started extends HookRunOptions {
  readonly program: string;
  isKilled: boolean;
  end(kind: HookEnd['kind']): Promise<void>;
}

function hook(program: string, events: HookOptions['events'], timeoutMs = 30_000): HookOptions {
  return { events, command: { kind: 'program', words: [program] }, timeoutMs };
}

function setup(options: readonly HookOptions[]) {
  const time = new ManualTime();
  const started: Started[] = [];
  const reports: HookReport[] = [];
  const hooks = new Hooks(options, {
    clock: time,
    after: time.after,
    stopMs: () => 1000,
    situation: () => SITUATION,
    report: (report) => reports.push(report),
    start: (command, runOptions) => {
      let resolve: (end: HookEnd) => void = () => {};
      const ended = new Promise<HookEnd>((done) => {
        resolve = done;
      });
      const run: Started = {
        ...runOptions,
        program: command.kind === 'program' ? (command.words[0] ?? '') : command.text,
        isKilled: false,
        end: async (kind) => {
          resolve({ kind, reason: '', output: '', isOutputCut: false });
          await ended;
          await Promise.resolve();
        },
      };
      started.push(run);
      const kill = (): void => {
        run.isKilled = true;
        void run.end('failed');
      };
      return { ended, kill };
    },
  });
  const programs = (): string[] => started.map(({ program, env }) => `${program} ${env.QUORATE_EVENT}`);
  return { hooks, time, started, reports, programs, last: () => started.at(-1) as Started };
}

const event = (type: string, more: object = {}) => ({ type, incarnation: 7, ...more });

describe('a hook', () => {
  test('hears of its events alone, by environment and one document', () => {
    const { hooks, started, programs } = setup([hook('a', ['member-failed', 'member-left'])]);
    hooks.tell(event('member-joined'));
    hooks.tell(event('member-failed', { id: 17, member: 'n2' }));
    expect(programs()).toEqual(['a member-failed']);
    expect(started[0]?.env).toEqual({
      QUORATE_EVENT: 'member-failed',
      QUORATE_NODE: 'n1',
      QUORATE_CLUSTER: 'default',
      QUORATE_STANDING: 'fenced',
      QUORATE_LEADER: 'n2',
      QUORATE_TOKEN: '12',
      QUORATE_SOCKET: '/q.sock',
    });
    expect(JSON.parse(started[0]?.stdin ?? '')).toEqual({ type: 'member-failed', incarnation: 7, id: 17, member: 'n2', now: SITUATION });
  });

  test('runs one at a time and in order, its neighbours meanwhile', async () => {
    const { hooks, started, programs } = setup([hook('a', ['quorate', 'member-left']), hook('b', ['member-left'])]);
    hooks.tell(event('quorate'));
    hooks.tell(event('member-left'));
    expect(programs()).toEqual(['a quorate', 'b member-left']);
    await started[0]?.end('failed');
    expect(programs()).toEqual(['a quorate', 'b member-left', 'a member-left']);
  });

  test('is told once after the start how things stand, whatever it is for', () => {
    const { hooks, programs } = setup([hook('a', ['fenced']), hook('b', [])]);
    hooks.sync();
    expect(programs()).toEqual(['a sync', 'b sync']);
  });

  test('that falls far behind is told the present state instead of all it missed', async () => {
    const { hooks, started, last, programs } = setup([hook('a', ['member-updated'])]);
    for (let i = 0; i < 259; i++) hooks.tell(event('member-updated'));
    expect(started).toHaveLength(1);
    await last().end('done');
    await last().end('done');
    await last().end('done');
    expect(programs()).toEqual(['a member-updated', 'a sync', 'a member-updated', 'a member-updated']);
  });

  test('has its own time-out', () => {
    const { hooks, last } = setup([hook('a', ['quorate'], 5000)]);
    hooks.tell(event('quorate'));
    expect(last()).toMatchObject({ timeoutMs: 5000, graceMs: 5000 });
  });
});

describe('the fence', () => {
  test('waits behind nothing: it runs at once, ends what its hook does, and holds back the rest', async () => {
    const { hooks, started, programs, last } = setup([hook('a', ['quorate', 'member-left', 'fenced'])]);
    hooks.tell(event('quorate'));
    hooks.tell(event('member-left'));
    hooks.tell(event('fenced'));
    expect(programs()).toEqual(['a quorate', 'a fenced']);
    expect(started[0]?.isKilled).toBe(true);
    await last().end('done');
    expect(programs()).toEqual(['a quorate', 'a fenced', 'a member-left']);
  });

  test('is over at T_stop at the latest, and TERM comes before KILL', () => {
    const { hooks, last } = setup([hook('a', ['fenced'])]);
    hooks.tell(event('fenced'));
    expect(last()).toMatchObject({ timeoutMs: 900, graceMs: 100 });
  });

  test('is tried again until it succeeds', async () => {
    const { hooks, time, programs, last } = setup([hook('a', ['fenced'])]);
    hooks.tell(event('fenced'));
    await last().end('failed');
    time.pass(50);
    await last().end('not-started');
    time.pass(50);
    expect(last().timeoutMs).toBe(800);
    await last().end('done');
    time.pass(5000);
    expect(programs()).toHaveLength(3);
  });

  test('is not tried again after T_stop', async () => {
    const { hooks, time, programs, last } = setup([hook('a', ['fenced'])]);
    hooks.tell(event('fenced'));
    time.pass(980);
    await last().end('failed');
    time.pass(5000);
    expect(programs()).toHaveLength(1);
  });
});

describe('the next life of the node waits for', () => {
  function fence(options: readonly HookOptions[], standing: 'fenced' | 'leaving' = 'fenced') {
    const parts = setup(options);
    const lease = heldLease();
    const { view } = fakeAgent({ view: leasedView(lease) });
    const leases = new LeaseRegistry({ clock: parts.time, view: () => view, drawId: () => 'c1', after: parts.time.after });
    const client = leases.open({ scope: 'quorate', reports: true, resume: null, send: () => {} });
    lease.standing = standing;
    lease.remainingMs = 0;
    const told: boolean[] = [];
    const work = new FenceWork(leases, parts.hooks, () => view);
    work.stop({ incarnation: 7 as Incarnation, deadMs: 1000, scope: 'all' }, (areDead) => told.push(areDead));
    return { ...parts, told, childDead: () => leases.ended(client?.client ?? '') };
  }

  test('the children alone when no hook is for a fence', () => {
    const { told, childDead } = fence([hook('a', ['quorate'])]);
    expect(told).toEqual([]);
    childDead();
    expect(told).toEqual([true]);
  });

  test('the hooks too, though they start only when the fence is on disk', async () => {
    const { told, childDead, hooks, last } = fence([hook('a', ['fenced'])]);
    childDead();
    expect(told).toEqual([]);
    hooks.tell(event('fenced'));
    expect(told).toEqual([]);
    await last().end('done');
    expect(told).toEqual([true]);
  });

  test('no hook beyond T_stop, when it is killed', async () => {
    const { told, childDead, hooks, last, time } = fence([hook('a', ['fenced'])]);
    childDead();
    time.pass(200);
    hooks.tell(event('fenced'));
    time.pass(799);
    expect([told, last().isKilled]).toEqual([[], false]);
    time.pass(1);
    expect([told, last().isKilled]).toEqual([[true], true]);
  });

  test('children that do not die, whatever the hooks do', async () => {
    const { told, childDead, hooks, last, time } = fence([hook('a', ['fenced'])]);
    hooks.tell(event('fenced'));
    await last().end('done');
    time.pass(1000);
    expect(told).toEqual([false]);
    childDead();
    expect(told).toEqual([false, true]);
  });

  test('no hook at a stop or a leave', () => {
    const { told, childDead } = fence([hook('a', ['fenced'])], 'leaving');
    childDead();
    expect(told).toEqual([true]);
  });
});
