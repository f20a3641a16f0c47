// What reaping leaves behind (R2): a life whose condemnation was reaped is let in by no voter again, by whatever way it comes.

import { describe, expect, test } from 'vitest';
import { type ClusterRecord, type Effect, type Incarnation, PROFILES } from '../../src/core/index.ts';
import { idOf } from '../support/members.ts';
import { changeOf, lifeOf, recordOfVoters } from '../support/records.ts';
import { BORN, beatsOf, only, Puppet, Stage } from '../support/stage.ts';

const { failMs } = PROFILES.lan;
/** Members from 8 on are born above the floor. */
const FLOOR = (BORN + 7) as Incarnation;

/** A lone voter that has run for long enough to hold the whole list. */
function voter(change: Partial<ClusterRecord> = {}): Stage {
  const stage = new Stage({ record: recordOfVoters([0], change) }).enter();
  rest(stage);
  return stage;
}

/** With a disk that keeps up. */
function rest(stage: Stage, ms = 3 * failMs): void {
  for (let passed = 0; passed < ms; passed += 100) {
    stage.pass(100);
    stage.persisted();
  }
}

function beat(stage: Stage, puppet: Puppet): Effect[] {
  const facts = { isShort: false, isLost: false, isStable: false, storeId: null, canVote: true, canLead: true, writeCount: 1 };
  puppet.counter += 1;
  return stage.step({ kind: 'datagram', from: puppet.address, envelope: puppet.says({ kind: 'beat', ...facts, acks: [] }) });
}

/** The lives that these effects acknowledge, by the low half of their tags. */
function acked(effects: readonly Effect[]): number[] {
  return only('send', effects).flatMap(({ envelope: { message } }) =>
    message.kind === 'ack' || message.kind === 'beat' ? message.acks.map(({ tag }) => tag.lo) : [],
  );
}

describe('a life below the floor', () => {
  const [ghost, newcomer] = [new Puppet(3), new Puppet(9)];

  test('is told to begin above it, and is not acknowledged', () => {
    const stage = voter({ floor: FLOOR });
    expect(stage.hear(ghost.hello(), ghost.address)).toStrictEqual([`send superseded by life 7 to ${ghost.address}`]);
    expect(acked(beat(stage, ghost))).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
    stage.hear(newcomer.hello(), newcomer.address);
    expect(acked(beat(stage, newcomer))).toStrictEqual([newcomer.tag.lo]);
  });

  test('is not let in by hearsay: one that slept as long as the ghost tells of it, and of its counters', () => {
    const stage = voter({ floor: FLOOR });
    stage.hear(newcomer.hello(), newcomer.address);
    for (let i = 0; i < 3; i++) {
      ghost.counter += 100;
      stage.hear(newcomer.pushes([ghost.entry()], beatsOf(ghost)), newcomer.address);
      stage.hear(newcomer.pushes([], beatsOf(ghost)), newcomer.address);
    }
    expect(stage.hear(ghost.hello(), ghost.address)).toStrictEqual([`send superseded by life 7 to ${ghost.address}`]);
    expect(acked(beat(stage, ghost))).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n9 alive']);
  });

  test('nor by its own word over a stream', () => {
    const stage = voter({ floor: FLOOR });
    const envelope = ghost.says({ kind: 'sync', clusterId: ghost.cluster, digest: null, entries: [ghost.entry()] });
    stage.step({ kind: 'asked', exchange: 1, from: ghost.address, envelope });
    expect(acked(beat(stage, ghost))).toStrictEqual([]);
    expect(stage.hear(ghost.hello(), ghost.address)).toStrictEqual([`send superseded by life 7 to ${ghost.address}`]);
  });
});

test('whoever the list held on to when its end was reaped is ended there with the entry', () => {
  // It was condemned and announced long ago; then it was heard again, by this voter alone, and never learned of its end.
  const stage = voter({ condemned: [lifeOf(3, BORN + 3)] });
  const [ghost, other] = [new Puppet(3), new Puppet(9)];
  stage.hear(other.hello(), other.address);
  stage.hear(ghost.hello(), ghost.address);
  expect(acked(beat(stage, ghost))).toStrictEqual([]);
  const version = stage.node.record!.version;
  const deltas = { kind: 'deltas', base: version, changes: [{ change: changeOf({ reap: [idOf(3)] }), waitMs: 0 }] } as const;
  stage.step({ kind: 'datagram', from: other.address, envelope: other.says(deltas) });
  rest(stage, 300);
  expect(stage.node.record?.version).toBe(version + 1);
  expect(acked(beat(stage, ghost))).toStrictEqual([]);
  expect(stage.shown()).toStrictEqual(['n0 alive', 'n3 failed', 'n9 alive']);
});
