// When an agent's process is optimized: not while it does little, and for good once it was busy.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { optimizeOnceBusy } from '../../src/cli/optimizing.ts';

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
  end = optimizeOnceBusy({ cpuMs: () => cpuMs, nowMs: () => Date.now(), setFlags: (text) => flags.push(text) }).end;
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

describe('the optimizing compiler of an agent', () => {
  test('rests while little is done, however long', () => {
    live(3600, 0.2);
    expect(flags).toEqual(['--no-opt']);
  });

  test('works from the first busy second on, for good', () => {
    live(10, 0.01);
    live(1, 0.5);
    expect(flags).toEqual(['--no-opt', '--opt']);
    expect(vi.getTimerCount()).toBe(0);
    live(60, 0.01);
    expect(flags).toHaveLength(2);
  });

  test('is asked no more once the agent has ended', () => {
    end();
    live(5, 1);
    expect(flags).toEqual(['--no-opt']);
  });
});
