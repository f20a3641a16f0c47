// The one dispatcher: inputs in, effects out, time passed in. Only it knows all of the parts below: what members say is
// talk.ts, the way in admission.ts, what is believed roster.ts, what the record says government.ts, and what becomes of this
// node life.ts. Before any input is applied the lapse of the lease is judged, after it its gain (R6).

import { assert, assertNever } from './assert.ts';
import type { Outbox } from './effect.ts';
import type { Address, ClusterId, Incarnation, NodeId } from './ids.ts';
import type { Input } from './input.ts';
import { Directory, NONE } from './membership/index.ts';
import { Admission } from './node/admission.ts';
import { Founding } from './node/founding.ts';
import { Government } from './node/government.ts';
import { LeaderNews } from './node/leader-news.ts';
import { Life } from './node/life.ts';
import type { NodeOptions } from './node/node-options.ts';
import { Operator } from './node/operator.ts';
import { healthProblems, orphanProblems, profileProblems, quorumProblems } from './node/problems.ts';
import { Roster } from './node/roster.ts';
import { Self } from './node/self.ts';
import { type Roles, rolesOf } from './node/showing.ts';
import { Streams } from './node/streams.ts';
import { Talk } from './node/talk.ts';
import { Upkeep } from './node/upkeep.ts';
import { Voice } from './node/voice.ts';
import { Random } from './random.ts';
import { type ClusterRecord, isVoter } from './record/index.ts';
import { at, type MonotonicMs, NEVER } from './time.ts';
import { PROFILES, type Timings } from './timings.ts';
import type { FenceView, LeaderView, MemberCounts, MemberView, NodeView, Problem, QuorumView, RecordView, Standing } from './view.ts';

export interface Node extends NodeView {
  /** `bootMs`: the clock that runs on in suspend; the lease takes whichever of the two ran further (R6). */
  step(input: Input, now: MonotonicMs, outbox: Outbox, bootMs?: number): void;
  nextWakeupMs(): MonotonicMs;
  /** For tests and the simulator: throws when something inside does not fit together. */
  checkInvariants(): void;
}

export function createNode(options: NodeOptions, now: MonotonicMs): Node {
  return new MemberNode(options, now);
}

class MemberNode implements Node {
  readonly clusterName: string;
  readonly #options: NodeOptions;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #talk: Talk;
  readonly #admission: Admission;
  readonly #streams: Streams;
  readonly #operator: Operator;
  readonly #upkeep: Upkeep;
  readonly #government: Government;
  readonly #life: Life;
  readonly #refusals = new Map<string, number>();
  readonly #roles: Roles;
  #timings: Timings;
  #hasStarted = false;
  #wakeAt: MonotonicMs = NEVER;
  #bootMs = 0;
  #lastNow: MonotonicMs;
  #leaderState = -1;
  readonly #leaderNews = new LeaderNews();

  constructor(options: NodeOptions, now: MonotonicMs) {
    this.#options = options;
    this.clusterName = options.clusterName;
    this.#timings = PROFILES[options.profile];
    this.#lastNow = now;
    this.#bootMs = now;
    const random = new Random(options.randomSeed);
    const refuse = (reason: string): void => {
      this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    };
    this.#self = new Self(options.id, options.nonce, options.bornIncarnation, options.incarnation, options.facts, now);
    this.#roster = new Roster(options.directory ?? new Directory(), options.id, this.#timings, now, refuse);
    this.#voice = new Voice(this.#self, () => this.#government.chain.version);
    this.#life = new Life(
      {
        options,
        self: this.#self,
        roster: this.#roster,
        talk: () => this.#talk,
        government: () => this.#government,
        timings: () => this.#timings,
        vote: () => this.#admission.founding?.vote ?? options.vote,
      },
      now,
    );
    this.#government = new Government(
      options,
      this.#self,
      this.#roster,
      this.#voice,
      this.#life.ledger,
      this.#timings,
      random,
      now,
      () => this.#life.facts(),
      {
        introduce: (to, later, outbox) => this.#talk.introduce(to, later, outbox),
        tellOf: (slot, to, later, outbox) => this.#talk.tellOf(slot, to, later, outbox),
      },
      this.#adopted,
    );
    this.#talk = new Talk(
      this.#self,
      this.#roster,
      this.#voice,
      this.#timings,
      random,
      now,
      refuse,
      (kind, above, later, outbox) => this.#life.outlived(kind, above, later, outbox),
      (slot, from, envelope, message, later, outbox) => this.#government.hear(slot, from, envelope, message, later, outbox),
      (hello, later) => this.#government.hearHello(hello, later),
      options.previous,
      () => this.#life.standing.isQuorate,
      (helpers, slot, ping, later, outbox) =>
        this.#government.keeper.relays.askThrough(helpers, this.#roster.table.directory.idAt(slot), ping, later, outbox),
    );
    this.#admission = new Admission(
      this.#self,
      this.#roster,
      this.#voice,
      this.#talk,
      options.clusterName,
      this.#timings,
      random,
      now,
      options.seeds,
      options.knownPeers,
      () => this.#government.chain.record,
      options.expect === null || options.clusterId !== null ? null : new Founding(options, this.#self, this.#life.ledger, options.expect),
    );
    this.#streams = new Streams(this.#self, this.#voice, this.#talk, this.#admission, this.#government, refuse);
    this.#operator = new Operator(this.#self, this.#roster, this.#talk, this.#voice, this.#government, this.#admission, this.#life, random);
    this.#upkeep = new Upkeep(this.#roster, this.#talk, this.#admission.seeds, this.#timings, random);
    this.#roles = rolesOf(() => this.#government.chain.record);
  }

  /** Its incarnation is on disk and it belongs to a cluster: it may speak. */
  get #isMember(): boolean {
    return this.#life.hasBegun;
  }

  /** Its first life is on disk (R14), and no orphans of the run before have to be waited for in silence (R13). */
  get #maySeek(): boolean {
    return this.#life.isOnDisk && (this.#life.hasBegun || !this.#life.hasCluster);
  }

  // ── reading ──

  get id(): NodeId {
    return this.#self.id;
  }

  get name(): string {
    return this.#self.facts.name;
  }

  get clusterId(): ClusterId | null {
    return this.#self.clusterId;
  }

  get incarnation(): Incarnation {
    return this.#self.incarnation;
  }

  get address(): Address {
    return this.#self.facts.address;
  }

  /** As of the last step; `isQuorate` is for this instant. */
  get standing(): Standing {
    return this.#life.shown;
  }

  get timings(): Timings {
    return this.#timings;
  }

  get index(): number {
    return this.#roster.index;
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  get record(): RecordView | null {
    return this.#government.view(this.#lastNow, this.#bootMs);
  }

  get fence(): FenceView | null {
    return this.#life.standing.fence;
  }

  isQuorate(now: MonotonicMs, bootMs: number): boolean {
    return this.leaseRemainingMs(now, bootMs) > 0;
  }

  leaseRemainingMs(now: MonotonicMs, bootMs: number): number {
    if (!this.#life.standing.isQuorate || this.#life.isDeparting) return 0;
    return Math.max(0, this.#government.remainingMs(now, bootMs));
  }

  quorum(now: MonotonicMs, bootMs: number): QuorumView | null {
    return this.#government.quorum(now, bootMs);
  }

  leader(now: MonotonicMs, bootMs: number): LeaderView | null {
    // Who is not quorate may hold a record that the majority has left behind.
    const isQuorate = this.isQuorate(now, bootMs);
    return isQuorate || this.#life.isDeparting ? this.#government.leader(this.#life.isLeading(isQuorate)) : null;
  }

  counts(now: MonotonicMs): MemberCounts {
    return this.#isMember ? this.#roster.showing.counts(now) : { alive: 0, suspect: 0, failed: 0, left: 0, stopped: 0 };
  }

  members(now: MonotonicMs): MemberView[] {
    return this.#isMember ? this.#roster.showing.members(now, this.#roles) : [];
  }

  member(name: string, now: MonotonicMs): MemberView | null {
    const slot = this.#isMember ? this.#roster.showing.slotByName(name, now) : NONE;
    return slot === NONE ? null : this.#roster.showing.view(slot, now, this.#roles);
  }

  problems(now: MonotonicMs): Problem[] {
    const isQuorate = this.#life.standing.isQuorate;
    return [
      // Who waits for orphans has a cluster, and is looking for none.
      ...(this.#life.hasCluster && !this.#life.hasBegun ? [] : this.#admission.problems()),
      ...this.#talk.passages.problems(now, this.#timings.failMs),
      ...healthProblems(this.#roster.suspicions.doubt.health, this.#roster.table.confirmedCount - 1, this.#timings, now),
      ...profileProblems(this.#options.profile, this.#timings.profile),
      ...orphanProblems(this.#life.hasCluster ? this.#life.silentMs(now) : 0),
      ...(isQuorate ? quorumProblems(this.#government.quorum(now, this.#bootMs), this.#government.withheldMs(now), this.#timings) : []),
    ];
  }

  nextWakeupMs(): MonotonicMs {
    return this.#wakeAt;
  }

  checkInvariants(): void {
    if (this.#isMember) for (const part of [this.#roster, this.#government]) part.checkInvariants();
    this.#talk.passages.checkInvariants();
    assert(this.#voice.openExchanges <= 64, 'exchanges are bounded');
    assert(this.#refusals.size <= 64, 'reasons of refusal are a closed set');
  }

  // ── stepping ──

  step(input: Input, now: MonotonicMs, outbox: Outbox, bootMs: number = now): void {
    if (this.#life.isOver) return;
    this.#bootMs = bootMs;
    this.#lastNow = now;
    this.#government.setBoot(bootMs);
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      this.#life.start(now, outbox);
    } else {
      // R6: the lapse is judged before anything else of this instant.
      this.#life.judgeLapse(this.#government.remainingMs(now, bootMs), now, outbox);
      if (this.#isMember) {
        // R15: a gap of this process is not a silence of the others.
        if (now - this.#wakeAt > Math.max(this.#timings.lagMs, this.#timings.heartbeatMs)) {
          this.#roster.resume(now);
          this.#government.pause(now);
        } else if (input.kind === 'tick') this.#roster.suspicions.doubt.health.woke(this.#wakeAt, now);
        this.#roster.advance(now);
      }
    }
    this.#take(input, now, outbox);
    if (this.#life.isOver) return;
    if (this.#government.confirmation.isOpen) this.#government.confirmation.tick(this.isQuorate(now, bootMs), now, outbox);
    this.#life.judgeGain(this.#government.remainingMs(now, bootMs), now, outbox);
    if (this.#roster.nameLostTo !== NONE && !this.#life.isDeparting) this.#yieldName(now, outbox);
    this.#tellLeader(now, bootMs, outbox);
    this.#wakeAt = this.#nextAt(now, bootMs);
  }

  #take(input: Input, now: MonotonicMs, outbox: Outbox): void {
    switch (input.kind) {
      case 'tick':
        return this.#tick(now, outbox);
      case 'datagram':
        if (this.#isMember) this.#talk.hear(input.from, input.envelope, now, outbox);
        return this.#talk.rideOn(this.#government.keeper.beatenAt, now, outbox);
      case 'asked':
        if (!this.#life.isSayingFarewell) this.#streams.asked(input.exchange, input.envelope, now, outbox);
        return this.#decide(now, outbox);
      case 'answered':
        this.#streams.answered(input.exchange, input.envelope, now, outbox);
        return this.#decide(now, outbox);
      case 'unanswered':
        this.#streams.unanswered(input.exchange, input.reason, now);
        return this.#decide(now, outbox);
      case 'persisted':
        this.#life.ledger.persisted(input.ticket, now, outbox);
        return this.#tick(now, outbox);
      case 'persist-failed':
        return this.#life.storageFailed(input.reason, now, outbox);
      case 'workloads-ended':
        return this.#life.workloadsEnded(input.incarnation, input.areDead, now, outbox);
      case 'resolved':
        return this.#admission.resolved(input.seed, input.addresses, input.problem, now, outbox);
      case 'command':
        return this.#operator.obey(input.ticket, input.command, this.#maySeek, now, outbox);
      default:
        assertNever(input);
    }
  }

  #tick(now: MonotonicMs, outbox: Outbox): void {
    this.#life.tick(now, outbox);
    if (this.#life.isOver || this.#life.isSayingFarewell) return;
    if (this.#maySeek) this.#admission.tick(now, outbox);
    this.#decide(now, outbox);
    if (!this.#isMember) return;
    this.#upkeep.beginOnce(now);
    // Everyone beats to the voters; another member that is quorate leaves doubt to them (R8).
    this.#roster.watch(this.#government.chain.isVoter, this.#life.standing.isQuorate, now);
    this.#government.keeper.pace(this.#talk.isCalm(now), this.#roster.table.aliveCount, now);
    this.#government.tick(now, outbox);
    if (this.#government.recall.isRolledBack && this.#life.rolledBack(now, outbox)) return;
    this.#talk.rideOn(this.#government.keeper.beatenAt, now, outbox);
    this.#talk.tick(now, outbox);
    this.#upkeep.tick(now, outbox);
  }

  #nextAt(now: MonotonicMs, bootMs: number): MonotonicMs {
    const lifeAt = this.#life.nextAt();
    if (this.#life.isSayingFarewell) return lifeAt;
    const admissionAt = this.#maySeek ? this.#admission.nextAt : NEVER;
    const early = Math.min(lifeAt, admissionAt, this.#government.confirmation.nextAt);
    if (!this.#isMember) return at(Math.max(now, early));
    const remaining = this.#life.standing.isQuorate ? this.#government.remainingMs(now, bootMs) : Number.POSITIVE_INFINITY;
    const lapseAt = remaining === Number.POSITIVE_INFINITY ? NEVER : now + Math.max(0, remaining);
    return at(Math.max(now, Math.min(early, lapseAt, this.#government.nextAt, this.#talk.nextAt, this.#upkeep.nextAt)));
  }

  // ── the cluster and its record ──

  #decide(now: MonotonicMs, outbox: Outbox): void {
    if (this.#life.hasCluster || !this.#life.isOnDisk) return;
    const { chain } = this.#government;
    const outcome = this.#admission.decide(now);
    if (outcome === null) {
      const founded = this.#admission.founding?.founded() ?? null;
      if (founded === null) return;
      this.#admission.close();
      const seekOn = (later: MonotonicMs): void => this.#admission.seeds.tryNow(later);
      return this.#life.enter(founded.cluster, outbox, seekOn, () => chain.learnWhole(founded.record, new Map(), now, outbox));
    }
    if (outcome.kind === 'two') {
      const named = outcome.offers.map((offer) => `${offer.at} answers for cluster ${offer.welcome.clusterId}`).join(', ');
      return this.#life.exit('two-clusters', `the seeds belong to different clusters: ${named}`, outbox);
    }
    const { welcome } = outcome.offer;
    this.#timings = PROFILES[welcome.record.profile];
    this.#roster.retime(this.#timings, now);
    this.#talk.retime(this.#timings);
    this.#admission.retime(this.#timings);
    this.#upkeep.retime(this.#timings);
    this.#government.retime(this.#timings, now);
    // The list first: it says where the voters are, but not what was announced already: the whole time for each (R9).
    const believe = (later: MonotonicMs, box: Outbox): void => this.#talk.believeList(welcome.entries, later, box);
    const waits = new Map(welcome.record.condemned.map(({ id }) => [id, this.#timings.failMs]));
    this.#life.enter(welcome.clusterId, outbox, believe, () => chain.learnWhole(welcome.record, waits, now, outbox));
  }

  readonly #adopted = (record: ClusterRecord, before: ClusterRecord | null, now: MonotonicMs, outbox: Outbox): void => {
    const reason = before === null ? 'the first that is known here' : before.epoch === record.epoch ? 'decided' : 'the voters changed';
    outbox.push({ kind: 'event', event: { type: 'record-changed', version: record.version, epoch: record.epoch, reason } });
    this.#life.seated(isVoter(record, this.id), before !== null && isVoter(before, this.id));
    if (this.#government.isCondemnedSelf()) this.#life.condemned(now, outbox);
  };

  #tellLeader(now: MonotonicMs, bootMs: number, outbox: Outbox): void {
    if (!this.#isMember) return;
    const isQuorate = this.isQuorate(now, bootMs);
    const flags = (isQuorate ? 4 : 0) + (this.#life.isDeparting ? 2 : 0) + (this.#life.isLeading(isQuorate) ? 1 : 0);
    // Asked after every step, so only what it follows from is looked at.
    const state = this.#government.chain.version * 8 + flags;
    if (state === this.#leaderState) return;
    this.#leaderState = state;
    this.#leaderNews.tell(this.leader(now, bootMs), outbox);
  }

  #yieldName(now: MonotonicMs, outbox: Outbox): void {
    const winner = this.#roster.table.addressOf(this.#roster.nameLostTo);
    this.#life.yieldName(`the name ${this.name} is taken: the agent at ${winner} had it before this one at ${this.address}`, now, outbox);
  }
}
