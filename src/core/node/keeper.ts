// Keeps the lease, on both sides (R5, R6): beats to the voters, acks to whoever may be acked, retries when acks are missing,
// and passing on of those who are short of them. Whether the lease is held is asked here, and answered for this very instant.

import type { Outbox } from '../effect.ts';
import { sameTag, type Tag } from '../hash.ts';
import { type Address, type NodeId, tagOf } from '../ids.ts';
import { type Instant, Lease, Witness } from '../lease/index.ts';
import { NONE } from '../membership/index.ts';
import type { AckRow, Beat, Hello } from '../message.ts';
import type { Random } from '../random.ts';
import { isCondemned, majorityOf } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Chain } from './chain.ts';
import { Relays } from './relays.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

/** Members besides the voters that a beat goes to when its sender is short of acks. */
const HELPERS = 3;

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
  lease: Lease;
  witness: Witness;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  readonly #random: Random;
  readonly #facts: () => BeatFacts;
  readonly #mayVote: () => boolean;
  readonly #introduce: (to: readonly Address[], now: MonotonicMs, outbox: Outbox) => void;
  readonly #candidates = new Map<NodeId, Candidate>();
  /** Of each id the highest life that proved to follow the one acked last (R9), and the incarnation that it followed. */
  readonly #shown = new Map<NodeId, { readonly tag: Tag; readonly life: number; readonly followed: number }>();
  /** Acks that ride on the next beat, by voter. */
  #rows = new Map<NodeId, AckRow>();
  #timings: Timings;
  #beatAt: MonotonicMs = NEVER;
  #retryAt: MonotonicMs = NEVER;
  #isSilent = false;

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
    introduce: (to: readonly Address[], now: MonotonicMs, outbox: Outbox) => void,
  ) {
    this.#introduce = introduce;
    this.#mayVote = mayVote;
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
    this.#timings = timings;
    this.#random = random;
    this.#facts = facts;
    this.relays = new Relays(self, roster, voice, chain, timings.heartbeatMs, () => this.#helpers());
    this.lease = new Lease(timings.fenceMs);
    this.witness = new Witness(timings.failMs, now);
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
    this.lease = new Lease(timings.fenceMs);
    this.witness = new Witness(timings.failMs, now);
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
    for (const { epoch, voters } of this.#chain.epochs)
      remaining = Math.max(remaining, this.lease.remainingMs(voters, epoch, majorityOf(voters.length), now));
    return remaining;
  }

  acking(now: Instant): { readonly voters: number; readonly acking: number } | null {
    let best: { readonly voters: number; readonly acking: number } | null = null;
    let longest = Number.NEGATIVE_INFINITY;
    for (const { epoch, voters } of this.#chain.epochs) {
      const remaining = this.lease.remainingMs(voters, epoch, majorityOf(voters.length), now);
      if (best !== null && remaining <= Math.max(0, longest)) continue;
      longest = remaining;
      best = { voters: voters.length, acking: this.lease.freshCount(voters, epoch, now) };
    }
    return best;
  }

  tick(now: Instant, at0: MonotonicMs, outbox: Outbox): void {
    if (this.#isSilent || this.#chain.record === null) return;
    if (at0 >= this.#beatAt) this.#beat(now, at0, outbox);
    else if (at0 >= this.#retryAt) this.#retry(now, at0, outbox);
  }

  hearAcks(from: NodeId, rows: readonly AckRow[]): void {
    const { tag } = this.#self;
    for (const row of rows) if (sameTag(row.tag, tag)) this.lease.hearAck(from, row.epoch, row.counter);
  }

  // ── witnessing ──

  /** A hello proves what it claims to follow, or not (R9). */
  hearHello(hello: Hello): void {
    const { entry, nonce, previous, clusterId } = hello;
    const lastTag = this.witness.tagOf(entry.id);
    if (lastTag === null) return;
    const lastIncarnation = this.witness.incarnationOf(entry.id);
    const isSameRun = sameTag(lastTag, tagOf(clusterId, entry.id, lastIncarnation as typeof entry.incarnation, nonce));
    const isNamed =
      previous?.isClean &&
      previous.incarnation === lastIncarnation &&
      sameTag(lastTag, tagOf(clusterId, entry.id, previous.incarnation, previous.nonce));
    if (!(isSameRun || isNamed) || entry.incarnation <= lastIncarnation) return;
    // A late word of a lower life does not replace what the list holds.
    const known = this.#shown.get(entry.id);
    const slot = this.#roster.table.slotOf(entry.id);
    if (known !== undefined && known.life > entry.incarnation && slot !== NONE && this.#roster.table.hasTag(slot, known.tag)) return;
    this.#shown.set(entry.id, { tag: entry.tag, life: entry.incarnation, followed: lastIncarnation });
  }

  isShown(id: NodeId, tag: Tag): boolean {
    const shown = this.#shown.get(id);
    return shown !== undefined && sameTag(shown.tag, tag);
  }

  /** The life with this tag proved that this one of its id is over. */
  isShownToFollow(id: NodeId, tag: Tag, incarnation: number): boolean {
    return this.isShown(id, tag) && (this.#shown.get(id)?.followed ?? -1) >= incarnation;
  }

  /** It is on the list no longer. What the witness knows of it is forgotten in its own time. */
  forget(id: NodeId): void {
    this.#candidates.delete(id);
    this.#shown.delete(id);
    this.#rows.delete(id);
  }

  /** Ids of which anything is remembered here, at most. */
  get rememberedCount(): number {
    return Math.max(this.#candidates.size, this.#shown.size, this.#rows.size);
  }

  /** Direct from its sender, or passed on whole. Returns false when an introduction would help. */
  hearBeat(slot: number, beat: Beat, counter: number, via: Address | null, now: MonotonicMs, outbox: Outbox): boolean {
    const { table } = this.#roster;
    const id = table.directory.idAt(slot);
    const tag = table.tagOf(slot);
    this.#candidates.set(id, { storeId: beat.storeId, canVote: beat.canVote, canLead: beat.canLead, isStable: beat.isStable, tag });
    this.hearAcks(id, beat.acks);
    const row = this.#ackRow(slot, id, tag, counter, now);
    if (row === 'hold') return this.isShown(id, tag);
    if (row === null) return true;
    const isDue = this.#chain.record?.voters.some((voter) => voter.id === id) ?? false;
    if (isDue && !beat.isShort) this.#rows.set(id, row);
    else this.#voice.datagram([table.factsOf(slot).address], { kind: 'ack', acks: [row] }, now, outbox);
    if (beat.isShort) this.relays.answer(via, id, { kind: 'ack', acks: [row] }, now, outbox);
    return true;
  }

  /** R5: a voter of its own record acks the highest life it knows, unless its record or what it last accepted condemns that life. */
  #ackRow(slot: number, id: NodeId, tag: Tag, counter: number, now: MonotonicMs): AckRow | 'hold' | null {
    const { record, acceptor, isVoter } = this.#chain;
    if (record === null || !isVoter || !this.#mayVote()) return null;
    const { table } = this.#roster;
    const incarnation = table.incarnationOf(slot);
    if (isCondemned(this.#chain.newest ?? record, id, incarnation) || acceptor.hasAcceptedEndOf(id, incarnation)) return null;
    const claim = {
      id,
      incarnation,
      tag,
      counter,
      // Its own life before is over: it stopped cleanly, or was waited for in silence (R13).
      isShownSuccession: id === this.#self.id || this.isShown(id, tag),
      isFirstLife: table.factsOf(slot).meta.restarts === 0,
    };
    const verdict = this.witness.hear(claim, now);
    if (verdict === 'hold') return 'hold';
    return verdict === 'ack' ? { tag, counter, epoch: record.epoch } : null;
  }

  // ── emitting ──

  #beat(now: Instant, at0: MonotonicMs, outbox: Outbox): void {
    const { heartbeatMs } = this.#timings;
    const period = this.#chain.isVoter ? heartbeatMs : 2 * heartbeatMs;
    this.#beatAt = at(at0 + period * this.#random.between(0.95, 1));
    if (this.#majorityAgeMs(now) === Number.POSITIVE_INFINITY) this.#introduce(this.#addressesOf(this.#voters()), at0, outbox);
    this.#emit(now, at0, this.#voters(), outbox);
  }

  /**
   * R5: when the newest majority stamp is old, a fresh counter goes to whoever has not acked the newest, each RTO, until renewed.
   * Old is more than two heartbeats: acks may ride on the voters' own beats, and who does not vote beats at half the rate.
   */
  #retry(now: Instant, at0: MonotonicMs, outbox: Outbox): void {
    const untilOldMs = 2 * this.#timings.heartbeatMs + this.#retryMs() - this.#majorityAgeMs(now);
    if (untilOldMs > 0) {
      this.#retryAt = at(at0 + untilOldMs);
      return;
    }
    const newest = this.lease.newestCounter;
    const epoch = this.#chain.record?.epoch ?? 0;
    const missing = this.#voters().filter((id) => !this.lease.hasAcked(id, epoch, newest));
    this.#emit(now, at0, missing, outbox);
  }

  #emit(now: Instant, at0: MonotonicMs, to: readonly NodeId[], outbox: Outbox): void {
    const { table } = this.#roster;
    const counter = this.#self.stamp(at0);
    table.setOwnCounter(counter);
    this.lease.emit(counter, now);
    this.#ackSelf(counter, at0);
    const ageMs = this.#majorityAgeMs(now);
    const rto = this.#retryMs();
    const isShort = ageMs > 2 * this.#timings.heartbeatMs + 3 * rto;
    const facts = this.#facts();
    const rows = this.#rows;
    this.#rows = new Map();
    let isAlone = true;
    for (const id of to) {
      const slot = table.slotOf(id);
      if (slot === NONE || slot === table.selfSlot) continue;
      isAlone = false;
      const row = this.#stillTrue(rows.get(id), slot, id);
      this.#voice.datagram(
        [table.factsOf(slot).address],
        { kind: 'beat', isShort, ...facts, acks: row === undefined ? [] : [row] },
        at0,
        outbox,
      );
    }
    if (isShort) this.#voice.datagram(this.#helpers(), { kind: 'beat', isShort, ...facts, acks: [] }, at0, outbox);
    // Nobody to hear from but oneself: nothing to retry.
    this.#retryAt = isAlone ? NEVER : at(at0 + rto);
  }

  /** What waited for this beat is said only if it could be said now: its life may have been condemned meanwhile, or followed. */
  #stillTrue(row: AckRow | undefined, slot: number, id: NodeId): AckRow | undefined {
    const { table } = this.#roster;
    const { newest, acceptor, record } = this.#chain;
    if (row === undefined || newest === null || row.epoch !== record?.epoch || !sameTag(row.tag, table.tagOf(slot))) return undefined;
    const incarnation = table.incarnationOf(slot);
    return isCondemned(newest, id, incarnation) || acceptor.hasAcceptedEndOf(id, incarnation) ? undefined : row;
  }

  /** Whether this voter would ack itself now. */
  mayAckSelf(): boolean {
    const { record, newest, acceptor, isVoter } = this.#chain;
    const { id, incarnation } = this.#self;
    return (
      record !== null &&
      isVoter &&
      this.#mayVote() &&
      !isCondemned(newest ?? record, id, incarnation) &&
      !acceptor.hasAcceptedEndOf(id, incarnation)
    );
  }

  /** A voter's word to itself obeys the same rule. */
  #ackSelf(counter: number, now: MonotonicMs): void {
    const { table } = this.#roster;
    const row = this.#ackRow(table.selfSlot, this.#self.id, this.#self.tag, counter, now);
    if (row !== null && row !== 'hold') this.lease.hearAck(this.#self.id, row.epoch, row.counter);
  }

  #majorityAgeMs(now: Instant): number {
    const present = this.#chain.epochs[0];
    return present === undefined
      ? Number.POSITIVE_INFINITY
      : this.lease.majorityAgeMs(present.voters, present.epoch, majorityOf(present.voters.length), now);
  }

  #retryMs(): number {
    return Math.max(20, this.#timings.heartbeatMs / 4);
  }

  #voters(): readonly NodeId[] {
    return this.#chain.record?.voters.map((voter) => voter.id).filter((id) => id !== this.#self.id) ?? [];
  }

  #addressesOf(ids: readonly NodeId[]): Address[] {
    const { table } = this.#roster;
    return ids
      .map((id) => table.slotOf(id))
      .filter((slot) => slot !== NONE && slot !== table.selfSlot)
      .map((slot) => table.addressOf(slot));
  }

  #helpers(): Address[] {
    const { table } = this.#roster;
    const living: number[] = [];
    for (let slot = 0; slot < table.slotLimit; slot++) if (slot !== table.selfSlot && table.isConfirmed(slot)) living.push(slot);
    const helpers: Address[] = [];
    for (let i = 0; i < HELPERS && living.length > 0; i++) {
      const [slot] = living.splice(this.#random.below(living.length), 1);
      if (slot !== undefined) helpers.push(table.factsOf(slot).address);
    }
    return helpers;
  }
}
