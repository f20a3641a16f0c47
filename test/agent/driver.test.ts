// What the driver carries between a node and its host, with a node that only says what the test wants.

import { expect, test } from 'vitest';
import { Driver, type DriverPorts } from '../../src/agent/driver.ts';
import type { StopWish } from '../../src/agent/ports.ts';
import { at, type Effect, type Incarnation, type Input, type MonotonicMs, NEVER, type Node, type Outbox } from '../../src/core/index.ts';

const LIFE = 7 as Incarnation;

function setup(effectsOf: (input: Input) => readonly Effect[]) {
  const inputs: (readonly [Input, MonotonicMs, number])[] = [];
  const stops: { readonly wish: StopWish; readonly ended: (areDead: boolean) => void }[] = [];
  const node = {
    step: (input: Input, now: MonotonicMs, outbox: Outbox, bootMs: number) => {
      inputs.push([input, now, bootMs]);
      for (const effect of effectsOf(input)) outbox.push(effect);
    },
    nextWakeupMs: () => NEVER,
  };
  const ports: Partial<DriverPorts> = {
    clock: { nowMs: () => at(100), bootMs: () => 9000 },
    timer: { arm: () => {}, disarm: () => {} },
    transport: { listen: () => {}, send: () => {}, exchange: () => {}, close: () => {} },
    workloads: { stop: ({ incarnation, deadMs, scope }, ended) => stops.push({ wish: { incarnation, deadMs, scope }, ended }) },
    onExit: () => {},
  };
  // Only what these tests touch is there.
  const driver = new Driver(node as unknown as Node, ports as DriverPorts);
  return { driver, inputs, stops };
}

const STOP: Effect = { kind: 'stop-workloads', incarnation: LIFE, deadMs: 1000, scope: 'all' };

test('each step is given both clocks', () => {
  const { driver, inputs } = setup(() => []);
  driver.start();
  expect(inputs).toEqual([[{ kind: 'tick' }, 100, 9000]]);
});

test('workloads are stopped as wished, and the node hears each answer under the life that it was about', () => {
  const { driver, inputs, stops } = setup(({ kind }) => (kind === 'tick' ? [STOP] : []));
  driver.start();
  expect(stops.map(({ wish }) => wish)).toEqual([{ incarnation: LIFE, deadMs: 1000, scope: 'all' }]);
  stops[0]?.ended(false);
  stops[0]?.ended(true);
  expect(inputs.slice(1).map(([input]) => input)).toEqual([
    { kind: 'workloads-ended', incarnation: LIFE, areDead: false },
    { kind: 'workloads-ended', incarnation: LIFE, areDead: true },
  ]);
});

test('an end that comes after the node has ended is heard by nobody', () => {
  const { driver, inputs, stops } = setup(({ kind }) => (kind === 'tick' ? [STOP] : []));
  driver.start();
  driver.halt();
  stops[0]?.ended(true);
  expect(inputs).toHaveLength(1);
});
