// Endings by one's own will, and the operator's word on the dead: told before the process goes, told apart from failure,
// refused where it would be a lie.

import { describe, expect, test } from 'vitest';
import { at, type MemberState, PROFILES } from '../../src/core/index.ts';
import { events, only, Puppet, Stage, transcript } from '../support/stage.ts';

function met(): { stage: Stage; puppet: Puppet } {
  const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
  stage.hear(puppet.hello());
  stage.pass(1_500);
  return { stage, puppet };
}

describe.each([
  ['leave', 'left', 'left the cluster'],
  ['stop', 'stopped', 'stopped'],
] as const)('%s', (kind, state, message) => {
  test('ends the workloads, is written, told four times a fifth of a heartbeat apart, then the process goes', () => {
    const { stage } = met();
    expect(stage.command({ kind }, 7)).toStrictEqual(['stop all workloads of life 0 within 1000 ms']);
    expect(stage.node.standing).toBe('leaving');
    expect(only('persist', stage.pass(1_500))).toStrictEqual([]);
    expect(stage.workloadsEnded()).toStrictEqual(['persist life 0 as clean']);
    const telling = `send push of n0 ${state} to 10.0.0.1:7946`;
    expect(stage.persisted()).toStrictEqual([`event member-${state} n0: this agent`, telling]);
    const beganAt = stage.nowMs;
    expect(transcript(stage.pass(2_000))).toStrictEqual([telling, telling, telling, 'result 7: done', `exit ${state}: ${message}`]);
    expect(stage.node.standing).toBe('left');
    expect(stage.nowMs - beganAt).toBe(2_000);
  });

  test('of one that is alone takes no time', () => {
    const stage = new Stage().enter();
    stage.command({ kind }, 7);
    stage.workloadsEnded();
    expect(stage.persisted()).toStrictEqual([`event member-${state} n0: this agent`, 'result 7: done', `exit ${state}: ${message}`]);
  });

  test('before it is a member ends at once', () => {
    const stage = new Stage({ clusterId: null, seeds: ['seed'] });
    stage.tick();
    stage.persisted();
    stage.command({ kind }, 7);
    expect(stage.workloadsEnded()).toStrictEqual(['persist life 0 without cluster as clean']);
    expect(stage.persisted()).toStrictEqual(['result 7: done', `exit ${state}: ${message}`]);
  });

  test('waits for workloads that do not die, and does not say meanwhile that it is clean', () => {
    const { stage } = met();
    stage.command({ kind }, 7);
    expect(stage.workloadsEnded(false)).toStrictEqual([]);
    expect(only('persist', stage.pass(60_000))).toStrictEqual([]);
    expect(stage.node.standing).toBe('leaving');
    expect(stage.workloadsEnded()).toStrictEqual(['persist life 0 as clean']);
  });

  test('under way refuses every other wish', () => {
    const { stage } = met();
    stage.command({ kind }, 7);
    expect(stage.command({ kind: 'set-tags', tags: [] }, 8)).toStrictEqual(['result 8: leaving, this agent is leaving']);
    expect(stage.command({ kind: 'leave' }, 9)).toStrictEqual(['result 9: leaving, this agent is leaving']);
  });

  test('of a peer is told apart from failure', () => {
    const { stage, puppet } = met();
    expect(stage.hear(puppet.pushes([puppet.entry({ state })]))).toStrictEqual([`event member-${state} n1: told by a peer`]);
    expect(events(stage.pass(PROFILES.lan.failMs * 2))).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive', `n1 ${state}`]);
    stage.pass(3_600_000 + 4 * PROFILES.lan.failMs);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });
});

describe('forget', () => {
  function dead(state: Exclude<MemberState, 'alive'>): { stage: Stage; puppet: Puppet } {
    const { stage, puppet } = met();
    stage.hear(puppet.pushes([puppet.entry({ state })]));
    return { stage, puppet };
  }

  test.each(['failed', 'stopped'] as const)('of one that %s ends its being shown, and is told on', (state) => {
    const { stage } = dead(state);
    stage.hear(new Puppet(2).hello());
    expect(stage.command({ kind: 'forget', name: 'n1' })).toStrictEqual([
      'event member-left n1: forgotten by an operator',
      'result 1: done',
    ]);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n2 alive']);
    const told = only('send', stage.pass(1_000)).flatMap(({ envelope: { message } }) => (message.kind === 'push' ? message.entries : []));
    const forgotten = told.find(({ facts }) => facts.name === 'n1');
    expect(forgotten).toMatchObject({ state: 'left' });
    expect(forgotten!.stateAgeMs).toBeGreaterThanOrEqual(86_400_000);
  });

  test('of one that left needs no event', () => {
    const { stage } = dead('left');
    expect(stage.command({ kind: 'forget', name: 'n1' })).toStrictEqual(['result 1: done']);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });

  test('told by a peer ends it here too, without a trace of youth', () => {
    const { stage, puppet } = dead('failed');
    stage.hear(new Puppet(2).hello());
    stage.hear(new Puppet(2).pushes([puppet.entry({ state: 'left', stateAgeMs: 86_400_000 })]));
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n2 alive']);
    // A relay that still shows it as failed does not bring it back into sight, nor does one that saw it leave just now.
    stage.hear(new Puppet(2).pushes([puppet.entry({ state: 'failed' }), puppet.entry({ state: 'left' })]));
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n2 alive']);
  });

  test('still guards against stale gossip: nobody brings the forgotten life back', () => {
    const { stage, puppet } = dead('failed');
    stage.hear(new Puppet(2).hello());
    stage.command({ kind: 'forget', name: 'n1' });
    for (let i = 0; i < 3; i++) {
      stage.pass(PROFILES.lan.failMs * 0.5);
      stage.hear(new Puppet(2).pushes([puppet.entry({ counter: 1e6 + i })]));
      expect(stage.node.member('n1', at(stage.nowMs))).toBeNull();
    }
  });

  test.each([
    ['of a living member', 'n1', 'member-alive'],
    ['of oneself', 'n0', 'is-self'],
    ['of nobody', 'n9', 'no-such-member'],
  ])('%s is refused', (_title, name, code) => {
    const { stage } = met();
    const [line] = stage.command({ kind: 'forget', name });
    expect(line).toContain(`result 1: ${code}, `);
  });

  test('of one that comes back in its next life does not stand in its way', () => {
    const { stage, puppet } = dead('failed');
    stage.command({ kind: 'forget', name: 'n1' });
    const next = new Puppet(1, { incarnation: puppet.incarnation + 1 });
    expect(stage.hear(next.hello())).toStrictEqual([`event member-joined n1: incarnation ${next.incarnation}`]);
  });
});

test('news does not wait until older news is told again: a leave is passed on within a twentieth of a heartbeat', () => {
  const { stage, puppet } = met();
  const [other, third] = [new Puppet(2), new Puppet(3)];
  stage.hear(other.hello(), other.address);
  stage.hear(third.hello(), third.address);
  // Told once already, and waiting to be told again.
  expect(transcript(stage.pass(25)).filter((line) => line.startsWith('send push of n3 alive, n2 alive to')).length).toBe(1);
  stage.hear(puppet.pushes([other.entry({ state: 'left' })]));
  expect(transcript(stage.pass(25)).filter((line) => line.startsWith('send push of n2 left, n3 alive to')).length).toBe(1);
});
