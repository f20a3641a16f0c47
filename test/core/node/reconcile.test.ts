// Who is asked for what differs: not whoever is where this list was a moment ago.

import { beforeEach, expect, test } from 'vitest';
import { at, type ClusterId, Directory, Outbox, PROFILES, Random, type RunNonce, type Tag } from '../../../src/core/index.ts';
import { Reconciler } from '../../../src/core/node/reconcile.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { Self } from '../../../src/core/node/self.ts';
import { Voice } from '../../../src/core/node/voice.ts';
import { addressOf, entryOf, factsOf, idOf } from '../../support/members.ts';

const { heartbeatMs } = PROFILES.lan;
const PEER = addressOf(9);

let now: number;
let roster: Roster;
let reconciler: Reconciler;

beforeEach(() => {
  now = 1_000_000;
  const own = entryOf(0);
  const self = new Self(own.id, 'ab'.repeat(16) as RunNonce, own.incarnation, own.incarnation, factsOf(0), at(now));
  self.begin('c1'.repeat(16) as ClusterId, own.incarnation, at(now));
  roster = new Roster(new Directory(), idOf(0), PROFILES.lan, at(now), () => {});
  roster.putSelf(self.entry(), at(now), new Outbox());
  reconciler = new Reconciler(self, roster, new Voice(self, () => 1), PROFILES.lan, new Random(1), () => []);
});

function meets(ordinal: number): Tag {
  roster.believe(entryOf(ordinal), 'itself', at(now), new Outbox());
  reconciler.noteOwnHash(at(now));
  return roster.table.listHash;
}

/** Whether it opens an exchange within the next three heartbeats. */
function asks(): boolean {
  const outbox = new Outbox();
  reconciler.tick(at(now + 3 * heartbeatMs), outbox);
  return outbox.effects.length > 0;
}

test('a list never seen before is asked about', () => {
  meets(1);
  reconciler.noteDifference(PEER, { lo: 1, hi: 2 }, at(now));
  expect(asks()).toBe(true);
});

test('a list that this one was until now is behind, and learns what is new without a question', () => {
  const before = meets(1);
  meets(2);
  meets(3);
  reconciler.noteDifference(PEER, before, at(now));
  expect(asks()).toBe(false);
});

test('one that stays behind is asked about in the end', () => {
  const before = meets(1);
  meets(2);
  now += 4 * heartbeatMs;
  reconciler.noteDifference(PEER, before, at(now));
  expect(asks()).toBe(true);
});

test('nobody is asked for what has come meanwhile', () => {
  const before = meets(1);
  const after = meets(2);
  reconciler.noteDifference(PEER, { lo: 1, hi: 2 }, at(now));
  expect(asks()).toBe(true);
  expect(roster.table.listHash).toStrictEqual(after);
  roster.announceFailed(idOf(2), 1, at(now), new Outbox());
  expect(roster.table.listHash).toStrictEqual(before);
  reconciler.noteOwnHash(at(now));
  now += 5 * heartbeatMs;
  reconciler.noteDifference(PEER, after, at(now));
  roster.believe(entryOf(2, { incarnation: 2, tag: entryOf(2).tag }), 'itself', at(now), new Outbox());
  expect(roster.table.listHash).toStrictEqual(after);
  expect(asks()).toBe(false);
});

test('questions in vain make the next one rare, and lists that agree make it soon again', () => {
  const waitAfter = (agreements: number): number => {
    for (let i = 0; i < 5; i++) reconciler.hearSyncReply(PEER, [], new Uint32Array(0), at(now), new Outbox());
    for (let i = 0; i < agreements; i++) reconciler.noteAgreement();
    reconciler.noteDifference(PEER, { lo: 1, hi: now }, at(now));
    const waitMs = reconciler.nextAt - now;
    now = reconciler.nextAt;
    reconciler.tick(at(now), new Outbox());
    return waitMs;
  };
  expect(waitAfter(0)).toBeGreaterThan(30 * heartbeatMs);
  expect(waitAfter(20)).toBeLessThanOrEqual(3 * heartbeatMs);
});
