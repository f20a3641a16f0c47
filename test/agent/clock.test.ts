// The one timer against a clock and timeouts that the test moves.

import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HostClock, HostTimer, uptimeReader } from '../../src/agent/clock.ts';
import { at, type MonotonicMs, NEVER } from '../../src/core/index.ts';

let nowMs = 0;
const clock = { nowMs: (): MonotonicMs => at(nowMs) };

beforeEach(() => {
  nowMs = 1000;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  for (let i = 0; i < ms; i++) {
    nowMs += 1;
    vi.advanceTimersByTime(1);
  }
}

describe('the timer', () => {
  test('fires once, not before its instant', () => {
    const firedAt: number[] = [];
    new HostTimer(clock).arm(at(1010.4), () => firedAt.push(nowMs));
    pass(100);
    expect(firedAt).toEqual([1011]);
  });

  test('fires at once, but not within the call, for an instant that has passed', () => {
    const fire = vi.fn();
    new HostTimer(clock).arm(at(5), fire);
    expect(fire).not.toHaveBeenCalled();
    pass(1);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  test('is set anew by every call: only the last instant and the last function count', () => {
    const first = vi.fn();
    const firedAt: number[] = [];
    const timer = new HostTimer(clock);
    timer.arm(at(1010), first);
    timer.arm(at(1005), first);
    timer.arm(at(1050), () => firedAt.push(nowMs));
    pass(100);
    expect(first).not.toHaveBeenCalled();
    expect(firedAt).toEqual([1050]);
  });

  test('makes no timeout when the instant moves to later', () => {
    const timer = new HostTimer(clock);
    timer.arm(at(1010), () => {});
    const setTimeoutCalls = vi.spyOn(globalThis, 'setTimeout');
    for (let i = 0; i < 1000; i++) timer.arm(at(1010 + i), () => {});
    expect(setTimeoutCalls).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(1);
    setTimeoutCalls.mockRestore();
  });

  test('can be armed from within its own firing', () => {
    const firedAt: number[] = [];
    const timer = new HostTimer(clock);
    const fire = (): void => {
      firedAt.push(nowMs);
      if (firedAt.length < 3) timer.arm(at(nowMs + 10), fire);
    };
    timer.arm(at(1010), fire);
    pass(100);
    expect(firedAt).toEqual([1010, 1020, 1030]);
  });

  test('does not fire after it was disarmed, or armed for never', () => {
    const fire = vi.fn();
    const timer = new HostTimer(clock);
    timer.arm(at(1010), fire);
    timer.disarm();
    timer.arm(at(1010), fire);
    timer.arm(NEVER, fire);
    pass(100);
    expect(fire).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for an instant that is further away than a timeout can hold', () => {
    const fire = vi.fn();
    const farMs = 2 ** 31 + 5000;
    new HostTimer(clock).arm(at(nowMs + farMs), fire);
    nowMs += 2 ** 31 - 1;
    vi.advanceTimersByTime(2 ** 31 - 1);
    expect(fire).not.toHaveBeenCalled();
    nowMs += 5001;
    vi.advanceTimersByTime(5001);
    expect(fire).toHaveBeenCalledTimes(1);
  });
});

test('the clock never goes back, and knows the wall clock of its instants', () => {
  const host = new HostClock();
  const first = host.nowMs();
  const later = host.nowMs();
  expect(later).toBeGreaterThanOrEqual(first);
  expect(host.wallClockMs(at(later + 60_000)) - host.wallClockMs(later)).toBeGreaterThan(59_000);
});

test.runIf(process.platform === 'linux')('the clock that counts suspension is never behind what the system says', () => {
  const before = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  const bootMs = new HostClock().bootMs();
  const after = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  expect(bootMs).toBeGreaterThanOrEqual(before);
  expect(bootMs).toBeLessThanOrEqual(after);
});

describe.runIf(process.platform === 'linux')('the seconds since boot', () => {
  /** Of /proc/uptime, in seconds. */
  const RESOLUTION = 0.01;

  test.each([
    ['read from the file that os.uptime() reads', '/proc/uptime'],
    ['without that file', '/nowhere/uptime'],
    ['from one that cannot be read any more', '/proc'],
    ['from one that says nothing', '/dev/null'],
  ])('are those of os.uptime(), %s', (_how, path) => {
    const read = uptimeReader(path);
    for (let i = 0; i < 100; i++) {
      const before = uptime();
      const seconds = read();
      expect(seconds).toBeGreaterThanOrEqual(before - RESOLUTION);
      expect(seconds).toBeLessThanOrEqual(uptime() + RESOLUTION);
    }
  });
});
