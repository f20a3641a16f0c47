// One run of a hook, with real programs of the system.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type HookCommand, type HookRunOptions, startHook } from '../../src/agent/hook-process.ts';
import { until } from '../support/until.ts';

const OPTIONS: HookRunOptions = { env: {}, stdin: '', timeoutMs: 10_000, graceMs: 10_000 };

const shell = (text: string): HookCommand => ({ kind: 'shell', text });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a run', () => {
  test('gets its environment and its document, and its words are kept', async () => {
    const end = await startHook(shell('cat; echo " $QUORATE_EVENT"; echo oops >&2'), {
      ...OPTIONS,
      env: { QUORATE_EVENT: 'fenced' },
      stdin: '{"type":"fenced"}',
    }).ended;
    expect(end).toMatchObject({ kind: 'done', reason: '', isOutputCut: false });
    expect(end.output).toContain('{"type":"fenced"} fenced\n');
    expect(end.output).toContain('oops\n');
  });

  test('of a program and its words sees no shell', async () => {
    const words = ['echo', '$HOME', '; echo', '*'];
    const { output } = await startHook({ kind: 'program', words }, OPTIONS).ended;
    expect(output).toBe('$HOME ; echo *\n');
  });

  test('that fails says how', async () => {
    expect(await startHook(shell('exit 3'), OPTIONS).ended).toMatchObject({ kind: 'failed', reason: 'it ended with 3' });
    expect(await startHook(shell('kill -9 $$'), OPTIONS).ended).toMatchObject({ kind: 'failed', reason: 'it was ended by SIGKILL' });
    const absent: HookCommand = { kind: 'program', words: ['/nowhere/program'] };
    expect(await startHook(absent, OPTIONS).ended).toMatchObject({
      kind: 'not-started',
      reason: expect.stringContaining('it does not exist'),
    });
  });

  test('that says too much is cut', async () => {
    const end = await startHook(shell('head -c 100000 /dev/zero | tr "\\0" x'), OPTIONS).ended;
    expect([end.output.length, end.isOutputCut]).toEqual([8192, true]);
  });

  test('that does not read its document is no failure', async () => {
    const end = await startHook(shell('true'), { ...OPTIONS, stdin: 'x'.repeat(1_000_000) }).ended;
    expect(end.kind).toBe('done');
  });

  test('beyond its time gets TERM, and may still end well', async () => {
    const command = shell('trap "echo last words; exit 0" TERM; sleep 60 & wait');
    const end = await startHook(command, { ...OPTIONS, timeoutMs: 200 }).ended;
    expect(end).toMatchObject({ kind: 'timed-out', reason: 'it ran longer than 200 ms' });
  });

  test('that does not heed TERM gets KILL, and so does all that it started', async () => {
    const command = shell('trap "" TERM; sleep 60 & echo $!; wait; sleep 60');
    const end = await startHook(command, { ...OPTIONS, timeoutMs: 300, graceMs: 100 }).ended;
    expect(end.kind).toBe('timed-out');
    const grandchild = Number(end.output.trim());
    expect(grandchild).toBeGreaterThan(1);
    await until(() => !isAlive(grandchild) || isZombie(grandchild), 'the grandchild is gone');
  });
});

function isZombie(pid: number): boolean {
  return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
}
