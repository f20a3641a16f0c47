// The record's side of a node: who votes, who leads, who is condemned, and whether the lease is held. It joins chain, keeper,
// council and announcer, and hands them what peers say about these things. What follows for this node's own life is life.ts's.

import { assertNever } from '../assert.ts';
import type { Outbox } from '../effect.ts';
import { sameTag } from '../hash.ts';
import type { Address, Incarnation, NodeId } from '../ids.ts';
import { type Instant, instant } from '../lease/index.ts';
import { NONE } from '../membership/index.ts';
import type { Beat, Envelope, Hello, Ping, RecordMessage, Relayed, WholeRecord } from '../message.ts';
import type { Random } from '../random.ts';
import { type ClusterRecord, isCondemned, majorityOf } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { LeaderView, QuorumView, RecordView } from '../view.ts';
import { Announcer } from './announcer.ts';
import type { Introductions } from './callbacks.ts';
import { CatchUp } from './catch-up.ts';
import { Chain } from './chain.ts';
import { addressesOf } from './choosing.ts';
import { Confirmation } from './confirmation.ts';
import { Council } from './council.ts';
import { Keeper } from './keeper.ts';
import type { Ledger } from './ledger.ts';
import type { NodeOptions } from './node-options.ts';
import { Oblivion } from './oblivion.ts';
import { type LifeFacts, Outlook } from './outlook.ts';
import { Recall } from './recall.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';
import { type Wish, Wishes } from './wishes.ts';

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
  readonly #outlook: Outlook;
  readonly #catchUp: CatchUp;
  readonly #oblivion: Oblivion;
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
    introductions: Introductions,
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
    roster.keepOut((id, life, at0) => this.isBelowFloor(id, life, at0));
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
      introductions,
    );
    this.#catchUp = new CatchUp(self, roster, voice, this.chain, timings, (slot, version, at0, outbox) =>
      this.council.update(slot, version, at0, outbox),
    );
    this.#oblivion = new Oblivion(roster, this.chain, this.keeper, this.#catchUp, this.recall);
    this.#outlook = new Outlook(self, roster, this.chain, this.keeper, this.announcer, timings, life, this.#wishes);
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
      this.#outlook,
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
    if (this.announcer.tick(now, outbox)) this.council.look(now);
    this.#oblivion.sweep(this.#timings.failMs, now);
    if (!this.recall.isCleared) this.#askRecall(now, outbox);
    this.#beat(now, outbox);
    this.council.tick(now, outbox);
    this.#askForWishes(now, outbox);
  }

  #beat(now: MonotonicMs, outbox: Outbox): void {
    if (this.keeper.tick(this.#instant(now), now, outbox)) this.council.beaten(now);
  }

  // ── the lease and the leader, asked for this instant ──

  remainingMs(now: MonotonicMs, bootMs: number): number {
    return this.keeper.remainingMs(instant(now, bootMs));
  }

  /** Of the epoch that holds the lease, or would first: while the voters change it may be the one before. */
  quorum(now: MonotonicMs, bootMs: number): QuorumView | null {
    const counted = this.keeper.acking(instant(now, bootMs));
    if (counted === null) return null;
    const { voters, acking } = counted;
    const needed = majorityOf(voters);
    // While this voter holds its acks back, the others have one less than it sees.
    const canLose = this.withheldMs(now) > 0 ? 0 : Math.max(0, acking - needed);
    return { voters, needed, acking, canLose, isVoter: this.chain.isVoter };
  }

  withheldMs(now: MonotonicMs): number {
    return this.keeper.acker.withheldMs(now);
  }

  /** Whom the record names; whether that one still leads only itself can know, and says of itself. */
  leader(isSelfLeading: boolean): LeaderView | null {
    const leader = this.chain.record?.leader ?? null;
    if (leader === null || (leader.id === this.#self.id && !isSelfLeading)) return null;
    const slot = this.#roster.table.slotOf(leader.id);
    const name = slot === NONE ? leader.id : this.#roster.table.factsOf(slot).name;
    return { name, id: leader.id, token: leader.token, isSelf: isSelfLeading };
  }

  isNamedLeader(): boolean {
    return this.#outlook.isNamedLeader();
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
    return this.#catchUp.versionOf(id);
  }

  retime(timings: Timings, now: MonotonicMs): void {
    this.#timings = timings;
    this.chain.retime(timings);
    this.keeper.retime(timings, now);
    this.council.retime(timings);
    this.confirmation.retime(timings);
    this.#outlook.retime(timings);
    this.#catchUp.retime(timings);
  }

  /** R15: a gap of this process. */
  pause(now: MonotonicMs): void {
    this.council.pause(now);
  }

  isCondemnedSelf(): boolean {
    const { record } = this.chain;
    return record !== null && isCondemned(record, this.#self.id, this.#self.incarnation);
  }

  checkInvariants(): void {
    this.#oblivion.checkInvariants();
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
    this.keeper.acker.hearHello(hello);
    const isNewVoter = this.chain.voterIds.includes(hello.entry.id) && this.#roster.table.slotOfTag(hello.entry.tag) === NONE;
    if (isNewVoter && this.keeper.remainingMs(this.#instant(now)) <= 0) this.keeper.beatSoon(now);
    return null;
  }

  /** From a known, living member, directly. */
  hear(slot: number, from: Address, envelope: Envelope, message: RecordMessage, now: MonotonicMs, outbox: Outbox): boolean {
    const { table } = this.#roster;
    // Before they are compared: what deltas bring is not asked for as well.
    if (message.kind === 'deltas') this.#take(slot, envelope.counter, envelope.recordVersion, message, from, null, now, outbox);
    this.#catchUp.compare(slot, envelope.recordVersion, now, outbox);
    this.council.hearVersion(envelope.recordVersion);
    if (message.kind === 'deltas') return true;
    if (message.kind !== 'relayed') return this.#take(slot, envelope.counter, envelope.recordVersion, message, from, null, now, outbox);
    const origin = table.slotOfTag(message.originSender);
    const isForThis = message.target === this.#self.id || (message.target === null && this.chain.isVoter);
    // A voter takes a beat that goes to all voters, and passes it on: a ring leads through every one of them (L1).
    if (message.target !== this.#self.id && origin !== table.selfSlot) this.keeper.relays.forwardRelayed(message, from, now, outbox);
    if (!isForThis || origin === NONE || !table.isAlive(origin) || origin === table.selfSlot) return true;
    // It comes by several ways: taken once, but any of them may be the one that leads back.
    if (!this.keeper.relays.isFirst(message)) {
      if (message.inner.kind === 'beat') this.keeper.ackBack(origin, message.originCounter, from, now, outbox);
      else if (message.inner.kind === 'ping') this.#answerPing(origin, message.inner, from, now, outbox);
      return true;
    }
    this.#roster.hearTold(origin, message.originCounter, now, outbox);
    this.#catchUp.compare(origin, message.originRecordVersion, now, outbox);
    return this.#take(origin, message.originCounter, message.originRecordVersion, message.inner, from, from, now, outbox);
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
    message: Exclude<RecordMessage, Relayed> | Relayed['inner'],
    from: Address,
    via: Address | null,
    now: MonotonicMs,
    outbox: Outbox,
  ): boolean {
    const id = this.#roster.table.directory.idAt(slot);
    switch (message.kind) {
      case 'beat': {
        this.recall.remember(id, this.#roster.table.tagOf(slot), this.#roster.table.incarnationOf(slot), message.writeCount);
        if (via === null) this.#roster.suspicions.doubt.direct.hear(slot, now);
        const isKnown = this.keeper.hearBeat(slot, message, counter, via, now, outbox);
        if (this.keeper.beatAt <= now) this.#beat(now, outbox);
        if (message.isShort && via === null) this.keeper.relays.passOn(slot, message, counter, recordVersion, from, now, outbox);
        return isKnown;
      }
      case 'ack':
        if (via === null) {
          this.keeper.measure(slot, message.acks, now);
          this.keeper.beatWith(message.againMs, now);
        }
        this.keeper.hearAcks(id, message.acks, via);
        return true;
      case 'prepare':
      case 'promise':
      case 'nack':
      case 'accept':
      case 'accepted':
        this.council.hear(id, message, via, now, outbox);
        return true;
      case 'ping':
        if (via !== null) this.#answerPing(slot, message, via, now, outbox);
        return true;
      case 'pong':
        // That it came says all: its counter was heard.
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
        this.recall.hear(id, message, this.#self.tag, this.#self.incarnation, this.#ledger.writeCount, this.chain.voterIds);
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

  /** The way it came; for an earlier run at this address nobody answers. */
  #answerPing(slot: number, { target, echo }: Ping, via: Address, now: MonotonicMs, outbox: Outbox): void {
    if (!sameTag(target, this.#self.tag)) return;
    this.keeper.relays.sendBack(via, this.#roster.table.directory.idAt(slot), { kind: 'pong', echo }, now, outbox);
  }

  /** A quorate voter proposes what it wants itself; anyone else needs the voters. */
  #askForWishes(now: MonotonicMs, outbox: Outbox): void {
    const wishes = this.#wishes.due(this.#timings, now);
    if (wishes.length === 0 || (this.chain.isVoter && this.#life().quorateSince !== null)) return;
    for (const wish of wishes)
      this.#voice.datagram(addressesOf(this.#roster.table, this.chain.voterIds), { kind: 'request', wish }, now, outbox);
  }

  /** R14: a voter that started asks what the others remember of it; until a majority has said, it neither acks nor votes. */
  #askRecall(now: MonotonicMs, outbox: Outbox): void {
    const voters = this.chain.voterIds;
    if (voters.length === 0 || this.recall.isRolledBack) return;
    this.recall.consider(voters);
    if (now < this.#recallAt) return;
    this.#recallAt = at(now + this.#timings.heartbeatMs / 2);
    this.#voice.datagram(addressesOf(this.#roster.table, this.recall.missing(voters)), { kind: 'recall' }, now, outbox);
  }

  #beatFacts(writeCount: number): Omit<Beat, 'kind' | 'isShort' | 'isLost' | 'acks'> {
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

  /**
   * R2: what reaping leaves behind. An id that no list holds any more is let in only above the floor, or a life that slept through
   * the reaping of its own end would be acked. A voter that has just started holds no list yet and does not judge.
   */
  isBelowFloor(id: NodeId, incarnation: number, now: MonotonicMs): boolean {
    const { record } = this.chain;
    if (record === null || !this.chain.isVoter || now - this.#startedAt < 2 * this.#timings.failMs) return false;
    return incarnation <= record.floor && this.#roster.table.slotOf(id) === NONE;
  }
}
