// The wheel against a sorted list: who is drained is who is old, the longest silent first, at any time of any clock and after
// any pause. The wheel's grain is a 64th of its span: within a grain it promises no order.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FreshOrder } from '../../../src/core/membership/fresh-order.ts';

const SPAN_MS = 640;
const GRAIN_MS = SPAN_MS / 64;

const grainOf = (ms: number): number => Math.floor(ms / GRAIN_MS);

function newOrder(nowMs: number): FreshOrder {
  const order = new FreshOrder(SPAN_MS, nowMs);
  order.reserve(12);
  return order;
}

/** Whole and broken milliseconds before, around and long after time 0. */
const someStart = fc.constantFrom(-1e12, -10_001.25, -641, -1, 0, 0.5, 999, 1e9 + 0.75, 1e13);

const someAct = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('place' as const), slot: fc.nat(9), ageMs: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), slot: fc.nat(11) }) },
  // Most pauses are short, some turn the wheel more than once.
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(30), fc.nat(700), fc.nat(5_000), fc.constant(1e9)) }),
  },
);

describe('the order of freshness', () => {
  test('drains exactly those that are older than the span, the longest silent first, and lists the others freshest first', () => {
    fc.assert(
      fc.property(someStart, fc.array(someAct, { maxLength: 80, size: '+1' }), (startMs, acts) => {
        let nowMs = startMs;
        const order = newOrder(nowMs);
        const naive = new Map<number, number>();
        for (const act of acts) {
          if (act.kind === 'wait') {
            nowMs += act.ms;
            const silent: number[] = [];
            order.drain(nowMs - SPAN_MS, (slot) => silent.push(slot));
            const old = [...naive].filter(([, freshAtMs]) => grainOf(freshAtMs) < grainOf(nowMs - SPAN_MS));
            expect([...silent].sort()).toStrictEqual(old.map(([slot]) => slot).sort());
            const grains = silent.map((slot) => grainOf(naive.get(slot)!));
            expect(grains).toStrictEqual([...grains].sort((a, b) => a - b));
            for (const slot of silent) naive.delete(slot);
          } else if (act.kind === 'remove') {
            order.remove(act.slot);
            naive.delete(act.slot);
          } else {
            const freshAtMs = nowMs - act.ageMs;
            const isListed = order.place(act.slot, freshAtMs);
            expect(isListed).toBe(grainOf(freshAtMs) >= grainOf(nowMs - SPAN_MS));
            naive.delete(act.slot);
            if (isListed) naive.set(act.slot, freshAtMs);
          }
          expectFreshest(order, naive);
        }
      }),
      { numRuns: 500 },
    );
  });

  function expectFreshest(order: FreshOrder, naive: ReadonlyMap<number, number>): void {
    const into = new Uint32Array(20);
    const found = [...into.subarray(0, order.freshest(into, 20))].map((_, i) => into[i]!);
    expect([...found].sort()).toStrictEqual([...naive.keys()].sort());
    expect([...order.slots()].sort()).toStrictEqual([...naive.keys()].sort());
    const grains = found.map((slot) => grainOf(naive.get(slot)!));
    expect(grains).toStrictEqual([...grains].sort((a, b) => b - a));
    const half = Math.ceil(found.length / 2);
    const some = new Uint32Array(20);
    expect(order.freshest(some, half)).toBe(half);
    expect([...some.subarray(0, half)]).toStrictEqual(found.slice(0, half));
  }

  test('within the grain puts the later news first', () => {
    const order = newOrder(0);
    for (const slot of [1, 2, 3]) order.place(slot, 5);
    const into = new Uint32Array(3);
    order.freshest(into, 3);
    expect([...into]).toStrictEqual([3, 2, 1]);
    const silent: number[] = [];
    order.drain(GRAIN_MS, (slot) => silent.push(slot));
    expect(silent).toStrictEqual([1, 2, 3]);
  });

  test('drains nobody twice, and going back in time drains nobody', () => {
    const order = newOrder(0);
    order.place(1, 0);
    const silent: number[] = [];
    order.drain(10_000, (slot) => silent.push(slot));
    order.drain(10_000, (slot) => silent.push(slot));
    order.drain(0, (slot) => silent.push(slot));
    expect(silent).toStrictEqual([1]);
    expect(order.place(1, 0)).toBe(false);
  });

  test('has room for ten thousand, and keeps those it has when it gets more', () => {
    const order = newOrder(0);
    order.place(11, 0);
    order.reserve(10_000);
    expect(order.slots()).toStrictEqual([11]);
    for (let slot = 0; slot < 10_000; slot++) order.place(slot, slot % SPAN_MS);
    expect(order.slots().length).toBe(10_000);
    let count = 0;
    order.drain(SPAN_MS, () => count++);
    expect(count).toBe(10_000);
  });
});
