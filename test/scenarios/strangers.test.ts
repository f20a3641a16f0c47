// Packets of anyone: a foreign cluster's are dropped, an unknown tag has to introduce itself, a false introduction is refused,
// and no flood makes this node answer without bound.

import { describe, expect, test } from 'vitest';
import { PROFILES, type RunNonce } from '../../src/core/index.ts';
import { addressOf, entryOf, idOf } from '../support/members.ts';
import { OTHER_CLUSTER, only, Puppet, Stage, stranger } from '../support/stage.ts';

describe('a packet of another cluster', () => {
  test('is dropped and counted, whatever it says', () => {
    const stage = new Stage().enter();
    const foreign = new Puppet(1, { cluster: OTHER_CLUSTER });
    for (const envelope of [
      foreign.hello(1),
      foreign.pushes([foreign.entry()]),
      foreign.says({ kind: 'who', tag: stage.tag }),
      stranger({ kind: 'pong', echo: 1 }),
    ])
      expect(stage.hear(envelope)).toStrictEqual([]);
    expect(stage.node.refusals.get('foreign-cluster')).toBe(4);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });

  test('whose hash happens to be ours is known by the whole id when it introduces itself', () => {
    const stage = new Stage().enter();
    const foreign = new Puppet(1, { cluster: OTHER_CLUSTER });
    const hello = { ...foreign.hello(1), clusterHash: new Puppet(2).hello().clusterHash };
    expect(stage.hear(hello)).toStrictEqual([]);
    expect(stage.node.refusals.get('foreign-cluster')).toBe(1);
  });
});

describe('an unknown tag', () => {
  test('is asked who it is, and is a member once it has said so', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    const [asked] = only('send', stage.step({ kind: 'datagram', from: puppet.address, envelope: puppet.pushes([]) }));
    expect(asked?.envelope.message).toStrictEqual({ kind: 'who', tag: puppet.tag });
    // Not again while the answer may be on its way.
    expect(stage.hear(puppet.pushes([]))).toStrictEqual([]);
    stage.nowMs += 100;
    expect(stage.hear(puppet.pushes([]))).toStrictEqual(['send who to 10.0.0.1:7946']);
    expect(stage.hear(puppet.hello())).toStrictEqual(['event member-joined n1: heard']);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
  });

  test('is answered in kind when its introduction asks for it, so that both are known', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    expect(stage.hear(puppet.hello(77))).toStrictEqual(['event member-joined n1: heard', 'send pong to 10.0.0.1:7946']);
  });

  test('that speaks of others is not believed', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    stage.hear(puppet.pushes([new Puppet(2).entry(), new Puppet(3).entry({ state: 'failed' })]));
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });

  test('asked for here is introduced: this node says who it is, to who asks for its own tag only', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    expect(stage.hear(puppet.says({ kind: 'who', tag: stage.tag }))).toStrictEqual(['send hello to 10.0.0.1:7946']);
    expect(stage.hear(puppet.says({ kind: 'who', tag: { lo: 1, hi: 1 } }))).toStrictEqual([]);
    expect(stage.node.refusals.get('who-for-another')).toBe(1);
  });
});

describe('a false introduction is refused', () => {
  const honest = new Puppet(1);
  const { message } = honest.hello();
  if (message.kind !== 'hello') throw new Error('a hello is a hello');

  test.each([
    ['with the nonce of another run', { ...message, nonce: '12'.repeat(16) as RunNonce }],
    ['with the id of another', { ...message, entry: { ...message.entry, id: idOf(2) } }],
    ['with another incarnation', { ...message, entry: entryOf(1, { incarnation: honest.incarnation + 1, tag: honest.tag }) }],
    ['with another tag in its entry', { ...message, entry: { ...message.entry, tag: { lo: 1, hi: 1 } } }],
    ['of one that says it is dead', { ...message, entry: { ...message.entry, state: 'failed' as const } }],
  ])('%s', (_title, told) => {
    const stage = new Stage().enter();
    expect(stage.hear(honest.says(told))).toStrictEqual([]);
    expect(stage.node.refusals.get('false-introduction')).toBe(1);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });

  test('under the tag of another sender', () => {
    const stage = new Stage().enter();
    expect(stage.hear({ ...honest.hello(), sender: new Puppet(2).tag })).toStrictEqual([]);
    expect(stage.node.refusals.get('false-introduction')).toBe(1);
  });
});

describe('a flood', () => {
  const someFlood: [string, (puppet: Puppet, stage: Stage) => ReturnType<Puppet['says']>][] = [
    ['of unknown tags', (puppet) => puppet.pushes([])],
    ['of introductions that ask for an answer', (puppet) => puppet.hello(5)],
    ['of questions who this is', (puppet, stage) => puppet.says({ kind: 'who', tag: stage.tag })],
  ];

  test.each(someFlood)('%s gets a bounded number of answers in a heartbeat, and members are heard meanwhile', (_title, packet) => {
    const stage = new Stage().enter();
    const member = new Puppet(1);
    stage.hear(member.hello());
    let answers = 0;
    for (let i = 0; i < 2_000; i++) {
      const puppet = new Puppet(10 + i);
      answers += only('send', stage.step({ kind: 'datagram', from: addressOf(9), envelope: packet(puppet, stage) })).filter(({ to }) =>
        to.includes(addressOf(9)),
      ).length;
    }
    expect(answers).toBeGreaterThan(0);
    expect(answers).toBeLessThanOrEqual(64);
    expect(stage.node.refusals.get('too-many-questions')).toBeGreaterThan(1_900);
    member.counter += 1;
    stage.hear(member.says({ kind: 'pong', echo: 0 }));
    expect(stage.shown()).toContain('n1 alive');
    // The next heartbeat has answers again.
    stage.pass(PROFILES.lan.heartbeatMs * 1.1);
    expect(stage.hear(new Puppet(5_000).pushes([]), addressOf(8))).toStrictEqual(['send who to 10.0.0.8:7946']);
  });

  test('of the dead gets a bounded number of verdicts', () => {
    const stage = new Stage().enter();
    const [teller, dead] = [new Puppet(1), new Puppet(2)];
    stage.hear(teller.hello());
    stage.hear(teller.pushes([dead.entry({ state: 'failed' })]));
    let answers = 0;
    for (let i = 0; i < 500; i++) answers += stage.hear(dead.says({ kind: 'pong', echo: 0 }), dead.address).length;
    expect(answers).toBeLessThanOrEqual(64);
  });
});

describe('a packet of a member', () => {
  test('that is its own, sent back, is dropped', () => {
    const stage = new Stage().enter();
    const own = {
      clusterHash: new Puppet(1).hello().clusterHash,
      sender: stage.tag,
      counter: 9,
      recordVersion: 0,
      message: { kind: 'pong', echo: 1 },
    } as const;
    expect(stage.hear(own)).toStrictEqual([]);
    expect(stage.node.refusals.get('own-packet')).toBe(1);
  });

  test('that asks for another run at this address is not answered', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    stage.hear(puppet.hello());
    expect(stage.hear(puppet.says({ kind: 'ping', target: { lo: 1, hi: 2 }, echo: 3 }))).toStrictEqual([]);
    expect(stage.node.refusals.get('ping-for-another')).toBe(1);
  });

  test('that belongs on a stream is dropped', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    stage.hear(puppet.hello());
    expect(stage.hear(puppet.says({ kind: 'refused', reason: 'self', detail: '' }))).toStrictEqual([]);
    expect(stage.node.refusals.get('stream-message-in-datagram')).toBe(1);
  });
});
