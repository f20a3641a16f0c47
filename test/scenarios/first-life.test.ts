// R14: what must be durable is durable before anything that depends on it is said.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect, Input } from '../../src/core/index.ts';
import { addressOf } from '../support/members.ts';
import { BORN, only, Puppet, Stage, stranger, transcript } from '../support/stage.ts';

describe('a first life', () => {
  test('is written before it is spoken of', () => {
    const stage = new Stage();
    expect(stage.tick()).toStrictEqual(['persist life 0']);
    expect(stage.node.members(stage.nowMs as Parameters<Stage['node']['members']>[0])).toStrictEqual([]);
    expect(stage.persisted()).toStrictEqual(['event member-joined n0: this agent']);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });

  test('is spoken of in no way before it is written, whatever comes in', () => {
    const puppet = new Puppet(1);
    const someInput: fc.Arbitrary<Input> = fc.constantFrom<Input[]>(
      { kind: 'tick' },
      { kind: 'datagram', from: puppet.address, envelope: puppet.hello(7) },
      { kind: 'datagram', from: puppet.address, envelope: puppet.says({ kind: 'ping', target: new Stage().tag, echo: 1 }) },
      { kind: 'datagram', from: puppet.address, envelope: puppet.pushes([puppet.entry()]) },
      { kind: 'answered', exchange: 1, envelope: puppet.says({ kind: 'pong', echo: 1 }) },
      { kind: 'unanswered', exchange: 1, reason: 'nobody there' },
      { kind: 'persisted', ticket: 99 },
      { kind: 'command', ticket: 1, command: { kind: 'join', seeds: ['seed', addressOf(6)] } },
      { kind: 'command', ticket: 2, command: { kind: 'set-tags', tags: [['a', 'b']] } },
      { kind: 'command', ticket: 3, command: { kind: 'forget', name: 'n1' } },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('member', 'joiner'),
        fc.array(someInput, { maxLength: 12 }),
        fc.array(fc.nat(900)),
        (kind, inputs, waits) => {
          const stage = new Stage(
            kind === 'member' ? { seeds: ['seed'], knownPeers: [addressOf(4)] } : { clusterId: null, seeds: ['seed'] },
          );
          const effects: Effect[] = [];
          for (const [i, input] of inputs.entries()) {
            effects.push(...stage.step(input));
            effects.push(...stage.pass(waits[i] ?? 0));
          }
          expect(transcript([...only('send', effects), ...only('exchange', effects)])).toStrictEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('answers who asks before it begins with nothing that names it', () => {
    const stage = new Stage();
    stage.tick();
    const [reply] = only(
      'reply',
      stage.step({
        kind: 'asked',
        exchange: 1,
        from: addressOf(1),
        envelope: new Puppet(1).says({ kind: 'sync', clusterId: stage.node.clusterId ?? new Puppet(1).cluster, digest: null, entries: [] }),
      }),
    );
    expect(reply?.envelope).toStrictEqual(stranger({ kind: 'refused', reason: 'no-cluster', detail: '' }));
  });

  test('that cannot be written ends the process', () => {
    const stage = new Stage();
    stage.tick();
    expect(stage.lines({ kind: 'persist-failed', ticket: 1, reason: 'ENOSPC' })).toStrictEqual([
      'exit storage: the state could not be written: ENOSPC',
    ]);
    expect(stage.tick()).toStrictEqual([]);
    expect(stage.node.standing).toBe('left');
  });
});

describe('what is written', () => {
  test('counts the writes and says what this run lives as', () => {
    const stage = new Stage({ writeCount: 41, incarnation: (BORN + 3) as Stage['node']['incarnation'] });
    const [write] = only('persist', stage.step({ kind: 'tick' }));
    expect(write?.state).toMatchObject({ incarnation: BORN + 3, bornIncarnation: BORN, isClean: false, writeCount: 42, profile: 'lan' });
  });

  test('is called clean only at a clean end', () => {
    const stage = new Stage().enter();
    stage.command({ kind: 'stop' });
    const [write] = only('persist', stage.step({ kind: 'workloads-ended', incarnation: stage.node.incarnation, areDead: true }));
    expect(write?.state).toMatchObject({ isClean: true, writeCount: 2 });
  });
});
