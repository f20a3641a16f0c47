// What POST /v1/dev/partition asks for: nothing from some members, nothing to some, and both heal.

import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/core/index.ts';
import { addressOf } from '../support/members.ts';
import { CLUSTER, only, Puppet, Stage } from '../support/stage.ts';

const cut = (dropIn: readonly string[], dropOut: readonly string[]) => ({ kind: 'partition', dropIn, dropOut }) as const;

function met(): { stage: Stage; near: Puppet; far: Puppet } {
  const [stage, near, far] = [new Stage().enter(), new Puppet(1), new Puppet(2)];
  for (const puppet of [near, far]) stage.hear(puppet.hello(), puppet.address);
  return { stage, near, far };
}

function spokenTo(stage: Stage, ms: number): Set<string> {
  const effects = stage.pass(ms);
  return new Set([...only('send', effects).flatMap(({ to }) => to), ...only('exchange', effects).map(({ to }) => to)]);
}

describe('packets from a member that is cut off', () => {
  test('are dropped and counted, whatever they are, and it is suspect in time', () => {
    const { stage, near, far } = met();
    expect(stage.command(cut(['n2'], []))).toStrictEqual(['result 1: done']);
    const lines: string[] = [];
    for (let i = 0; i < 50; i++) {
      near.counter += 10;
      far.counter += 10;
      lines.push(...stage.hear(near.says({ kind: 'pong', echo: 0 }), near.address));
      for (const envelope of [far.says({ kind: 'ping', target: stage.tag, echo: 1 }), far.pushes([far.entry()]), far.hello(1)])
        expect(stage.hear(envelope, far.address)).toStrictEqual([]);
      stage.pass(100);
    }
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive', 'n2 suspect']);
    expect(stage.node.refusals.get('dev-partition')).toBe(150);
  });

  test('are dropped on streams too, both ways', () => {
    const { stage, far } = met();
    stage.command(cut(['n2'], []));
    const sync: Message = { kind: 'sync', clusterId: CLUSTER, digest: null, entries: [] };
    expect(stage.lines({ kind: 'asked', exchange: 1, from: far.address, envelope: far.says(sync) })).toStrictEqual([]);
  });

  test('still go to it: one direction is cut, not the other', () => {
    const { stage, far } = met();
    stage.command(cut(['n2'], []));
    expect(spokenTo(stage, 1_500)).toContain(far.address);
  });
});

describe('packets to a member that is cut off', () => {
  test('are not sent, by datagram or by stream, while its own are heard', () => {
    const { stage, near, far } = met();
    stage.command(cut([], ['n2']));
    for (let i = 0; i < 20; i++) {
      for (const puppet of [near, far]) {
        puppet.counter += 10;
        stage.hear(puppet.pushes([]), puppet.address);
      }
      expect(spokenTo(stage, 100)).not.toContain(addressOf(2));
    }
    expect(stage.hear(far.says({ kind: 'ping', target: stage.tag, echo: 1 }), far.address)).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive', 'n2 alive']);
  });
});

test('an empty cut heals both directions', () => {
  const { stage, far } = met();
  stage.command(cut(['n2'], ['n2']));
  expect(stage.hear(far.says({ kind: 'ping', target: stage.tag, echo: 1 }), far.address)).toStrictEqual([]);
  stage.command(cut([], []));
  expect(stage.hear(far.says({ kind: 'ping', target: stage.tag, echo: 1 }), far.address)).toStrictEqual(['send pong to 10.0.0.2:7946']);
});

test('a cut from nobody who is known is refused, and changes nothing', () => {
  const { stage, far } = met();
  stage.command(cut(['n2'], []));
  expect(stage.command(cut(['n1', 'n7'], ['n7', 'n8']))).toStrictEqual(['result 1: no-such-member, no member is named n7, n8']);
  expect(stage.hear(far.says({ kind: 'ping', target: stage.tag, echo: 1 }), far.address)).toStrictEqual([]);
});
