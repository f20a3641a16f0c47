// What is tried before anyone is suspected, and how a node asks itself first.

import { describe, expect, test } from 'vitest';
import { LocalHealth } from '../../../src/core/detector/local-health.ts';
import { Probes } from '../../../src/core/detector/probes.ts';
import { at } from '../../../src/core/index.ts';

const TIMEOUT_MS = 40;
const EVERY_MS = 500;

function stepsUntil(probes: Probes, untilMs: number): string[] {
  const steps: string[] = [];
  for (let ms = 0; ms <= untilMs; ms++) {
    if (ms >= probes.dueAt(7)) steps.push(`${ms} ${probes.next(7, TIMEOUT_MS, EVERY_MS, at(ms))}`);
  }
  return steps;
}

describe('a probe', () => {
  test('asks twice, then around, each for as long as an answer takes, and on once a heartbeat', () => {
    const probes = new Probes();
    expect(stepsUntil(probes, 1250)).toStrictEqual(['0 ask', '40 ask', '80 ask-around', '200 exhausted', '700 ask', '1200 ask']);
    expect(probes.isExhausted(7)).toBe(true);
  });

  test('begins anew after an answer', () => {
    const probes = new Probes();
    stepsUntil(probes, 300);
    probes.end(7);
    expect([probes.isExhausted(7), probes.next(7, TIMEOUT_MS, EVERY_MS, at(400))]).toStrictEqual([false, 'ask']);
  });

  test('is forgotten with whoever is silent no longer', () => {
    const probes = new Probes();
    probes.next(1, TIMEOUT_MS, EVERY_MS, at(0));
    probes.next(2, TIMEOUT_MS, EVERY_MS, at(0));
    probes.keep(new Set([2, 3]));
    expect(probes.size).toBe(1);
  });
});

describe('a node that is slow itself', () => {
  test('knows by how much its timer was late, and half as much after each heartbeat', () => {
    const health = new LocalHealth(500);
    health.woke(1000, at(1200));
    expect(health.lagMs(at(1200))).toBe(200);
    expect(health.lagMs(at(1700))).toBe(100);
    // Less than what is remembered changes nothing; more does.
    health.woke(1700, at(1750));
    expect(health.lagMs(at(1750))).toBeGreaterThan(90);
    health.woke(2000, at(2300));
    expect(health.lagMs(at(2300))).toBe(300);
  });

  test('was not late where no timer was set', () => {
    const health = new LocalHealth(500);
    health.woke(Number.POSITIVE_INFINITY, at(1200));
    expect(health.lagMs(at(1200))).toBe(0);
  });

  test('reads its socket until a turn of the loop brings nothing, and not for ever', () => {
    const health = new LocalHealth(500);
    expect([10, 42, 42].map((heard) => health.hasDrained(heard))).toStrictEqual([false, false, true]);
    const turns = Array.from({ length: 40 }, (_, i) => health.hasDrained(100 + 32 * i)).indexOf(true);
    expect(turns).toBe(10);
  });

  test('blames itself when more than half are late, and no longer when fewer are', () => {
    const health = new LocalHealth(500);
    health.saw(2, 4);
    expect(health.blamedOnSelf).toBe(0);
    health.saw(3, 4);
    expect(health.blamedOnSelf).toBe(3);
    health.saw(1, 4);
    expect(health.blamedOnSelf).toBe(0);
    health.saw(1, 1);
    expect(health.blamedOnSelf).toBe(1);
  });
});
