// What a voter finds out about the silent, in order: straight, through others, and only then a suspicion; nothing of the last two
// while most are late, for then the fault is here.

import { beforeEach, expect, test } from 'vitest';
import { at, Directory, type MonotonicMs, Outbox, PROFILES } from '../../../src/core/index.ts';
import type { Finding } from '../../../src/core/node/doubt.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { entryOf, idOf } from '../../support/members.ts';

const { heartbeatMs } = PROFILES.lan;
const BEAT_MS = 2 * heartbeatMs;
const OTHERS = [1, 2, 3, 4];

let roster: Roster;
let outbox: Outbox;
let now: MonotonicMs;

const slotOf = (ordinal: number): number => roster.table.slotOf(idOf(ordinal));
const suspects = (): number[] => OTHERS.filter((ordinal) => roster.table.isSuspect(slotOf(ordinal)));

/** These beat as ever, all others are silent; what is found meanwhile about one of those. */
function liveWith(beating: readonly number[], ms: number, about: number): Finding['finding'][] {
  const found: Finding['finding'][] = [];
  let beatAt = now;
  for (const until = now + ms; now < until; ) {
    now = at(Math.min(until, beatAt, Math.max(now + 1, roster.judgeAt)));
    roster.advance(now);
    if (now >= beatAt) {
      for (const ordinal of beating) {
        roster.hearDirect(slotOf(ordinal), (now - 1_000_000) / 10 + 1, now, outbox);
        roster.suspicions.doubt.direct.hear(slotOf(ordinal), now);
      }
      beatAt = at(now + BEAT_MS);
    }
    if (now < roster.judgeAt) continue;
    for (const { slot, finding } of roster.judge(now, outbox)) if (slot === slotOf(about)) found.push(finding);
  }
  return found;
}

beforeEach(() => {
  now = at(1_000_000);
  outbox = new Outbox();
  roster = new Roster(new Directory(), idOf(0), PROFILES.lan, now, () => {});
  roster.putSelf(entryOf(0), now, outbox);
  for (const ordinal of OTHERS) roster.believe(entryOf(ordinal), 'itself', now, outbox);
  roster.watch(true, true, now);
  liveWith(OTHERS, 30 * BEAT_MS, 4);
  expect(suspects()).toEqual([]);
});

test('one that falls silent is asked twice, then through others, and then suspected', () => {
  const found = liveWith([1, 2, 3], 3 * BEAT_MS, 4);
  expect(found.slice(0, 3)).toEqual(['ask', 'ask', 'ask-around']);
  expect(suspects()).toEqual([4]);
});

test('while most are late it is asked, but neither through others nor suspected; once they are heard, through others first', () => {
  const meanwhile = liveWith([1], 3 * BEAT_MS, 4);
  expect(meanwhile).toContain('ask');
  expect(meanwhile).not.toContain('ask-around');
  expect(suspects()).toEqual([]);
  const found = liveWith([1, 2, 3], BEAT_MS, 4);
  expect(found).toContain('ask-around');
  expect(suspects()).toEqual([4]);
});
