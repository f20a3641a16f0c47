// The record's side of a node: who votes, who leads, who is condemned, and whether the lease is held. It joins chain, keeper,
// council and announcer, and hands them what peers say about these things. What follows for this node's own life is life.ts's.

import { assertNever } from '../assert.ts';
import type { Outbox } from '../effect.ts';
import type { Address, Incarnation, NodeId } from '../ids.ts';
import { type Instant, instant } from '../lease/index.ts';
import { NONE } from '../membership/index.ts';
import type {
  Accept,
  Accepted,
  Ack,
  Beat,
  Confirm,
  Confirmed,
  Deltas,
  Envelope,
  Hello,
  Nack,
  Prepare,
  Promised,
  Recall as Recall_,
  Recalled,
  Relayed,
  Request,
  WholeRecord,
} from '../message.ts';
import type { Random } from '../random.ts';
import { type ClusterRecord, type Condemned, isCondemned, isVoter, majorityOf } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { LeaderView, QuorumView, RecordView } from '../view.ts';
import type { Situation } from './agenda.ts';
import { Announcer } from './announcer.ts';
import { Chain } from './chain.ts';
import { Confirmation } from './confirmation.ts';
import { Council } from './council.ts';
import { Keeper } from './keeper.ts';
import type { Ledger } from './ledger.ts';
import type { NodeOptions } from './node-options.ts';
import { Recall } from './recall.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';
import { type Wish, Wishes } from './wishes.ts';

export type RecordMessage =
  | Beat
  | Ack
  | Relayed
  | Prepare
  | Promised
  | Nack
  | Accept
  | Accepted
  | Deltas
  | Confirm
  | Confirmed
  | Recall_
  | Recalled
  | Request;

/** What the node's life tells of itself when it is asked. */
export interface LifeFacts {
  /** Quorate without a break since; null when not quorate. */
  readonly quorateSince: MonotonicMs | null;
  readonly mayLead: boolean;
  readonly hasResigned: boolean;
  readonly isLeaving: boolean;
  readonly canVote: boolean;
}

export class Government {
  readonly chain: Chain;
  readonly keeper: Keeper;
  readonly announcer: Announcer;
  readonly council: Council;
  readonly confirmation: Confirmation;
  readonly recall: Recall;
  readonly #ledger: Ledger;
  readonly #options: NodeOptions;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #life: () => LifeFacts;
  readonly #startedAt: MonotonicMs;
  #timings: Timings;
  readonly #wishes = new Wishes();
  readonly #goneSince = new Map<NodeId, number>();
  /** The record that each voter said last it holds. */
  readonly #versions = new Map<NodeId, number>();
  #askedRecordAt = Number.NEGATIVE_INFINITY;
  #bootMs = 0;
  #recallAt: MonotonicMs = at(0);

  constructor(
    options: NodeOptions,
    self: Self,
    roster: Roster,
    voice: Voice,
    ledger: Ledger,
    timings: Timings,
    random: Random,
    now: MonotonicMs,
    life: () => LifeFacts,
    introduce: (to: readonly Address[], now: MonotonicMs, outbox: Outbox) => void,
    adopted: (record: ClusterRecord, before: ClusterRecord | null, now: MonotonicMs, outbox: Outbox) => void,
  ) {
    this.#options = options;
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#timings = timings;
    this.#life = life;
    this.#startedAt = now;
    this.announcer = new Announcer(roster);
    this.chain = new Chain(self.id, options.record, options.acceptor, ledger, this.announcer, timings, now, {
      adopted: (record, before, later, outbox) => {
        this.council.adopted(later);
        this.#wishes.settle(record);
        adopted(record, before, later, outbox);
      },
    });
    this.recall = new Recall(self.id, options.incarnation, options.writeCount, options.record !== null);
    this.#ledger = ledger;
    this.keeper = new Keeper(
      self,
      roster,
      voice,
      this.chain,
      timings,
      random,
      now,
      () => this.#beatFacts(ledger.writeCount),
      () => this.recall.isCleared,
      introduce,
    );
    this.confirmation = new Confirmation(self.id, roster, voice, this.chain, this.keeper, timings);
    this.council = new Council(
      self,
      roster,
      voice,
      this.chain,
      this.keeper,
      ledger,
      timings,
      random,
      options.storeId,
      now,
      (when) => this.#situation(when),
      () => this.recall.isCleared,
    );
  }

  get nextAt(): MonotonicMs {
    const recallAt = this.recall.isCleared || this.recall.isRolledBack || this.chain.record === null ? NEVER : this.#recallAt;
    return at(Math.min(this.keeper.nextAt, this.council.nextAt, this.announcer.nextAt, this.#wishes.nextAt, recallAt));
  }

  /** Both clocks are read once a step. */
  setBoot(bootMs: number): void {
    this.#bootMs = bootMs;
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    this.announcer.tick(now, outbox);
    if (!this.recall.isCleared) this.#askRecall(now, outbox);
    this.keeper.tick(this.#instant(now), now, outbox);
    this.council.tick(now, outbox);
    this.#askForWishes(now, outbox);
  }

  // ── the lease and the leader, asked for this instant ──

  remainingMs(now: MonotonicMs, bootMs: number): number {
    return this.keeper.remainingMs(instant(now, bootMs));
  }

  quorum(now: MonotonicMs, bootMs: number): QuorumView | null {
    const { record } = this.chain;
    if (record === null) return null;
    const needed = majorityOf(record.voters.length);
    const acking = this.keeper.ackingCount(instant(now, bootMs));
    return { voters: record.voters.length, needed, acking, canLose: Math.max(0, acking - needed), isVoter: this.chain.isVoter };
  }

  /** Whom the record names; whether that one still leads only itself can know. */
  leader(isSelfLeading: boolean): LeaderView | null {
    const leader = this.chain.record?.leader ?? null;
    if (leader === null) return null;
    const slot = this.#roster.table.slotOf(leader.id);
    const name = slot === NONE ? leader.id : this.#roster.table.factsOf(slot).name;
    return { name, id: leader.id, token: leader.token, isSelf: isSelfLeading };
  }

  isNamedLeader(): boolean {
    const leader = this.chain.record?.leader ?? null;
    return leader !== null && leader.id === this.#self.id && leader.incarnation === this.#self.incarnation;
  }

  view(now: MonotonicMs, bootMs: number): RecordView | null {
    const { record } = this.chain;
    if (record === null) return null;
    const { table } = this.#roster;
    const voters = record.voters.map(({ id }) => {
      const slot = table.slotOf(id);
      return { id, name: slot === NONE ? id : table.factsOf(slot).name, ackAgeMs: this.keeper.lease.ackAgeMs(id, instant(now, bootMs)) };
    });
    return { version: record.version, epoch: record.epoch, maxVoters: record.maxVoters, voters };
  }

  versionOf(id: NodeId): number {
    return this.#versions.get(id) ?? 0;
  }

  retime(timings: Timings, now: MonotonicMs): void {
    this.#timings = timings;
    this.chain.retime(timings);
    this.keeper.retime(timings, now);
    this.council.retime(timings);
    this.confirmation.retime(timings);
  }

  /** R15: a gap of this process. */
  pause(now: MonotonicMs): void {
    this.council.pause(now);
  }

  isCondemnedSelf(): boolean {
    const { record } = this.chain;
    return record !== null && isCondemned(record, this.#self.id, this.#self.incarnation);
  }

  // ── wishes ──

  wish(kind: Wish['kind'], id: NodeId, now: MonotonicMs): void {
    this.#wishes.make({ kind, id }, this.#timings, now);
    this.council.look(now);
  }

  // ── hearing ──

  /** Not null for one that is let in only above this incarnation (R2). */
  hearHello(hello: Hello, now: MonotonicMs): Incarnation | null {
    if (this.isBelowFloor(hello.entry.id, hello.entry.incarnation, now)) return this.chain.record?.floor ?? null;
    this.keeper.hearHello(hello);
    return null;
  }

  /** From a known, living member, directly. */
  hear(slot: number, from: Address, envelope: Envelope, message: RecordMessage, now: MonotonicMs, outbox: Outbox): boolean {
    const { table } = this.#roster;
    this.#compareVersions(slot, envelope.recordVersion, now, outbox);
    if (message.kind !== 'relayed') return this.#take(slot, envelope.counter, envelope.recordVersion, message, from, null, now, outbox);
    const origin = table.slotOfTag(message.originSender);
    const isForThis = message.target === this.#self.id || (message.target === null && this.chain.isVoter);
    if (isForThis && origin !== NONE && table.isAlive(origin) && origin !== table.selfSlot) {
      this.#roster.hearDirect(origin, message.originCounter, now, outbox);
      this.#compareVersions(origin, message.originRecordVersion, now, outbox);
      return this.#take(origin, message.originCounter, message.originRecordVersion, message.inner, from, from, now, outbox);
    }
    if (!isForThis) this.keeper.forwardRelayed(message, from, now, outbox);
    return true;
  }

  hearWhole(message: WholeRecord, now: MonotonicMs, outbox: Outbox): void {
    this.chain.learnWhole(message.record, new Map(message.waits.map(({ id, waitMs }) => [id, waitMs])), now, outbox);
  }

  /** A whole record for one that is far behind, or has none. */
  whole(now: MonotonicMs): WholeRecord | null {
    const { record } = this.chain;
    const cluster = this.#self.clusterId;
    return record === null || cluster === null ? null : { kind: 'whole-record', clusterId: cluster, record, waits: this.chain.waits(now) };
  }

  // ── inside ──

  #take(
    slot: number,
    counter: number,
    recordVersion: number,
    message: Exclude<RecordMessage, Relayed>,
    from: Address,
    via: Address | null,
    now: MonotonicMs,
    outbox: Outbox,
  ): boolean {
    const id = this.#roster.table.directory.idAt(slot);
    switch (message.kind) {
      case 'beat': {
        this.recall.remember(id, this.#roster.table.tagOf(slot), this.#roster.table.incarnationOf(slot), message.writeCount);
        const isKnown = this.keeper.hearBeat(slot, message, counter, via, now, outbox);
        if (message.isShort && via === null) this.keeper.passOn(slot, message, counter, recordVersion, from, now, outbox);
        return isKnown;
      }
      case 'ack':
        this.keeper.hearAcks(id, message.acks);
        return true;
      case 'prepare':
      case 'promise':
      case 'nack':
      case 'accept':
      case 'accepted':
        this.council.hear(id, message, via, now, outbox);
        return true;
      case 'deltas':
        for (const [i, { change, waitMs }] of message.changes.entries())
          this.chain.learn(message.base + 1 + i, change, () => waitMs, false, now, outbox);
        return true;
      case 'confirm':
        this.confirmation.hearQuestion(slot, message, from, now, outbox);
        return true;
      case 'confirmed':
        this.confirmation.hearAnswer(id, message);
        return true;
      case 'recall':
        this.#voice.datagram([from], this.recall.answerTo(id, this.#roster.table.tagOf(slot)), now, outbox);
        return true;
      case 'recalled':
        this.recall.hear(id, message, this.#self.tag, this.#self.incarnation, this.#ledger.writeCount, this.#voterIds());
        return true;
      case 'request':
        if (this.chain.isVoter) {
          this.#wishes.hear(message.wish, this.#timings, now);
          this.council.look(now);
        }
        return true;
      default:
        return assertNever(message);
    }
  }

  /** A quorate voter proposes what it wants itself; anyone else needs the voters. */
  #askForWishes(now: MonotonicMs, outbox: Outbox): void {
    const wishes = this.#wishes.due(this.#timings, now);
    if (wishes.length === 0 || (this.chain.isVoter && this.#life().quorateSince !== null)) return;
    const { table } = this.#roster;
    const to: Address[] = [];
    for (const voter of this.chain.record?.voters ?? []) {
      const slot = table.slotOf(voter.id);
      if (slot !== NONE && slot !== table.selfSlot) to.push(table.addressOf(slot));
    }
    for (const wish of wishes) this.#voice.datagram(to, { kind: 'request', wish }, now, outbox);
  }

  #compareVersions(slot: number, theirs: number, now: MonotonicMs, outbox: Outbox): void {
    const id = this.#roster.table.directory.idAt(slot);
    if (this.chain.record !== null && isVoter(this.chain.record, id)) this.#versions.set(id, theirs);
    const { version, isVoter: isOwnVoter } = this.chain;
    if (theirs < version) {
      if (isOwnVoter) this.council.update(slot, theirs, now, outbox);
      return;
    }
    const newest = this.chain.newest?.version ?? 0;
    if (theirs <= newest) return;
    // The deltas are on their way, mostly; who still lacks them a moment later asks for the whole.
    if (this.#askedRecordAt === Number.NEGATIVE_INFINITY) this.#askedRecordAt = now - this.#timings.heartbeatMs * 0.7;
    if (now - this.#askedRecordAt < this.#timings.heartbeatMs) return;
    this.#askedRecordAt = now;
    const cluster = this.#self.clusterId;
    const address = this.#roster.table.factsOf(slot).address;
    if (cluster !== null)
      this.#voice.ask({ kind: 'record', at: address, seed: null }, { kind: 'ask-record', clusterId: cluster }, now, outbox);
  }

  /** R14: a voter that started asks what the others remember of it; until a majority has said, it neither acks nor votes. */
  #askRecall(now: MonotonicMs, outbox: Outbox): void {
    const voters = this.#voterIds();
    if (voters.length === 0 || this.recall.isRolledBack) return;
    this.recall.consider(voters);
    if (now < this.#recallAt) return;
    this.#recallAt = at(now + this.#timings.heartbeatMs / 2);
    const to: Address[] = [];
    for (const id of this.recall.missing(voters)) {
      const slot = this.#roster.table.slotOf(id);
      if (slot !== NONE) to.push(this.#roster.table.factsOf(slot).address);
    }
    this.#voice.datagram(to, { kind: 'recall' }, now, outbox);
  }

  #voterIds(): NodeId[] {
    return this.chain.record?.voters.map((voter) => voter.id) ?? [];
  }

  #beatFacts(writeCount: number): Omit<Beat, 'kind' | 'isShort' | 'acks'> {
    const { quorateSince, canVote } = this.#life();
    const { record, isVoter: isVoterHere } = this.chain;
    return {
      storeId: isVoterHere || (record !== null && record.voters.length >= record.maxVoters) ? null : this.#options.storeId,
      canVote,
      canLead: this.#options.canLead,
      writeCount,
      isStable: quorateSince !== null && this.#lastNow - quorateSince >= 2 * this.#timings.dwellMs,
    };
  }

  #lastNow: MonotonicMs = at(0);

  #instant(now: MonotonicMs): Instant {
    this.#lastNow = now;
    return instant(now, this.#bootMs);
  }

  #situation(now: MonotonicMs): Situation | null {
    const { record } = this.chain;
    const life = this.#life();
    if (record === null || life.quorateSince === null) return null;
    return {
      record,
      self: this.#self.id,
      timings: this.#timings,
      silent: this.#silent(record, now),
      isLeaderGone: this.#isLeaderGone(record),
      mayLead: life.mayLead && isVoter(record, this.#self.id) ? { incarnation: this.#self.incarnation } : null,
      hasResigned: life.hasResigned && this.isNamedLeader(),
      candidates: this.#candidates(record),
      gone: this.#gone(record, now),
      wanted: this.#wishes.wanted(now),
      reapable: this.#reapable(record, now),
      storeIdOf: (id) => this.keeper.candidate(id)?.storeId ?? null,
      isLive: (id) => this.#isLive(id, now),
    };
  }

  /** R9: whose acked counters have stood still here for T_condemn. Only a fresh poll makes more of it. */
  #silent(record: ClusterRecord, now: MonotonicMs): Condemned[] {
    const { table } = this.#roster;
    const silent: Condemned[] = [];
    for (let slot = 0; slot < table.slotLimit; slot++) {
      if (slot === table.selfSlot || !table.isConfirmed(slot)) continue;
      const id = table.directory.idAt(slot);
      // One that was never acked here in this life has not beaten for as long as nobody heard it at all.
      const incarnation = table.incarnationOf(slot);
      const wasAcked = this.keeper.witness.incarnationOf(id) === incarnation;
      const idleMs = wasAcked ? this.keeper.witness.idleMs(id, now) : now - table.freshAt(slot);
      if (idleMs < this.#timings.condemnMs) continue;
      if (!isCondemned(record, id, incarnation)) silent.push({ id, incarnation });
    }
    // Named by the record, and unknown to a list that began after its end.
    const { leader } = record;
    if (
      leader !== null &&
      table.slotOf(leader.id) === NONE &&
      this.keeper.witness.idleMs(leader.id, now) >= this.#timings.condemnMs &&
      !isCondemned(record, leader.id, leader.incarnation)
    )
      silent.push({ id: leader.id, incarnation: leader.incarnation });
    return silent;
  }

  /** Stricter than the list: before a set is made smaller its rest has to be there now. */
  #isLive(id: NodeId, now: MonotonicMs): boolean {
    const { witness } = this.keeper;
    return id === this.#self.id || (witness.tagOf(id) !== null && witness.idleMs(id, now) < 3 * this.#timings.heartbeatMs);
  }

  /** R10: there is none, or its end may be announced; or it said so itself, or its next life proved to follow it. */
  #isLeaderGone(record: ClusterRecord): boolean {
    const { leader } = record;
    if (leader === null) return true;
    if (this.announcer.hasEnded(leader.id, leader.incarnation)) return true;
    // Quorate in a later life: a majority acked this one only when the one before could hold nothing any more (clone hold).
    if (leader.id === this.#self.id && leader.incarnation < this.#self.incarnation) return true;
    const { table } = this.#roster;
    const slot = table.slotOf(leader.id);
    if (slot === NONE) return false;
    const incarnation = table.incarnationOf(slot);
    if (incarnation === leader.incarnation) return !table.isAlive(slot);
    return incarnation > leader.incarnation && this.keeper.isShownToFollow(table.tagOf(slot), leader.incarnation);
  }

  /** R2: forgotten, or long back as a later life. */
  #reapable(record: ClusterRecord, now: MonotonicMs): NodeId[] {
    const { table } = this.#roster;
    return record.condemned
      .filter(({ id, incarnation }) => {
        const slot = table.slotOf(id);
        return this.chain.mayReap(id, now) && (slot === NONE || table.incarnationOf(slot) > incarnation) && record.leader?.id !== id;
      })
      .map(({ id }) => id);
  }

  /**
   * R2: what reaping leaves behind. An id that no list holds any more is let in only above the floor, or a life that slept through
   * the reaping of its own end would be acked. A voter that has just started holds no list yet and does not judge.
   */
  isBelowFloor(id: NodeId, incarnation: number, now: MonotonicMs): boolean {
    const { record } = this.chain;
    if (record === null || !this.chain.isVoter || now - this.#startedAt < 2 * this.#timings.failMs) return false;
    return incarnation <= record.floor && this.#roster.table.slotOf(id) === NONE;
  }

  #candidates(record: ClusterRecord): Situation['candidates'] {
    const { table } = this.#roster;
    const candidates: Situation['candidates'][number][] = [];
    for (let slot = 0; slot < table.slotLimit; slot++) {
      if (!table.isConfirmed(slot) || table.isSuspect(slot) || slot === table.selfSlot) continue;
      const id = table.directory.idAt(slot);
      if (isVoter(record, id)) continue;
      const candidate = this.keeper.candidate(id);
      if (candidate?.canVote !== true || candidate.storeId === null) continue;
      candidates.push({ voter: { id, storeId: candidate.storeId }, isStable: candidate.isStable });
    }
    return candidates.sort((a, b) => Number(b.isStable) - Number(a.isStable) || (a.voter.id < b.voter.id ? -1 : 1));
  }

  #gone(record: ClusterRecord, now: MonotonicMs): Situation['gone'] {
    const { table } = this.#roster;
    const gone: Situation['gone'][number][] = [];
    for (const { id } of record.voters) {
      const slot = table.slotOf(id);
      if (slot === NONE || table.isAlive(slot) || id === this.#self.id) {
        this.#goneSince.delete(id);
        continue;
      }
      const since = this.#goneSince.get(id) ?? now;
      this.#goneSince.set(id, since);
      const { name } = table.factsOf(slot);
      const isReplaced =
        table.stateOf(slot) === 'failed' &&
        table.directory.findByName(name, (other) => other !== slot && table.isConfirmed(other) && table.factsOf(other).name === name) !==
          NONE;
      gone.push({ id, forMs: now - since, isReplaced: isReplaced || table.stateOf(slot) === 'left' });
    }
    return gone;
  }
}
