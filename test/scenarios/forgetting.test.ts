// Ids that come and go by the hundred leave nothing behind in a voter, but for what still guards somebody.

import { describe, expect, test } from 'vitest';
import { type Effect, PROFILES } from '../../src/core/index.ts';
import { recordOfVoters } from '../support/records.ts';
import { only, Puppet, Stage } from '../support/stage.ts';

const { failMs } = PROFILES.lan;
/** What left is shown for an hour, then guards for 2 × T_fail. */
const KEPT_MS = 3_600_000 + 4 * failMs;

function voter(): Stage {
  const stage = new Stage({ record: recordOfVoters([0]) }).enter();
  rest(stage, 10_000);
  return stage;
}

/** With a disk that keeps up. */
function rest(stage: Stage, ms: number, stepMs = 1000): void {
  for (let passed = 0; passed < ms; passed += stepMs) {
    stage.pass(Math.min(stepMs, ms - passed));
    stage.persisted();
  }
}

function beat(stage: Stage, puppet: Puppet): Effect[] {
  const facts = { isShort: false, isLost: false, isStable: false, storeId: null, canVote: true, canLead: true, writeCount: 9 };
  puppet.counter += 1;
  return stage.step({ kind: 'datagram', from: puppet.address, envelope: puppet.says({ kind: 'beat', ...facts, acks: [] }) });
}

function isAcked(effects: readonly Effect[], puppet: Puppet): boolean {
  return only('send', effects).some(
    ({ envelope: { message } }) => message.kind === 'ack' && message.acks.some(({ tag }) => tag.lo === puppet.tag.lo),
  );
}

describe('a voter', () => {
  test('forgets whom its list has dropped: five hundred that come, are acknowledged, and leave', () => {
    const stage = voter();
    // checkInvariants holds what is remembered against the list, at each of these steps.
    for (let ordinal = 1; ordinal <= 500; ordinal++) {
      const puppet = new Puppet(ordinal);
      stage.hear(puppet.hello(), puppet.address);
      expect(isAcked(beat(stage, puppet), puppet)).toBe(true);
      stage.hear(puppet.pushes([puppet.entry({ state: 'left' })]), puppet.address);
      if (ordinal % 100 === 0) rest(stage, 30_000);
    }
    rest(stage, KEPT_MS, 30_000);
    rest(stage, 4 * failMs);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
  });

  test('forgets no claim to succession for strangers’ sake: a thousand of them take the room of one', () => {
    const stage = voter();
    const first = new Puppet(1);
    stage.hear(first.hello(), first.address);
    beat(stage, first);
    for (let life = 1; life <= 1000; life++) {
      const next = new Puppet(1, { incarnation: first.incarnation + life });
      stage.hear(next.hello(), next.address);
    }
    // What is remembered is no more than the list, or the step above would have thrown.
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
  });
});
