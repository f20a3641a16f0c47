// `quorate agent` around an agent that is only pretended: the options it gets, the signals it hears, how its end is told.

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AgentOptions, RunningAgent, StartDependencies } from '../../src/agent/index.ts';
import { StopSignals } from '../../src/cli/stop-signals.ts';
import { devGreeting } from '../../src/cli/verbs/agent.ts';
import { keepingIo, run } from '../support/cli.ts';

const startAgent = vi.hoisted(() => vi.fn<(options: AgentOptions, dependencies: StartDependencies) => Promise<RunningAgent>>());
vi.mock('../../src/agent/index.ts', async () => {
  const { OperationalError } = await import('../../src/agent/operational-error.ts');
  return { startAgent, OperationalError };
});

afterEach(() => {
  startAgent.mockReset();
});

type Finished = Awaited<RunningAgent['finished']>;

function pretendedAgent(): { agent: RunningAgent; end: (finished: Finished) => void; reloads: () => number } {
  let end: (finished: Finished) => void = () => {};
  let reloads = 0;
  const finished = new Promise<Finished>((resolve) => {
    end = resolve;
  });
  const handle = {
    view: {
      name: 'n1',
      address: '127.0.0.1:4000',
      standing: 'quorate',
      isQuorate: () => true,
      quorum: () => ({ voters: 1, needed: 1, acking: 1, canLose: 0, isVoter: true }),
    },
    nowMs: () => 0,
    bootMs: () => 0,
    reload: async () => {
      reloads += 1;
      return { changed: ['tag'], needsRestart: [], problem: null };
    },
  };
  const agent = {
    handle,
    socketPath: '/tmp/other/q.sock',
    finished,
    stop: async () => end({ code: 0, message: '', hint: '' }),
  };
  // Only what the verb touches is there.
  return { agent: agent as unknown as RunningAgent, end, reloads: () => reloads };
}

describe('the agent', () => {
  test('is started with the options of the line and ends with its own code', async () => {
    const { agent, end } = pretendedAgent();
    startAgent.mockResolvedValue(agent);
    const ran = run('agent --join a --name n1');
    await vi.waitFor(() => expect(startAgent).toHaveBeenCalled());
    end({ code: 1, message: 'the name n1 is taken', hint: 'choose another --name' });
    expect(await ran).toEqual({ code: 1, out: '', err: 'quorate: the name n1 is taken\n  → choose another --name\n' });
    expect(startAgent.mock.calls[0]?.[0]).toMatchObject({ start: { kind: 'join' }, seeds: ['a:7946'], name: 'n1' });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s and ends with 0', async (signal) => {
    const { agent } = pretendedAgent();
    startAgent.mockResolvedValue(agent);
    const before = process.listenerCount(signal);
    const ran = run('agent --dev');
    await vi.waitFor(() => expect(process.listenerCount(signal)).toBeGreaterThan(before));
    process.emit(signal);
    expect((await ran).code).toBe(0);
    expect(process.listenerCount(signal)).toBe(before);
  });

  test('reads its settings again on HUP and says what that changed', async () => {
    const { agent, end, reloads } = pretendedAgent();
    startAgent.mockResolvedValue(agent);
    const before = process.listenerCount('SIGHUP');
    const ran = run('agent --init');
    await vi.waitFor(() => expect(process.listenerCount('SIGHUP')).toBeGreaterThan(before));
    await vi.waitFor(() => expect(startAgent).toHaveResolved());
    process.emit('SIGHUP');
    await vi.waitFor(() => expect(reloads()).toBe(1));
    end({ code: 0, message: '', hint: '' });
    expect((await ran).err).toContain('quorate: reloaded: tag\n');
  });

  test('tells a reload what is wrong with the settings, and what to do, in one sentence', async () => {
    const { agent, end } = pretendedAgent();
    startAgent.mockResolvedValue(agent);
    const env: Record<string, string> = {};
    const ran = run('agent --init', { env });
    await vi.waitFor(() => expect(startAgent).toHaveResolved());
    env.QUORATE_ON = 'fencd=x';
    expect(startAgent.mock.calls[0]?.[1].readOptions).toThrow(new Error("QUORATE_ON: there is no event 'fencd'; did you mean 'fenced'?"));
    end({ code: 0, message: '', hint: '' });
    await ran;
  });

  test.each([
    ['usage', 64],
    ['config-invalid', 78],
    ['permission-denied', 77],
    ['address-in-use', 1],
    ['state-unwritable', 1],
  ] as const)('that cannot start because of %s ends with %i', async (code, exitCode) => {
    const { OperationalError } = await import('../../src/agent/operational-error.ts');
    startAgent.mockRejectedValue(new OperationalError(code, 'what was tried', 'what to do'));
    expect(await run('agent --init')).toEqual({ code: exitCode, out: '', err: 'quorate: what was tried\n  → what to do\n' });
  });

  test('that fails by our mistake says so without a stack', async () => {
    startAgent.mockRejectedValue(new Error('boom'));
    const { code, err } = await run('agent --init');
    expect(code).toBe(1);
    expect(err).toBe('quorate: internal error: boom\n  → this is a bug in quorate; please report it with the line you typed\n');
  });

  test('in dev mode greets with its socket, its standing and three lines to type', () => {
    const greeting = devGreeting(pretendedAgent().agent, keepingIo().io);
    expect(greeting).toContain('socket    /tmp/other/q.sock\n');
    expect(greeting).toContain('standing  quorate\n  quorum    1 of 1 voters, 1 needed\n');
    expect(greeting).toMatch(
      / members --socket \/tmp\/other\/q\.sock\n.* run --socket \/tmp\/other\/q\.sock --leader -- sh -c .*\n.* agent --dev --name n1-2 --join 127\.0\.0\.1:4000\n$/,
    );
  });
});

describe('signals to stop', () => {
  test('within a second are one wish, as npm hands a Ctrl-C on', () => {
    const signals = new StopSignals();
    expect([signals.heard(0), signals.heard(20), signals.heard(1000)]).toEqual(['stop', 'ignore', 'ignore']);
  });

  test('more than a second after the first end it at once', () => {
    const signals = new StopSignals();
    expect([signals.heard(5000), signals.heard(6001)]).toEqual(['stop', 'end-now']);
  });
});
