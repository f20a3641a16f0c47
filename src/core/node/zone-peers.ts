// Peers by zone, for clusters so large that what everyone tells everyone should mostly stay near. Beyond 256 members a list is kept
// equal within each zone, and between zones by three delegates of each: the first by a hash of their ids among those that live, so
// that no word is needed to choose them nor to replace them. Whoever is none looks over the border every sixteenth time as well: no
// member and no pair is ever needed, and all delegates may fall at once. With one zone nobody is of another, and nothing changes.

import { PeerRing } from '../gossip/index.ts';
import { NONE, type Zone } from '../membership/index.ts';
import type { Random } from '../random.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';

/** Up to here a rumour needs few tellings to reach all, and most racks are no smaller. */
export const ZONED_ABOVE = 256;
export const DELEGATES = 3;
/** Of so small a zone all are delegates: too few would be left to look over the border now and then. */
const FEW = 8;
const CROSSES_EVERY = 16;
/** Most of a zone's slots are of members that live. */
const TRIES = 4;

export class ZonePeers {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #random: Random;
  readonly #nearby: PeerRing;
  readonly #around: PeerRing;
  readonly #isPeer: (slot: number) => boolean;
  #isZoned = false;
  #isDelegate = false;
  #indexSeen = -1;
  #aliveSeen = -1;
  #turn: number | null = null;

  constructor(self: Self, roster: Roster, random: Random, isPeer: (slot: number) => boolean) {
    this.#self = self;
    this.#roster = roster;
    this.#random = random;
    this.#nearby = new PeerRing(random);
    this.#around = new PeerRing(random);
    this.#isPeer = isPeer;
  }

  /** There are enough members, and some in other zones. */
  get isZoned(): boolean {
    this.#look();
    return this.#isZoned;
  }

  get isDelegate(): boolean {
    this.#look();
    return this.#isDelegate;
  }

  isNear(slot: number): boolean {
    return this.#roster.table.factsOf(slot).meta.zone === this.#name;
  }

  /** One push: near, at times away; a delegate's both. */
  forRound(): number[] {
    if (this.isDelegate) return [...this.#near(1), ...this.#away(1)];
    const peers = this.#isTurn() ? [] : this.#near(1);
    return peers.length > 0 ? peers : this.#away(1);
  }

  /** To so many near; where fewer are, the others are away. A delegate tells as many others away. */
  forRumours(count: number): number[] {
    const near = this.#near(count);
    const missing = count - near.length;
    if (this.isDelegate) return [...near, ...this.#away(Math.max(missing, DELEGATES))];
    return [...near, ...this.#away(Math.max(missing, this.#isTurn() ? 1 : 0))];
  }

  get #name(): string {
    return this.#self.facts.meta.zone;
  }

  #isTurn(): boolean {
    this.#turn ??= this.#random.below(CROSSES_EVERY);
    this.#turn = (this.#turn + 1) % CROSSES_EVERY;
    return this.#turn === 0;
  }

  #near(count: number): number[] {
    const slots = this.#zone?.slots ?? [];
    const isPeer = (slot: number): boolean => this.#isPeer(slot) && this.isNear(slot);
    return this.#nearby.take(count, slots.length, isPeer, (place) => slots[place] ?? NONE);
  }

  /** One each of the other zones in turn. */
  #away(count: number): number[] {
    const { all } = this.#roster.table.directory.lives.zones;
    const found: number[] = [];
    this.#around.take(count, all.length, (place) => {
      const zone = all[place];
      const slot = zone === undefined || zone.name === this.#name ? NONE : this.#someOf(zone);
      if (slot !== NONE) found.push(slot);
      return slot !== NONE;
    });
    return found;
  }

  #someOf({ slots, name }: Zone): number {
    const { table } = this.#roster;
    for (let i = 0; i < TRIES; i++) {
      const slot = slots[this.#random.below(slots.length)]!;
      if (this.#isPeer(slot) && table.factsOf(slot).meta.zone === name) return slot;
    }
    return NONE;
  }

  get #zone(): Zone | null {
    return this.#roster.table.directory.lives.zones.of(this.#name);
  }

  /** Once for each state of the list: a look at every member of this zone. */
  #look(): void {
    const { table, index } = this.#roster;
    if (index === this.#indexSeen && table.aliveCount === this.#aliveSeen) return;
    this.#indexSeen = index;
    this.#aliveSeen = table.aliveCount;
    this.#isZoned = false;
    this.#isDelegate = false;
    const { directory, selfSlot, confirmedCount } = table;
    const { zones } = directory.lives;
    if (confirmedCount <= ZONED_ABOVE || zones.all.length < 2) return;
    const slots = this.#zone?.slots ?? [];
    const ownRank = directory.rankOf(selfSlot);
    let nearCount = 0;
    let firstCount = 0;
    for (const slot of slots) {
      if (!table.isConfirmed(slot) || (directory.isShared && !this.isNear(slot))) continue;
      nearCount += 1;
      if (!table.isSuspect(slot) && directory.rankOf(slot) < ownRank) firstCount += 1;
    }
    this.#isZoned = nearCount < confirmedCount;
    this.#isDelegate = nearCount <= FEW || firstCount < DELEGATES;
  }
}
