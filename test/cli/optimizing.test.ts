// When an agent's process is optimized: once it was busy for a second, or did enough for a while after its start; then for good.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { optimizeWhenWorthIt } from '../../src/cli/optimizing.ts';

let cpuMs: number;
let flags: string[];
let end: () => void;

/** So many seconds, in each of which the process is given so much of a core. */
function live(seconds: number, share: number): void {
  for (let second = 0; second < seconds; second++) {
    cpuMs += 1000 * share;
    vi.advanceTimersByTime(1000);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  cpuMs = 87;
  flags = [];
  end = optimizeWhenWorthIt({ cpuMs: () => cpuMs, nowMs: () => Date.now(), setFlags: (text) => flags.push(text) }).end;
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

describe('the optimizing compiler of an agent', () => {
  test('rests while little is done, however long', () => {
    live(3600, 0.003);
    expect(flags).toEqual(['--no-opt']);
  });

  test('rests through the start, and works after the first spell in which enough was done', () => {
    live(60, 0.02);
    live(19, 0.008);
    expect(flags).toEqual(['--no-opt']);
    live(1, 0.008);
    expect(flags).toEqual(['--no-opt', '--opt']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('works from the first busy second on, for good', () => {
    live(10, 0.01);
    live(1, 0.5);
    expect(flags).toEqual(['--no-opt', '--opt']);
    live(3600, 0.001);
    expect(flags).toHaveLength(2);
  });

  test('is asked no more once the agent has ended', () => {
    end();
    live(120, 1);
    expect(flags).toEqual(['--no-opt']);
  });
});
