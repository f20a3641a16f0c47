// How long to wait for an answer: as measured, per peer, else as in its zone, else by the cluster's own beat.

import { beforeEach, describe, expect, test } from 'vitest';
import { at, PROFILES } from '../../../src/core/index.ts';
import { Directory, MemberTable } from '../../../src/core/membership/index.ts';
import { echoOf, RoundTrips } from '../../../src/core/node/round-trips.ts';
import { entryOf, factsOf, idOf, metaOf } from '../../support/members.ts';

const { heartbeatMs, failMs } = PROFILES.lan;

let table: MemberTable;
let trips: RoundTrips;

function member(ordinal: number, zone: string, incarnation = 1): number {
  return table.put(entryOf(ordinal, { incarnation, facts: factsOf(ordinal, { meta: metaOf({ zone }) }) }), true, at(0));
}

beforeEach(() => {
  table = new MemberTable(new Directory(), idOf(0), failMs, at(0));
  trips = new RoundTrips(table, heartbeatMs);
});

describe('the time-out', () => {
  test('of one never asked, in a zone never asked, is half a heartbeat', () => {
    expect(trips.timeoutMs(member(1, 'a'))).toBe(heartbeatMs / 2);
    expect(trips.timeoutMs(999)).toBe(heartbeatMs / 2);
  });

  test('is three round trips after the first one, as in RFC 6298', () => {
    const slot = member(1, 'a');
    trips.sample(slot, 40);
    expect(trips.of(slot)).toBe(40);
    expect(trips.timeoutMs(slot)).toBe(40 + 4 * 20);
  });

  test('takes an eighth and a quarter of each later one', () => {
    const slot = member(1, 'a');
    trips.sample(slot, 40);
    trips.sample(slot, 48);
    expect(trips.of(slot)).toBe(41);
    expect(trips.timeoutMs(slot)).toBe(41 + 4 * (20 + (8 - 20) / 4));
  });

  test('comes near the round trip of a steady way, and never below what a busy process needs', () => {
    const [far, near] = [member(1, 'far'), member(2, 'near')];
    for (let i = 0; i < 100; i++) {
      trips.sample(far, 90);
      trips.sample(near, 0.2);
    }
    expect(trips.timeoutMs(far)).toBeCloseTo(90);
    expect(trips.timeoutMs(near)).toBe(20);
  });

  test('is never longer than a heartbeat, however slow an answer was', () => {
    const slot = member(1, 'a');
    trips.sample(slot, 4000);
    expect(trips.timeoutMs(slot)).toBe(heartbeatMs);
  });

  test('follows the timings that were learned', () => {
    trips.retime(PROFILES.wan.heartbeatMs);
    const slot = member(1, 'a');
    expect(trips.timeoutMs(slot)).toBe(750);
    trips.sample(slot, 0.5);
    expect(trips.timeoutMs(slot)).toBe(60);
  });

  test('of one never asked is that of its zone, and only of its own', () => {
    const [asked, other, elsewhere] = [member(1, 'far'), member(2, 'far'), member(3, 'near')];
    trips.sample(asked, 80);
    expect(trips.timeoutMs(other)).toBe(240);
    expect(trips.timeoutMs(elsewhere)).toBe(heartbeatMs / 2);
    expect(trips.of(other), 'shown is only what was measured').toBeNull();
  });

  test('of a next life begins with its zone', () => {
    const slot = member(1, 'a');
    trips.sample(slot, 100);
    expect(member(1, 'a', 2)).toBe(slot);
    expect(trips.of(slot)).toBeNull();
    expect(trips.timeoutMs(slot)).toBe(300);
  });
});

describe('what is kept', () => {
  test('is the 256 peers measured last', () => {
    for (let i = 1; i <= 256; i++) trips.sample(member(i, `zone ${i}`), i);
    const [first, second] = [table.slotOf(idOf(1)), table.slotOf(idOf(2))];
    trips.sample(first, 1);
    trips.sample(member(257, 'one more'), 1);
    expect(trips.of(first)).toBe(1);
    expect(trips.of(second)).toBeNull();
    expect(trips.timeoutMs(second), 'nor its zone: of 257 zones 64 are known').toBe(heartbeatMs / 2);
  });

  test('is nothing of one that is not in the list, nor of nonsense', () => {
    const slot = member(1, 'a');
    for (const ms of [-1, Number.NaN]) trips.sample(slot, ms);
    trips.sample(999, 5);
    expect(trips.of(slot)).toBeNull();
    expect(trips.of(999)).toBeNull();
  });

  test('is an echo that can be ours', () => {
    const slot = member(1, 'a');
    trips.hear(slot, 0, 1, failMs, at(1000));
    trips.hear(slot, echoOf(at(2000)), 1, failMs, at(1000));
    trips.hear(slot, echoOf(at(1000)), 1, failMs, at(1000 + failMs + 1));
    expect(trips.of(slot)).toBeNull();
    trips.hear(slot, echoOf(at(1000)), 1, failMs, at(1030));
    expect(trips.of(slot)).toBeCloseTo(30);
  });
});
