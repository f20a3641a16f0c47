// The rounds of the list: how often, to whom, and whether counters go along. While the lease holds and nothing is new, beats and the
// record say who is there (R5, R8), and the list only has to agree in the end; whoever is not quorate, or has just seen a change,
// pushes at the full rate. What is pushed, and what becomes of it, is talk.ts's.

import { fanOut, PeerRing, RUMOUR_FAN_OUT } from '../gossip/index.ts';
import type { Address } from '../ids.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import { HASH_ONLY_ABOVE } from './trust.ts';
import { ZonePeers } from './zone-peers.ts';

/** Rounds of a list in which nothing happens, in heartbeats, for up to so many members and for more. */
const FEW = 8;
const CALM_ROUNDS_OF_FEW = 4;
const CALM_ROUNDS = 8;
/** In T_fail. */
const CALM_AFTER = 2;
/** Bytes of a counter with its index, as a rule. */
const COUNTER_BYTES = 7;

export class Rounds {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #random: Random;
  readonly #isQuorate: () => boolean;
  readonly #ring: PeerRing;
  readonly #zones: ZonePeers;
  #indexSeen = 0;
  #changedAt: MonotonicMs;
  #confirmedSeen = 0;
  #newcomerAt: MonotonicMs;

  constructor(self: Self, roster: Roster, random: Random, now: MonotonicMs, isQuorate: () => boolean) {
    this.#self = self;
    this.#roster = roster;
    this.#random = random;
    this.#isQuorate = isQuorate;
    this.#ring = new PeerRing(random);
    this.#zones = new ZonePeers(self, roster, random, this.#isPeer);
    this.#changedAt = now;
    this.#newcomerAt = now;
  }

  /** A calm list waits for the beat before; else a little jitter keeps members from marching in step. */
  nextAfter({ heartbeatMs, failMs }: Timings, now: MonotonicMs): MonotonicMs {
    const calmRounds = (this.#roster.table.aliveCount <= FEW ? CALM_ROUNDS_OF_FEW : CALM_ROUNDS) + 0.25;
    const periodMs = this.isCalm(failMs, now) ? calmRounds * heartbeatMs : heartbeatMs;
    return at(now + periodMs * this.#random.between(0.95, 1.05));
  }

  /** How soon the first greeting of a stranger: in a larger cluster most are confirmed by the next push of their counters. */
  greetingAfterMs({ heartbeatMs }: Timings): number {
    return this.#roster.table.aliveCount <= FEW ? 0 : heartbeatMs;
  }

  isCalm(failMs: number, now: MonotonicMs): boolean {
    const { index, rumours, strangers, table } = this.#roster;
    if (index !== this.#indexSeen || rumours.size > 0 || strangers.size > 0 || table.suspectCount > 0 || !this.#isQuorate()) {
      this.#indexSeen = index;
      this.#changedAt = now;
    }
    return now - this.#changedAt > CALM_AFTER * failMs;
  }

  /** In a long list only newcomers need them, whom counters confirm, and those who have no voters to watch for them. */
  tellsCounters(failMs: number, now: MonotonicMs): boolean {
    const { aliveCount, confirmedCount } = this.#roster.table;
    if (confirmedCount > this.#confirmedSeen || confirmedCount < aliveCount) this.#newcomerAt = now;
    this.#confirmedSeen = confirmedCount;
    return aliveCount <= HASH_ONLY_ABOVE || !this.#isQuorate() || now - this.#newcomerAt <= CALM_AFTER * failMs;
  }

  peersOfRound(roomBytes: number, { heartbeatMs, failMs }: Timings, now: MonotonicMs): Address[] {
    const { table, silenceMs } = this.#roster;
    const peerCount = table.aliveCount - 1;
    if (peerCount <= 0) return [];
    // Counters go to everyone, and only what is in the list anyway stays near.
    if (!this.tellsCounters(failMs, now) && this.#zones.isZoned) return this.#addresses(this.#zones.forRound());
    const share = Math.min(1, roomBytes / (peerCount * COUNTER_BYTES));
    // Who is quorate is watched by the voters, else the list has to do. Two, while hearsay waits to be confirmed by counters.
    const few = table.confirmedCount === table.aliveCount ? 1 : 2;
    return this.#take(this.#isQuorate() ? few : fanOut(peerCount, share, silenceMs / heartbeatMs - 0.5));
  }

  peersOfRumours(): Address[] {
    if (this.#isQuorate() && this.#zones.isZoned) return this.#addresses(this.#zones.forRumours(RUMOUR_FAN_OUT));
    return this.#take(RUMOUR_FAN_OUT);
  }

  /** Whether a list like this one's says that the news has arrived: near to a delegate it says nothing of the other zones. */
  isAgreement(slot: number): boolean {
    return !(this.#isQuorate() && this.#zones.isZoned && this.#zones.isDelegate && this.#zones.isNear(slot));
  }

  #take(count: number): Address[] {
    const { table } = this.#roster;
    return this.#addresses(this.#ring.take(count, table.slotLimit, this.#isPeer));
  }

  #addresses(slots: readonly number[]): Address[] {
    return slots.map((slot) => this.#roster.table.addressOf(slot));
  }

  readonly #isPeer = (slot: number): boolean => {
    const { table } = this.#roster;
    // One that lived at this very address before has not been declared failed yet.
    return slot !== table.selfSlot && table.isAlive(slot) && table.addressOf(slot) !== this.#self.facts.address;
  };
}
