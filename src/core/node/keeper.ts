// Keeps the lease, on both sides (R5, R6): beats to the voters, acks to whoever may be acked, retries when acks are missing,
// and passing on of those who are short of them. Whether the lease is held is asked here, and answered for this very instant.

import type { Outbox } from '../effect.ts';
import { sameTag, type Tag } from '../hash.ts';
import type { Address, NodeId } from '../ids.ts';
import { elapsedMs, type Instant, Lease } from '../lease/index.ts';
import { NONE } from '../membership/index.ts';
import type { AckRow, Beat } from '../message.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import { Acker } from './acker.ts';
import type { Introductions } from './callbacks.ts';
import type { Chain, Epoch } from './chain.ts';
import { addressesOf, someLiving } from './choosing.ts';
import { Hunger } from './hunger.ts';
import { againMs, beatPeriodMs, hintedAtMs, spreadMs } from './pace.ts';
import { Relays } from './relays.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

/** Members besides the voters that a beat goes to when its sender is short of acks. */
const HELPERS = 3;
/** So many retries follow each other at once, as many again at twice the time, and so on. */
const QUICK_RETRIES = 4;
/** Of a heartbeat, between the beats of one peal: longer than a packet takes in one place. */
const PEAL_SHARE = 1 / 500;
/** Retries before others are asked for help. */
const RETRIES_ALONE = 2;
/** In T_fail. */
const EASE_AFTER = 2;

export interface BeatFacts {
  readonly storeId: string | null;
  readonly canVote: boolean;
  readonly canLead: boolean;
  readonly writeCount: number;
  readonly isStable: boolean;
}

/** What a member said of itself in its last beat. */
export interface Candidate {
  readonly storeId: string | null;
  readonly canVote: boolean;
  readonly canLead: boolean;
  readonly isStable: boolean;
  readonly tag: Tag;
}

export class Keeper {
  readonly relays: Relays;
  readonly acker: Acker;
  lease: Lease;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  readonly #random: Random;
  readonly #facts: () => BeatFacts;
  readonly #introductions: Introductions;
  readonly #candidates = new Map<NodeId, Candidate>();
  /** Acks that ride on the next beat, by voter. */
  #rows = new Map<NodeId, AckRow>();
  #timings: Timings;
  #beatAt: MonotonicMs = NEVER;
  #beatenAt: MonotonicMs = at(0);
  #retryAt: MonotonicMs = NEVER;
  /** Retries since a majority stood behind something new. */
  #retries = 0;
  #retriedAt: MonotonicMs = at(Number.NEGATIVE_INFINITY);
  /** Between two beats. */
  #periodMs: number;
  #memberCount = 1;
  #isSilent = false;
  readonly #hunger: Hunger;
  /** Of each of the chain's epochs the stamp that its lease stands on, and of what that was made. */
  #stamps: readonly (Instant | null)[] = [];
  #stampedOf: { readonly lease: Lease; readonly revision: number; readonly epochs: readonly Epoch[] } | null = null;

  constructor(
    self: Self,
    roster: Roster,
    voice: Voice,
    chain: Chain,
    timings: Timings,
    random: Random,
    now: MonotonicMs,
    facts: () => BeatFacts,
    mayVote: () => boolean,
    introductions: Introductions,
  ) {
    this.#introductions = introductions;
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
    this.#timings = timings;
    this.#periodMs = timings.heartbeatMs;
    this.#random = random;
    this.#facts = facts;
    this.#hunger = new Hunger(timings);
    this.relays = new Relays(self, roster, voice, chain, timings.heartbeatMs, () => this.#helpers(), introductions);
    this.lease = new Lease(timings.fenceMs);
    this.acker = new Acker(self, roster, chain, timings, now, mayVote);
  }

  get beatAt(): MonotonicMs {
    return this.#beatAt;
  }

  get beatenAt(): MonotonicMs {
    return this.#beatenAt;
  }

  get nextAt(): MonotonicMs {
    // Without a record there is nobody to beat to yet.
    return this.#chain.record === null ? NEVER : at(Math.min(this.#beatAt, this.#retryAt));
  }

  candidate(id: NodeId): Candidate | null {
    const candidate = this.#candidates.get(id);
    const slot = this.#roster.table.slotOf(id);
    return candidate !== undefined && slot !== NONE && this.#roster.table.hasTag(slot, candidate.tag) ? candidate : null;
  }

  /** The cluster's timings were learned, before any life began in it. */
  retime(timings: Timings, now: MonotonicMs): void {
    this.#timings = timings;
    this.#periodMs = timings.heartbeatMs;
    this.lease = new Lease(timings.fenceMs);
    this.acker.retime(timings, now);
    this.#hunger.retime(timings);
    this.relays.retime(timings.heartbeatMs);
  }

  /** A life begins: no acks, first beat at once. */
  begin(now: MonotonicMs): void {
    this.lease.reset();
    this.#isSilent = false;
    this.#beatAt = now;
    this.#retryAt = NEVER;
  }

  /** This life is over: nothing more is emitted in its name. */
  silence(): void {
    this.#isSilent = true;
    this.#beatAt = NEVER;
    this.#retryAt = NEVER;
    this.lease.reset();
  }

  // ── holding ──

  /** R6, evaluated now: what is left of the lease, under the present epoch or the one before it. */
  remainingMs(now: Instant): number {
    let remaining = Number.NEGATIVE_INFINITY;
    for (const stamp of this.#currentStamps()) remaining = Math.max(remaining, this.lease.remainingMs(stamp, now));
    return remaining;
  }

  acking(now: Instant): { readonly voters: number; readonly acking: number } | null {
    let best: { readonly voters: number; readonly acking: number } | null = null;
    let longest = Number.NEGATIVE_INFINITY;
    const stamps = this.#currentStamps();
    for (const [i, { epoch, voters }] of this.#chain.epochs.entries()) {
      const remaining = this.lease.remainingMs(stamps[i] ?? null, now);
      if (best !== null && remaining <= Math.max(0, longest)) continue;
      longest = remaining;
      best = { voters: voters.length, acking: this.lease.freshCount(voters, epoch, now) };
    }
    return best;
  }

  /** How often to beat from now on. Calm ends where a retry was needed: then every beat counts. */
  pace(isCalm: boolean, memberCount: number, now: MonotonicMs): void {
    this.#memberCount = memberCount;
    const isAtEase = isCalm && now - this.#retriedAt > EASE_AFTER * this.#timings.failMs;
    const periodMs = beatPeriodMs(this.#timings, this.#chain.isVoter, isAtEase, memberCount);
    if (periodMs < this.#periodMs && this.#beatAt !== NEVER) this.#beatAt = at(Math.min(this.#beatAt, this.#beatenAt + periodMs));
    this.#periodMs = periodMs;
  }

  /** Whether it beat. */
  tick(now: Instant, at0: MonotonicMs, outbox: Outbox): boolean {
    if (this.#isSilent || this.#chain.record === null) return false;
    const isDue = at0 >= this.#beatAt;
    if (isDue) this.#beat(now, at0, outbox);
    else if (at0 >= this.#retryAt) this.#retry(now, at0, outbox);
    return isDue;
  }

  /** `via`: whoever passed them on. */
  hearAcks(from: NodeId, rows: readonly AckRow[], via: Address | null): void {
    const { tag } = this.#self;
    const { revision } = this.lease;
    for (const row of rows) if (sameTag(row.tag, tag)) this.lease.hearAck(from, row.epoch, row.counter);
    if (this.lease.revision === revision) return;
    if (via !== null) this.#hunger.broughtBy(via);
    if (this.#retryAt === NEVER) return;
    // What a majority now stands behind is not old for a while.
    const stamp = this.#currentStamps()[0] ?? null;
    if (stamp !== null) this.#retryAt = at(Math.max(this.#retryAt, stamp.monoMs + this.#oldMs()));
  }

  /** An ack that came by itself, straight from a voter, was given at once: that is a round trip. One that rode on a beat had waited for it. */
  measure(slot: number, rows: readonly AckRow[], now: MonotonicMs): void {
    for (const { tag, counter } of rows) {
      const sent = sameTag(tag, this.#self.tag) ? this.lease.sentAt(counter) : null;
      if (sent !== null) this.#roster.roundTrips.sample(slot, now - sent.monoMs);
    }
  }

  /** A voter's hint: who does not vote beats when the voters are awake anyway, each shortly after the others. */
  beatWith(hintMs: number, now: MonotonicMs): void {
    if (hintMs === 0 || this.#chain.isVoter || this.#beatAt === NEVER) return;
    const place = this.#self.tag.lo / 2 ** 32;
    const wishedAt = now + hintMs + spreadMs(place, this.#memberCount, this.#periodMs);
    this.#beatAt = at(hintedAtMs(wishedAt, this.#beatenAt, this.#periodMs));
  }

  /** A voter began another life: what it acked until it was introduced came from a stranger. Who has no lease does not wait out its beat. */
  beatSoon(now: MonotonicMs): void {
    if (this.#beatAt === NEVER) return;
    const place = this.#self.tag.lo / 2 ** 32;
    const soonAt = Math.max(now, this.#beatenAt + this.#retryMs()) + spreadMs(place, this.#memberCount, this.#periodMs);
    this.#beatAt = at(Math.min(this.#beatAt, soonAt));
  }

  // ── witnessing ──

  /** It is on the list no longer. What the witness knows of it is forgotten in its own time. */
  forget(id: NodeId): void {
    this.#candidates.delete(id);
    this.acker.forget(id);
    this.#rows.delete(id);
  }

  /** Ids of which anything is remembered here, at most. */
  get rememberedCount(): number {
    return Math.max(this.#candidates.size, this.acker.shownCount, this.#rows.size);
  }

  /** Direct from its sender, or passed on whole. Returns false when an introduction would help. */
  hearBeat(slot: number, beat: Beat, counter: number, via: Address | null, now: MonotonicMs, outbox: Outbox): boolean {
    const { table } = this.#roster;
    const id = table.directory.idAt(slot);
    const tag = table.tagOf(slot);
    this.#candidates.set(id, { storeId: beat.storeId, canVote: beat.canVote, canLead: beat.canLead, isStable: beat.isStable, tag });
    this.hearAcks(id, beat.acks, via);
    const row = this.acker.ack(slot, id, tag, counter, now);
    if (row === 'hold') return this.acker.isShown(id, tag);
    if (row === null) return true;
    const isVoter = this.#chain.voterIds.includes(id);
    const ack = { kind: 'ack', acks: [row], againMs: isVoter ? 0 : this.#againMs(now) } as const;
    // It rides on the beat that is due to another voter, before that one would miss it; who beats again before that waits for it.
    if (isVoter && via === null) this.#chime(now);
    const isDue = isVoter && this.#beatAt - now <= this.#oldMs() - this.#periodMs;
    if (isDue && !beat.isShort && !this.#rows.has(id)) this.#rows.set(id, row);
    else {
      this.#rows.delete(id);
      this.#voice.datagram([table.factsOf(slot).address], ack, now, outbox);
    }
    if (via !== null) this.relays.sendBack(via, id, ack, now, outbox);
    if (beat.isLost) this.relays.flood(id, ack, now, outbox);
    return true;
  }

  /**
   * Voters ring together: who hears one beat, and has not beaten for half of its time, beats too, so that a node wakes up for all of them
   * in one go instead of for each. One shortly after the other, by their places in the record: then acks ride on the beats that follow.
   */
  #chime(now: MonotonicMs): void {
    const place = this.#chain.voterIds.indexOf(this.#self.id);
    if (place < 0 || this.#beatAt === NEVER || now - this.#beatenAt < this.#periodMs / 2) return;
    this.#beatAt = at(Math.min(this.#beatAt, now + place * this.#timings.heartbeatMs * PEAL_SHARE));
  }

  #againMs(now: MonotonicMs): number {
    if (this.#beatAt === NEVER) return 0;
    const dueMs = this.#beatAt > now ? this.#beatAt - now : this.#periodMs;
    return againMs(dueMs, this.#periodMs, beatPeriodMs(this.#timings, false, false, this.#memberCount));
  }

  /** The same beat by another way. */
  ackBack(slot: number, counter: number, via: Address, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const id = table.directory.idAt(slot);
    const row = this.acker.ack(slot, id, table.tagOf(slot), counter, now);
    if (row !== null && row !== 'hold') this.relays.sendBack(via, id, { kind: 'ack', acks: [row], againMs: 0 }, now, outbox);
  }

  // ── emitting ──

  #beat(now: Instant, at0: MonotonicMs, outbox: Outbox): void {
    this.#beatenAt = at0;
    // Voters ring together; the others should not, unless they are told when.
    this.#beatAt = at(at0 + this.#periodMs * this.#random.between(this.#chain.isVoter ? 0.99 : 0.95, 1));
    // No majority of the present voters has acked this life, and not because they have only just become that.
    if (this.#currentStamps()[0] === null && this.#majorityAgeMs(now) > this.#oldMs())
      this.#introductions.introduce(addressesOf(this.#roster.table, this.#chain.voterIds), at0, outbox);
    this.#emit(now, at0, this.#chain.voterIds, outbox);
  }

  /**
   * R5: when the newest majority stamp is old, a fresh counter goes to whoever has not acked the newest, until renewed: each RTO, and
   * after some in vain a little more rarely.
   * Old is more than two heartbeats: acks may ride on the voters' own beats, and in calm nobody beats at every one.
   */
  #retry(now: Instant, at0: MonotonicMs, outbox: Outbox): void {
    const untilOldMs = this.#oldMs() - this.#majorityAgeMs(now);
    if (untilOldMs > 0) {
      this.#retryAt = at(at0 + untilOldMs);
      return;
    }
    this.#retries += 1;
    this.#retriedAt = at0;
    const newest = this.lease.newestCounter;
    const epoch = this.#chain.record?.epoch ?? 0;
    const missing = this.#chain.voterIds.filter((id) => !this.lease.hasAcked(id, epoch, newest));
    this.#emit(now, at0, missing, outbox);
  }

  #emit(now: Instant, at0: MonotonicMs, to: readonly NodeId[], outbox: Outbox): void {
    const { table } = this.#roster;
    const counter = this.#self.stamp(at0);
    table.setOwnCounter(counter);
    this.lease.emit(counter, now);
    this.#ackSelf(counter, at0);
    const ageMs = this.#majorityAgeMs(now);
    const plea = this.#hunger.plea(ageMs, this.#oldMs() + RETRIES_ALONE * this.#retryMs(), at0);
    const isShort = plea !== 'none';
    const facts = { isShort, isLost: plea === 'lost', ...this.#facts() };
    const rows = this.#rows;
    this.#rows = new Map();
    let isAlone = true;
    // Also who has acked may know a way to those who have not.
    for (const id of isShort ? this.#chain.voterIds : to) {
      const slot = table.slotOf(id);
      if (slot === NONE || slot === table.selfSlot) continue;
      isAlone = false;
      const row = this.acker.stillTrue(rows.get(id), slot, id);
      this.#voice.datagram([table.factsOf(slot).address], { kind: 'beat', ...facts, acks: row === undefined ? [] : [row] }, at0, outbox);
    }
    if (isShort) this.#voice.datagram(this.#bearerAndHelpers(), { kind: 'beat', ...facts, acks: [] }, at0, outbox);
    // Nothing to retry where there is nobody to hear from but oneself, nor where no lease is there to be lost: beats go on.
    const isInTime = !isAlone && this.remainingMs(now) > 0;
    this.#retryAt = isInTime
      ? at(at0 + Math.max(this.#retryMs() * (1 + Math.floor(this.#retries / QUICK_RETRIES)), this.#oldMs() - ageMs))
      : NEVER;
  }

  /** A voter's word to itself obeys the same rule. */
  #ackSelf(counter: number, now: MonotonicMs): void {
    const { table } = this.#roster;
    const row = this.acker.ack(table.selfSlot, this.#self.id, this.#self.tag, counter, now);
    if (row !== null && row !== 'hold') this.lease.hearAck(this.#self.id, row.epoch, row.counter);
  }

  /** Under the present epoch or the one before it: where the voters have just changed, nobody had a chance to ack under the new one. */
  #majorityAgeMs(now: Instant): number {
    let ageMs = Number.POSITIVE_INFINITY;
    for (const stamp of this.#currentStamps()) if (stamp !== null) ageMs = Math.min(ageMs, elapsedMs(stamp, now));
    return ageMs;
  }

  /** Asked at every step, so it is made anew only when an ack or a record was news. */
  #currentStamps(): readonly (Instant | null)[] {
    const { lease } = this;
    const { epochs } = this.#chain;
    const of = this.#stampedOf;
    if (of === null || of.lease !== lease || of.revision !== lease.revision || of.epochs !== epochs) {
      const stamps = epochs.map(({ epoch, voters, needed }) => lease.majorityStamp(voters, epoch, needed));
      if (stamps.some((stamp, i) => stamp !== this.#stamps[i])) this.#retries = 0;
      this.#stamps = stamps;
      this.#stampedOf = { lease, revision: lease.revision, epochs };
    }
    return this.#stamps;
  }

  #oldMs(): number {
    return Math.max(2 * this.#timings.heartbeatMs, this.#periodMs) + this.#retryMs();
  }

  #retryMs(): number {
    return Math.max(20, this.#timings.heartbeatMs / 4);
  }

  /** Whoever brought acks before will do it again. */
  #bearerAndHelpers(): Address[] {
    const { bearer } = this.#hunger;
    return bearer === null ? this.#helpers() : [...new Set([bearer, ...this.#helpers()])];
  }

  #helpers(): Address[] {
    return someLiving(this.#roster.table, HELPERS, this.#random);
  }
}
