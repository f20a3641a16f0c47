// The simulated event loop: the one timer, and the order of things after a pause.

import { describe, expect, test } from 'vitest';
import { at } from '../../src/core/index.ts';
import { EventLoop } from '../../src/sim/event-loop.ts';
import { HostClock } from '../../src/sim/host-clock.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';

function aLoop() {
  const scheduler = new Scheduler();
  const clock = new HostClock(scheduler, { originMs: 0, rate: 1, wallOriginMs: 0 });
  return { scheduler, loop: new EventLoop(scheduler, clock, () => {}) };
}

describe('the event loop of a simulated process', () => {
  test('a timer that is set anew fires once, at the last instant it was set to', () => {
    const { scheduler, loop } = aLoop();
    const fired: number[] = [];
    const fire = () => fired.push(scheduler.nowMs);
    for (const instant of [50, 20, 80]) loop.arm(at(instant), fire);
    scheduler.runUntil(200);
    expect(fired).toEqual([80]);
  });

  test('a timer set to an earlier instant after a later one fires at the earlier, and can be set again', () => {
    const { scheduler, loop } = aLoop();
    const fired: number[] = [];
    loop.arm(at(100), () => expect.unreachable());
    loop.arm(at(10), () => {
      fired.push(scheduler.nowMs);
      loop.arm(at(100), () => fired.push(scheduler.nowMs));
    });
    scheduler.runUntil(200);
    expect(fired).toEqual([10, 100]);
  });

  test('a paused process runs nothing; when it resumes a due timer comes first, then what waited in order', () => {
    const { scheduler, loop } = aLoop();
    const ran: string[] = [];
    loop.arm(at(10), () => ran.push(`timer at ${scheduler.nowMs}`));
    loop.pause();
    loop.keepDatagram(100, () => ran.push('datagram'));
    loop.complete(() => ran.push('disk'));
    loop.keepConnection(() => ran.push('connection'));
    scheduler.runUntil(30);
    expect(ran).toEqual([]);
    loop.resume();
    expect(ran).toEqual(['timer at 30', 'datagram', 'disk', 'connection']);
  });

  test('a timer that became due later than the pause ended still fires', () => {
    const { scheduler, loop } = aLoop();
    const fired: number[] = [];
    loop.arm(at(10), () => {});
    loop.arm(at(80), () => fired.push(scheduler.nowMs));
    loop.pause();
    scheduler.runUntil(40);
    loop.resume();
    scheduler.runUntil(200);
    expect(fired).toEqual([80]);
  });

  test('the socket buffer of a paused process is bounded and drops the newest', () => {
    const { loop } = aLoop();
    const got: number[] = [];
    loop.pause();
    for (let i = 0; i < 1000; i++) loop.keepDatagram(1200, () => got.push(i));
    loop.resume();
    expect(got).toEqual(Array.from({ length: 124 }, (_, i) => i));
    expect(loop.droppedCount).toBe(1000 - 124);
  });

  test('nothing runs after the process is gone', () => {
    const { scheduler, loop } = aLoop();
    loop.arm(at(10), () => expect.unreachable());
    loop.pause();
    loop.keepDatagram(10, () => expect.unreachable());
    loop.close();
    loop.resume();
    scheduler.runUntil(100);
    expect(loop.waitingCount).toBe(0);
  });
});
