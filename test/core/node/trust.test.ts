// Who leaves doubt to the voters judges nobody by age, and asks those itself whom no voter may know.

import { beforeEach, describe, expect, test } from 'vitest';
import { at, Directory, type MonotonicMs, Outbox, PROFILES } from '../../../src/core/index.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { HASH_ONLY_ABOVE } from '../../../src/core/node/trust.ts';
import { entryOf, idOf } from '../../support/members.ts';

const { heartbeatMs, failMs } = PROFILES.lan;
const HOUR_MS = 3_600_000;

let roster: Roster;
let outbox: Outbox;
let now: MonotonicMs;

function slotOf(ordinal: number): number {
  return roster.table.slotOf(idOf(ordinal));
}

/** As the node does it at every tick. */
function watch(role: 'voter' | 'member' | 'cut off'): void {
  roster.advance(now);
  roster.watch(role === 'voter', role !== 'cut off', now);
}

function judgeFor(ms: number): number[] {
  const asked: number[] = [];
  for (const until = now + ms; now < until; ) {
    now = at(Math.min(until, Math.max(now + 1, roster.judgeAt)));
    roster.advance(now);
    if (now < roster.judgeAt) continue;
    for (const { slot, finding } of roster.judge(now, outbox)) if (finding !== 'forget') asked.push(slot);
  }
  return asked;
}

function hear(ordinal: number, counter: number): void {
  roster.hearDirect(slotOf(ordinal), counter, now, outbox);
}

const states = (): string[] => outbox.effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event.type] : []));

beforeEach(() => {
  now = at(1_000_000);
  outbox = new Outbox();
  roster = new Roster(new Directory(), idOf(0), PROFILES.lan, now, () => {});
  roster.putSelf(entryOf(0), now, outbox);
  for (let ordinal = 1; ordinal <= HASH_ONLY_ABOVE; ordinal++) roster.believe(entryOf(ordinal), 'itself', now, outbox);
  outbox.clear();
});

describe('a quorate member that does not vote, in a list of more than 64', () => {
  test('asks and suspects nobody, however long nothing is heard', () => {
    watch('member');
    expect(judgeFor(HOUR_MS)).toEqual([]);
    expect(roster.table.suspectCount).toBe(0);
    roster.checkInvariants();
  });

  test('counts everyone’s silence from the instant at which it is no longer quorate', () => {
    watch('member');
    judgeFor(HOUR_MS);
    watch('cut off');
    expect(judgeFor(0.59 * failMs)).toEqual([]);
    expect(new Set(judgeFor(0.1 * failMs)).size).toBe(HASH_ONLY_ABOVE);
    expect(roster.table.suspectCount).toBe(0);
    judgeFor(0.1 * failMs);
    expect(roster.table.suspectCount).toBe(HASH_ONLY_ABOVE);
  });

  test('that voted before knows no rhythm of beats that it no longer gets, and begins anew when it votes again', () => {
    const { doubt } = roster.suspicions;
    const beat = (): void => {
      now = at(now + 2 * heartbeatMs);
      hear(1, 1 + Math.floor((now - 1_000_000) / 10));
      doubt.direct.hear(slotOf(1), now);
    };
    watch('voter');
    for (let i = 0; i < 10; i++) beat();
    watch('member');
    expect(doubt.phi(slotOf(1), HOUR_MS)).toBe(null);
    judgeFor(HOUR_MS);
    watch('voter');
    for (let i = 0; i < 2; i++) beat();
    expect(doubt.direct.ageAtPhi(slotOf(1), 2)).toBeLessThan(5 * heartbeatMs);
  });

  test('counts it from the instant at which it votes, as the voter that it becomes', () => {
    watch('member');
    judgeFor(HOUR_MS);
    watch('voter');
    expect(roster.suspicions.doubt.heardAt(roster.table, slotOf(1))).toBe(now);
    judgeFor(0.7 * failMs);
    expect(roster.table.suspectCount).toBe(0);
  });

  test('asks whom it suspected before, and takes the answer', () => {
    judgeFor(failMs);
    expect(roster.table.suspectCount).toBe(HASH_ONLY_ABOVE);
    watch('member');
    const asked = judgeFor(heartbeatMs);
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.length, 'a few at a time').toBeLessThan(24);
    for (let ordinal = 1; ordinal <= HASH_ONLY_ABOVE; ordinal++) hear(ordinal, 1 + (now - 1_000_000) / 10);
    expect(roster.table.suspectCount).toBe(0);
    expect(judgeFor(HOUR_MS)).toEqual([]);
  });

  test('takes no fault upon itself any more: it looks at no ages', () => {
    watch('cut off');
    judgeFor(failMs);
    expect(roster.suspicions.doubt.health.blamedOnSelf).toBe(HASH_ONLY_ABOVE);
    watch('member');
    expect(roster.suspicions.doubt.health.blamedOnSelf).toBe(0);
  });

  test('believes a doubt at once where it has heard nothing of its subject for long, though the counter it bears is news', () => {
    watch('member');
    judgeFor(HOUR_MS);
    roster.suspicions.hearDoubt(slotOf(1), 1 + Math.floor((now - 1_000_000 - 2000) / 10), now, outbox);
    expect(roster.table.isSuspect(slotOf(1))).toBe(true);
    expect(roster.suspicions.news.isPublic(slotOf(1))).toBe(true);
    hear(1, 1 + Math.floor((now - 1_000_000) / 10));
    expect(roster.table.isSuspect(slotOf(1))).toBe(false);
  });

  test('believes no doubt that waited while this process stood still, before it read what came meanwhile', () => {
    watch('member');
    const counterNow = (): number => 1 + Math.floor((now - 1_000_000) / 10);
    for (const ordinal of [1, 2]) {
      hear(ordinal, counterNow());
      roster.suspicions.hearDoubt(slotOf(ordinal), counterNow(), now, outbox);
    }
    now = at(now + 3000);
    roster.resume(now);
    judgeFor(10);
    expect(roster.table.suspectCount).toBe(0);
    hear(1, counterNow());
    judgeFor(failMs);
    expect([1, 2].map((ordinal) => roster.table.isSuspect(slotOf(ordinal)))).toEqual([false, true]);
  });

  test('forgets hearsay that does not answer, and keeps what does', () => {
    watch('member');
    for (const ordinal of [100, 101]) roster.believe(entryOf(ordinal), 'relay', now, outbox);
    const [gone, there] = [slotOf(100), slotOf(101)];
    for (const slot of roster.strangers.take(0, now)) roster.suspicions.trust.question(slot, now);
    expect(judgeFor(heartbeatMs)).toEqual([gone, there]);
    hear(101, 2);
    expect(new Set(judgeFor(8 * failMs))).toEqual(new Set([gone]));
    expect(slotOf(100)).toBe(-1);
    expect(roster.table.isConfirmed(there)).toBe(true);
  });

  test('suspects one that is questioned and gone: of an end that no voter knows it would never be told', () => {
    watch('member');
    judgeFor(HOUR_MS);
    roster.suspicions.trust.question(slotOf(1), now);
    roster.suspicions.trust.question(slotOf(2), now);
    expect(judgeFor(1)).toEqual([slotOf(1), slotOf(2)]);
    hear(2, 1 + (now - 1_000_000) / 10);
    judgeFor(3 * failMs);
    expect([roster.table.isSuspect(slotOf(1)), roster.table.isSuspect(slotOf(2))]).toEqual([true, false]);
    expect(states()).toEqual(['member-suspect']);
  });

  test('is none any more in a much shorter list only, so that one member at the border changes nothing', () => {
    watch('member');
    for (let ordinal = HASH_ONLY_ABOVE; ordinal >= 48; ordinal--) {
      expect(roster.suspicions.trust.isOn).toBe(true);
      roster.announceFailed(idOf(ordinal), 1, now, outbox);
      watch('member');
    }
    expect(roster.suspicions.trust.isOn).toBe(false);
    expect(roster.table.aliveCount).toBe(48);
  });
});

test('a voter, and a member of a list of 64, go on watching', () => {
  watch('voter');
  expect(roster.suspicions.trust.isOn).toBe(false);
  roster.announceFailed(idOf(1), 1, now, outbox);
  watch('member');
  expect(roster.suspicions.trust.isOn).toBe(false);
  judgeFor(10 * failMs);
  expect(roster.table.suspectCount).toBe(HASH_ONLY_ABOVE - 1);
});
