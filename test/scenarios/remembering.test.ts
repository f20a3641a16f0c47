// Where peers are is remembered on disk, for a cold start of the whole cluster: soon after the first of them appeared, rarely later.

import { describe, expect, test } from 'vitest';
import { only, Puppet, Stage } from '../support/stage.ts';

const HEARTBEAT_MS = 500;

/** Lets time pass while the puppets stay alive; the instants at which peers were remembered, in heartbeats from here, and how many. */
function remembered(stage: Stage, puppets: readonly Puppet[], heartbeats: number): [heartbeat: number, count: number][] {
  const told: [number, number][] = [];
  for (let i = 1; i <= heartbeats; i++) {
    for (const effect of only('remember-peers', stage.pass(HEARTBEAT_MS))) told.push([i, effect.addresses.length]);
    for (const puppet of puppets) {
      puppet.counter += HEARTBEAT_MS / 10;
      stage.hear(puppet.says({ kind: 'pong', echo: 0 }), puppet.address);
    }
  }
  return told;
}

function meet(stage: Stage, from: number, to: number): Puppet[] {
  const puppets = Array.from({ length: to - from + 1 }, (_, i) => new Puppet(from + i));
  for (const puppet of puppets) stage.hear(puppet.hello(), puppet.address);
  return puppets;
}

describe('peers are remembered', () => {
  test('within two heartbeats of the first one, however long the first agent was alone', () => {
    const stage = new Stage().enter();
    expect(remembered(stage, [], 100)).toStrictEqual([]);
    const [[heartbeat, count] = [], ...others] = remembered(stage, meet(stage, 1, 1), 9);
    expect([count, others]).toStrictEqual([1, []]);
    expect(heartbeat).toBeLessThanOrEqual(2);
  });

  test('every 10 heartbeats while there are fewer than 16, then every 60', () => {
    const stage = new Stage().enter();
    const few = meet(stage, 1, 3);
    expect(remembered(stage, few, 45)).toStrictEqual([2, 12, 22, 32, 42].map((heartbeat) => [heartbeat, 3]));
    const many = [...few, ...meet(stage, 4, 20)];
    expect(remembered(stage, many, 130)).toStrictEqual([7, 67, 127].map((heartbeat) => [heartbeat, 16]));
  });
});
