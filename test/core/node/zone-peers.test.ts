// Who tells whom in a cluster of zones. That news reaches everyone in time is counted over whole clusters, round by round: each member
// tells what it learned some times, spends one telling for each time it hears it again, and pushes its hash once a round; whoever sees
// another hash asks two rounds later.

import { beforeEach, describe, expect, test } from 'vitest';
import { at, Directory, type MonotonicMs, Outbox, PROFILES, Random, runNonce } from '../../../src/core/index.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { Self } from '../../../src/core/node/self.ts';
import { DELEGATES, ZONED_ABOVE, ZonePeers } from '../../../src/core/node/zone-peers.ts';
import { entryOf, factsOf, idOf, metaOf } from '../../support/members.ts';

const NOW: MonotonicMs = at(1_000_000);
const FAN_OUT = 3;
const ASKED_AFTER = 2;

interface Member {
  readonly roster: Roster;
  readonly peers: ZonePeers;
  readonly slot: number;
  readonly zone: string;
}

/** Everyone knows everyone. Tables share a directory, as in the simulator. */
function cluster(zones: readonly string[], seed = 1): Member[] {
  const directory = new Directory({ isShared: true });
  // Ids as chance has them: neighbours in number are none in rank.
  const random = new Random(seed);
  const entries = zones.map((zone, i) => ({
    ...entryOf(i, { facts: factsOf(i, { meta: metaOf({ zone }) }) }),
    id: idOf(random.below(0x7fffffff)),
  }));
  return entries.map((own, i) => {
    const roster = new Roster(directory, own.id, PROFILES.lan, NOW, () => {});
    const self = new Self(own.id, runNonce('ab'.repeat(16)), own.incarnation, own.incarnation, own.facts, NOW);
    for (const entry of entries) roster.table.put(entry, true, NOW);
    const slot = directory.slotOf(own.id);
    const isPeer = (other: number): boolean => other !== slot && roster.table.isAlive(other);
    return { roster, slot, zone: own.facts.meta.zone, peers: new ZonePeers(self, roster, new Random(seed * 7919 + i), isPeer) };
  });
}

/** The first is alone, the next two are a pair, the others are spread evenly. */
function zonesOf(count: number, zones: number): string[] {
  const large = Math.max(1, zones - 2);
  return Array.from({ length: count }, (_, i) => {
    if (zones > 3 && i === 0) return 'alone';
    if (zones > 3 && i < 3) return 'pair';
    return `zone ${i % large}`;
  });
}

/** Rounds until all who run know what one of them knew. */
function spread(members: readonly Member[], running: ReadonlySet<number>, origin: number): number {
  const bySlot = new Map(members.map((member, i) => [member.slot, i]));
  const knows = new Set([origin]);
  const tellingsOf = 2 + Math.ceil(Math.log10(members.length + 1));
  const left = new Map([[origin, tellingsOf]]);
  const askAt = new Map<number, number>();
  let rounds = 0;
  const learn = (i: number): void => {
    knows.add(i);
    left.set(i, tellingsOf);
  };
  for (; knows.size < running.size; rounds++) {
    if (rounds > 200) break;
    for (const [i, times] of [...left]) {
      if (times <= 0) continue;
      left.set(i, times - 1);
      for (const slot of members[i]!.peers.forRumours(FAN_OUT)) {
        const to = bySlot.get(slot)!;
        if (!running.has(to)) continue;
        if (knows.has(to)) left.set(to, (left.get(to) ?? 0) - 1);
        else learn(to);
      }
    }
    for (const i of running) {
      for (const slot of members[i]!.peers.forRound()) {
        const to = bySlot.get(slot)!;
        if (running.has(to) && knows.has(i) !== knows.has(to)) askAt.set(knows.has(i) ? to : i, askAt.get(to) ?? rounds + ASKED_AFTER);
      }
    }
    for (const [i, round] of askAt) if (rounds >= round && !knows.has(i)) learn(i);
  }
  return rounds;
}

const everyone = (members: readonly Member[]): Set<number> => new Set(members.keys());

describe('a cluster', () => {
  test('of 256, or of one zone, is not looked at by zones', () => {
    for (const zones of [zonesOf(ZONED_ABOVE, 4), zonesOf(ZONED_ABOVE + 4, 1)]) expect(cluster(zones)[5]!.peers.isZoned).toBe(false);
  }, 20_000);
});

describe('in a cluster of 300 in six zones', () => {
  let members: Member[];

  beforeEach(() => {
    members = cluster(zonesOf(300, 6));
  }, 20_000);

  const delegatesOf = (zone: string): Member[] => members.filter((member) => member.zone === zone && member.peers.isDelegate);

  test('three of each zone are its delegates, all of a small one', () => {
    expect(members.every(({ peers }) => peers.isZoned)).toBe(true);
    for (let i = 0; i < 4; i++) expect(delegatesOf(`zone ${i}`)).toHaveLength(DELEGATES);
    expect([delegatesOf('alone').length, delegatesOf('pair').length]).toEqual([1, 2]);
  });

  test('others take the place of delegates that are suspect or gone', () => {
    const before = delegatesOf('zone 0');
    const outbox = new Outbox();
    for (const { roster } of members) {
      roster.announceFailed(roster.table.directory.idAt(before[0]!.slot), 1, NOW, outbox);
      if (roster.table.selfSlot !== before[1]!.slot) roster.table.setSuspect(before[1]!.slot, true);
    }
    const after = delegatesOf('zone 0').filter((one) => one !== before[0] && one !== before[1]);
    expect(after).toHaveLength(DELEGATES);
    expect(after).toContain(before[2]);
  });

  test('a member pushes within its zone but for one in sixteen; a delegate to another zone each time as well, to all in turn', () => {
    const member = members.find(({ peers, zone }) => zone === 'zone 1' && !peers.isDelegate)!;
    const [delegate] = delegatesOf('zone 1');
    const zoneAt = (slot: number): string => member.roster.table.factsOf(slot).meta.zone;
    const plain = Array.from({ length: 160 }, () => member.peers.forRound());
    expect(plain.every((peers) => peers.length === 1)).toBe(true);
    expect(plain.filter(([slot]) => zoneAt(slot!) !== 'zone 1')).toHaveLength(10);
    const double = Array.from({ length: 10 }, () => delegate!.peers.forRound().map(zoneAt));
    expect(double.every(([near, away]) => near === 'zone 1' && away !== 'zone 1')).toBe(true);
    expect(new Set(double.map(([, away]) => away))).toEqual(new Set(['zone 0', 'zone 2', 'zone 3', 'pair', 'alone']));
    expect(new Set(double.slice(0, 5).map(([, away]) => away)).size).toBe(5);
  });

  test('nobody is told twice at once, and the lonely tell elsewhere', () => {
    for (const { peers, slot } of members) {
      const told = peers.forRumours(FAN_OUT);
      expect(told).not.toContain(slot);
      expect(new Set(told).size).toBe(told.length);
      expect(told.length).toBeGreaterThanOrEqual(FAN_OUT);
    }
  });
});

describe('news', () => {
  const worst = (members: readonly Member[], running: ReadonlySet<number>): number => {
    const origins = [...running].filter((_, i) => i % Math.ceil(running.size / 12) === 0);
    return Math.max(...origins.map((origin) => spread(members, running, origin)));
  };

  test.each([
    [300, 4],
    [300, 16],
    [1000, 4],
    [1000, 16],
  ])(
    'reaches all of %i members in %i zones within 12 rounds',
    (count, zones) => {
      const members = cluster(zonesOf(count, zones));
      const rounds = worst(members, everyone(members));
      expect(rounds).toBeLessThanOrEqual(12);
    },
    60_000,
  );

  test('reaches all of 300 in 16 zones within 12 rounds though all delegates of a zone have just crashed', () => {
    const members = cluster(zonesOf(300, 16));
    const running = everyone(members);
    for (const [i, { zone, peers }] of members.entries()) if (zone === 'zone 0' && peers.isDelegate) running.delete(i);
    expect(running.size).toBe(300 - DELEGATES);
    const zoneZero = [...running].filter((i) => members[i]!.zone === 'zone 0');
    const took = [...zoneZero, 1, 4, 5].map((origin) => spread(members, running, origin));
    expect(Math.max(...took)).toBeLessThanOrEqual(12);
  }, 60_000);
});
