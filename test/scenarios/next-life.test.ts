// R1: who learns that its life is over, or that another one of its id is known, takes the next one once, and yields at the
// second time. Nothing of the next life is said before it is on disk.

import { describe, expect, test } from 'vitest';
import { type Incarnation, type Tag, tagOf } from '../../src/core/index.ts';
import { entryOf, factsOf, idOf } from '../support/members.ts';
import { BORN, CLUSTER, NONCE, Puppet, Stage, transcript } from '../support/stage.ts';

/** Above it only the tag that no life has: it stands for the floor of the record (R2). */
const HIGHEST: Tag = { lo: 0xfffffffe, hi: 0xffffffff };
const FLOOR: Tag = { lo: 0xffffffff, hi: 0xffffffff };

function met(): { stage: Stage; puppet: Puppet } {
  const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
  stage.hear(puppet.hello());
  return { stage, puppet };
}

/** What a peer says of a life of this node's id. */
function supersededBy(stage: Stage, puppet: Puppet, life: number, tag: Tag = HIGHEST): string[] {
  return stage.hear(puppet.says({ kind: 'superseded', id: idOf(0), incarnation: (BORN + life) as Incarnation, tag }));
}

describe('a node that is superseded', () => {
  test('takes known + 1, once it is written', () => {
    const { stage, puppet } = met();
    expect(supersededBy(stage, puppet, 5)).toStrictEqual(['persist life 6']);
    expect(stage.node.incarnation).toBe(BORN);
    expect(stage.persisted()).toStrictEqual([`event member-updated n0: incarnation ${BORN + 6}`]);
    expect(stage.node.incarnation).toBe(BORN + 6);
  });

  test('a second time exits, and names the cause', () => {
    const { stage, puppet } = met();
    supersededBy(stage, puppet, 5);
    stage.persisted();
    // That its disk must not be believed again is written first (R14).
    expect(supersededBy(stage, puppet, 9)).toStrictEqual(['persist life 6']);
    expect(supersededBy(stage, puppet, 9)).toStrictEqual([]);
    const [last] = stage.persisted();
    expect(last).toMatch(/^exit superseded: another process lives as this agent's id .* is its state directory copied to two hosts\?$/);
    expect(stage.node.standing).toBe('left');
  });

  test('goes on as often as only the floor of the record is above it', () => {
    const { stage, puppet } = met();
    supersededBy(stage, puppet, 5, FLOOR);
    stage.persisted();
    expect(supersededBy(stage, puppet, 9, FLOOR)).toStrictEqual(['persist life 10']);
  });

  test('takes one life for many that say so at once', () => {
    const { stage, puppet } = met();
    supersededBy(stage, puppet, 5);
    expect(supersededBy(stage, puppet, 5)).toStrictEqual([]);
    expect(supersededBy(stage, puppet, 7)).toStrictEqual([]);
    stage.persisted();
    expect(stage.node.incarnation).toBe(BORN + 6);
  });

  test.each([
    ['a lower life', -1, HIGHEST],
    ['its own life under a lower tag', 0, { lo: 0, hi: 0 }],
  ] as const)('by %s ignores it', (_title, life, tag) => {
    const { stage, puppet } = met();
    expect(supersededBy(stage, puppet, life, tag)).toStrictEqual([]);
  });

  test('by a word of its own run ignores it', () => {
    const { stage, puppet } = met();
    const later = tagOf(CLUSTER, idOf(0), (BORN + 3) as Incarnation, NONCE);
    expect(supersededBy(stage, puppet, 0, stage.tag)).toStrictEqual([]);
    expect(supersededBy(stage, puppet, 3, later)).toStrictEqual([]);
  });

  test('by its own life under a higher tag, another process with a copy of its state, gives way upward', () => {
    const { stage, puppet } = met();
    expect(supersededBy(stage, puppet, 0)).toStrictEqual(['persist life 1']);
  });

  test('for another id ignores it', () => {
    const { stage, puppet } = met();
    expect(
      stage.hear(puppet.says({ kind: 'superseded', id: idOf(9), incarnation: (BORN + 5) as Incarnation, tag: HIGHEST })),
    ).toStrictEqual([]);
  });
});

describe('a node that hears of its own end', () => {
  test.each(['failed', 'stopped', 'left'] as const)('as %s goes on in its next life once that is written, and says so', (state) => {
    const { stage, puppet } = met();
    // Older news has been told by then.
    stage.pass(1_500);
    const ended = entryOf(0, { incarnation: BORN, tag: stage.tag, state, facts: factsOf(0) });
    expect(stage.hear(puppet.pushes([ended]))).toStrictEqual(['persist life 1']);
    expect(transcript(stage.pass(100)).filter((line) => line.includes('n0'))).toStrictEqual([]);
    expect(stage.persisted()).toStrictEqual([`event member-updated n0: incarnation ${BORN + 1}`]);
    expect(transcript(stage.pass(30))).toContain('send push of n0 alive to 10.0.0.1:7946');
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
  });

  test('of an earlier life ignores it', () => {
    const { stage, puppet } = met();
    const ended = entryOf(0, { incarnation: BORN - 1, state: 'failed' });
    expect(stage.hear(puppet.pushes([ended]))).toStrictEqual([]);
  });

  test('as often as it is told so, goes on each time: a verdict is no copy of its state', () => {
    const { stage, puppet } = met();
    for (let life = 1; life <= 5; life++) {
      const ended = entryOf(0, { incarnation: stage.node.incarnation, tag: stage.tag, state: 'failed' });
      expect(stage.hear(puppet.pushes([ended]))).toStrictEqual([`persist life ${life}`]);
      stage.persisted();
    }
  });

  test('from one that it holds dead itself hears that much from it', () => {
    const { stage, puppet } = met();
    stage.hear(new Puppet(2).hello());
    stage.hear(new Puppet(2).pushes([puppet.entry({ state: 'failed' })]));
    const ended = entryOf(0, { incarnation: BORN, tag: stage.tag, state: 'failed' });
    expect(stage.hear(puppet.pushes([ended]))).toContain('persist life 1');
  });
});

test('whoever speaks in a lower life of a known id is told of the higher one', () => {
  const { stage, puppet } = met();
  const earlier = new Puppet(1, { incarnation: puppet.incarnation - 1 });
  expect(stage.hear(earlier.hello(3))).toStrictEqual([`send superseded by life 1 to 10.0.0.1:7946`]);
  expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
});

test('a member that moved is taken at its new address at once', () => {
  const { stage, puppet } = met();
  const moved = new Puppet(1, { incarnation: puppet.incarnation + 1, entry: { facts: factsOf(1, { address: new Puppet(9).address }) } });
  expect(stage.hear(moved.hello(), moved.address)).toStrictEqual([`event member-updated n1: incarnation ${moved.incarnation}`]);
  expect(transcript(stage.pass(600))).toContain('send push of 1 beats to 10.0.0.9:7946');
});
