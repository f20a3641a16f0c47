// What the driver carries between a node and its host, with a node that only says what the test wants.

import { expect, test } from 'vitest';
import { Driver, type DriverPorts } from '../../src/agent/driver.ts';
import type { Receiver, StopWish } from '../../src/agent/ports.ts';
import {
  type Address,
  at,
  type Effect,
  type Envelope,
  type Incarnation,
  type Input,
  type MonotonicMs,
  NEVER,
  type Node,
  type Outbox,
} from '../../src/core/index.ts';

const LIFE = 7 as Incarnation;
const PEER = '10.0.0.2:7946' as Address;

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
  const sent: { readonly to: Address; readonly bytes: Uint8Array }[] = [];
  let receiver: Receiver | null = null;
  const ports: Partial<DriverPorts> = {
    clock: { nowMs: () => at(100), bootMs: () => 9000 },
    timer: { arm: () => {}, disarm: () => {} },
    transport: {
      listen: (heard) => {
        receiver = heard;
      },
      send: (to, bytes) => sent.push({ to, bytes: Uint8Array.from(bytes) }),
      exchange: () => {},
      close: () => {},
    },
    workloads: { stop: ({ incarnation, deadMs, scope }, ended) => stops.push({ wish: { incarnation, deadMs, scope }, ended }) },
    onExit: () => {},
  };
  // Only what these tests touch is there.
  const driver = new Driver(node as unknown as Node, ports as DriverPorts);
  return { driver, inputs, stops, sent, hear: (bytes: Uint8Array) => receiver?.datagram(PEER, bytes) };
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

test('what a step sends to one peer leaves as one datagram, and is heard as what it was', () => {
  const envelope = (echo: number): Envelope => ({
    clusterHash: 1,
    sender: { lo: 2, hi: 3 },
    counter: 4,
    recordVersion: 5,
    message: { kind: 'pong', echo },
  });
  const send = (echo: number): Effect => ({ kind: 'send', to: [PEER], envelope: envelope(echo) });
  const sender = setup(({ kind }) => (kind === 'tick' ? [send(6), STOP, send(7)] : []));
  sender.driver.start();
  expect(sender.sent.map(({ to }) => to)).toEqual([PEER]);

  const hearer = setup(() => []);
  hearer.driver.start();
  hearer.hear(sender.sent[0]!.bytes);
  expect(hearer.inputs.slice(1).map(([input]) => input)).toEqual([
    { kind: 'datagram', from: PEER, envelope: envelope(6) },
    { kind: 'datagram', from: PEER, envelope: envelope(7) },
  ]);
});

test('what is sent with the last word leaves before the socket is closed', () => {
  const message = { kind: 'pong', echo: 1 } as const;
  const envelope: Envelope = { clusterHash: 1, sender: { lo: 2, hi: 3 }, counter: 4, recordVersion: 5, message };
  const { driver, sent } = setup(() => [
    { kind: 'send', to: [PEER], envelope },
    { kind: 'exit', reason: 'left', message: '' },
  ]);
  driver.start();
  expect(sent).toHaveLength(1);
});
