// This node's life: its beginning, its lease held or lost, its fence, its end (R6, R7, R13, R14). A life is one incarnation and
// one uninterrupted lease. Nothing is said in its name before its number is on disk; once lost, its children are stopped, and
// only when they are dead does the next one begin. What the record says is government.ts's.

import { assert } from '../assert.ts';
import type { CommandResult, DurableState, ExitReason, Outbox } from '../effect.ts';
import { StandingMachine } from '../fence/index.ts';
import { type ClusterId, INCARNATION_MAX, type Incarnation, incarnation, type NodeId } from '../ids.ts';
import type { ClusterRecord } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { FenceReason, FenceView } from '../view.ts';
import { type Departure, departure, leaveRefusal, walkOut } from './departure.ts';
import { Farewell } from './farewell.ts';
import type { Government } from './government.ts';
import { Ledger } from './ledger.ts';
import type { NodeOptions } from './node-options.ts';
import type { LifeFacts } from './outlook.ts';
import { recoveredRecord, recoveryRefusal } from './recovery.ts';
import { copied, Rivals, ROLLED_BACK } from './rivals.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import { snapshotOf } from './snapshot.ts';
import type { Talk } from './talk.ts';

export interface LifeParts {
  readonly options: NodeOptions;
  readonly self: Self;
  readonly roster: Roster;
  readonly talk: () => Talk;
  readonly government: () => Government;
  readonly timings: () => Timings;
  readonly vote: () => readonly NodeId[] | null;
}

export class Life {
  readonly ledger: Ledger;
  readonly #parts: LifeParts;
  readonly #standing: StandingMachine;
  #clusterId: ClusterId | null;
  #incarnation: Incarnation;
  #isOnDisk = false;
  /** R13: until then orphans of the life before may still run. */
  #silentUntil: MonotonicMs = at(Number.NEGATIVE_INFINITY);
  #hasBegun = false;
  #isBeginning = false;
  #isClean = false;
  readonly #rivals: Rivals;
  #hasResigned = false;
  #wasUnseated = false;
  #departure: Departure | null = null;
  #farewell: Farewell | null = null;
  #exitAfterFence: { readonly reason: ExitReason; readonly message: string } | null = null;
  #recovered: { readonly cluster: ClusterId; readonly record: ClusterRecord } | null = null;
  /** A fence that waits for its record on disk before it is told. */
  #untold: string | null = null;
  /** What this life ran has been told to end, and is not known to be dead. */
  #areDying = false;
  #isRenouncing = false;
  #isOver = false;

  constructor(parts: LifeParts, now: MonotonicMs) {
    const { options } = parts;
    this.#parts = parts;
    this.#clusterId = options.clusterId;
    this.#incarnation = options.incarnation;
    this.#rivals = new Rivals(options.incarnation);
    const last = options.lastFence;
    this.#standing = new StandingMachine(last === null ? null : { since: now, reason: last.reason, message: last.message, evidence: [] });
    this.ledger = new Ledger(options.writeCount, (writeCount) => this.#snapshot(writeCount));
  }

  // ── reading ──

  get standing(): StandingMachine {
    return this.#standing;
  }

  get shown(): StandingMachine['shown'] {
    return this.#isOver ? 'left' : this.#departure !== null || this.#farewell !== null ? 'leaving' : this.#standing.shown;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get isOnDisk(): boolean {
    return this.#isOnDisk;
  }

  get isDeparting(): boolean {
    return this.#departure !== null;
  }

  /** Its last words, or the write before an end without any. */
  get isSayingFarewell(): boolean {
    return this.#farewell !== null || this.#isRenouncing;
  }

  get hasCluster(): boolean {
    return this.#clusterId !== null;
  }

  /** How long it still has to be silent (R13). */
  silentMs(now: MonotonicMs): number {
    return this.#hasBegun ? 0 : Math.max(0, this.#silentUntil - now);
  }

  facts(): LifeFacts {
    return {
      quorateSince: this.#standing.quorateSince(),
      mayLead: this.#standing.isQuorate && this.#departure === null && !this.#hasResigned && this.#parts.options.canLead,
      hasResigned: this.#hasResigned,
      isLeaving: this.#departure !== null,
      canVote: this.#parts.options.facts.meta.canVote && this.#departure === null && !this.#wasUnseated,
    };
  }

  /** R10: quorate, named, and not resigned; for this very instant. */
  isLeading(isLeaseHeld: boolean): boolean {
    return isLeaseHeld && this.#standing.isQuorate && !this.#hasResigned && this.#parts.government().isNamedLeader();
  }

  nextAt(): MonotonicMs {
    if (this.#farewell !== null) return this.#farewell.nextAt;
    if (this.#isRenouncing) return NEVER;
    if (!this.#hasBegun && this.#isOnDisk && this.#clusterId !== null && !this.#isBeginning) return this.#silentUntil;
    return this.#departure?.phase === 'leadership' ? this.#departure.until : NEVER;
  }

  // ── beginning ──

  start(now: MonotonicMs, outbox: Outbox): void {
    if (this.#parts.options.mustStaySilent) this.#silentUntil = at(now + this.#parts.timings().failMs);
    this.ledger.write(outbox, () => {
      this.#isOnDisk = true;
    });
  }

  /** The cluster let this node in: on disk with its record and this incarnation, in one write, before the first heartbeat (R14). */
  enter(cluster: ClusterId, outbox: Outbox, then: (now: MonotonicMs, outbox: Outbox) => void, learn: () => void): void {
    assert(this.#clusterId === null, 'a node enters one cluster');
    this.#clusterId = cluster;
    this.#isBeginning = true;
    this.ledger.together(outbox, () => {
      this.ledger.write(outbox, (later, box) => {
        this.#isBeginning = false;
        this.#begin(later, box);
        then(later, box);
      });
      learn();
    });
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    if (this.#isOver || this.#isRenouncing) return;
    if (this.#farewell !== null) return this.#sayFarewell(this.#farewell, now, outbox);
    if (!this.#hasBegun && this.#isOnDisk && this.#clusterId !== null && !this.#isBeginning && now >= this.#silentUntil)
      this.#begin(now, outbox);
    if (this.#departure !== null) this.#depart(this.#departure, now, outbox);
  }

  #begin(now: MonotonicMs, outbox: Outbox): void {
    const { self, roster, talk, government } = this.#parts;
    assert(this.#clusterId !== null, 'a life needs a cluster');
    self.begin(this.#clusterId, this.#incarnation, now);
    roster.advance(now);
    this.#hasBegun = true;
    this.#hasResigned = false;
    roster.putSelf(self.entry(), now, outbox);
    government().keeper.begin(now);
    talk().expedite(now);
  }

  #nextLife(outbox: Outbox): void {
    const next = this.#rivals.after(this.#incarnation);
    if (next > INCARNATION_MAX || this.#isBeginning) return;
    this.#incarnation = incarnation(next);
    this.#isBeginning = true;
    this.#parts.government().keeper.silence();
    this.ledger.write(outbox, (later, box) => {
      this.#isBeginning = false;
      // Who says farewell meanwhile does not come back to life in it.
      if (this.#farewell !== null) return;
      this.#standing.endFence();
      this.#begin(later, box);
    });
  }

  // ── the lease ──

  /** R6: before any packet or timer is applied, the lapse is judged at its arrival. */
  judgeLapse(remainingMs: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.#standing.isQuorate && remainingMs <= 0)
      this.fence('lease-lapsed', 'a majority of the voters has not acknowledged this agent in time', now, outbox);
  }

  /** After everything of a step: the first majority of this life makes it quorate. */
  judgeGain(remainingMs: number, now: MonotonicMs, outbox: Outbox): void {
    const isLiving = this.#hasBegun && !this.#isBeginning && this.#departure === null;
    if (!isLiving || this.#standing.isQuorate || this.#standing.isFencing || remainingMs <= 0) return;
    if (this.#parts.government().isCondemnedSelf()) return;
    this.#standing.becomeQuorate(now);
    this.#rivals.wasQuorate();
    this.#tell('quorate', 'a majority of the voters acknowledges this agent', outbox);
    this.#parts.government().council.look(now);
  }

  /** R7: the state flips first, then children are stopped; why is on disk before hooks hear of it. */
  fence(reason: FenceReason, message: string, now: MonotonicMs, outbox: Outbox): void {
    if (!this.#standing.isQuorate) return;
    const government = this.#parts.government();
    const evidence: FenceView['evidence'] =
      government.view(now, now)?.voters.map(({ name, ackAgeMs }) => ({ voter: name, ackAgeMs })) ?? [];
    this.#standing.beginFence(reason, message, evidence, now);
    government.keeper.silence();
    this.#stopWorkloads(outbox);
    const fenced = this.#incarnation;
    this.#untold = message;
    this.ledger.write(outbox, (_later, box) => this.#tell('fenced', message, box, fenced));
  }

  workloadsEnded(of: Incarnation, areDead: boolean, now: MonotonicMs, outbox: Outbox): void {
    if (of !== this.#incarnation) return;
    if (!areDead) {
      if (!this.#standing.isFencing || this.#standing.shown === 'fence-failed') return;
      this.#standing.failFence();
      return this.#tell('fence-failed', 'a supervised process could not be confirmed dead', outbox);
    }
    this.#areDying = false;
    if (this.#exitAfterFence !== null) return this.#endAs(this.#exitAfterFence, outbox);
    if (this.#departure?.phase === 'workloads') this.#departure.phase = 'leadership';
    // One that leaves still has a vote to give back, and a life that has ended is heard by nobody.
    if (this.#standing.isFencing && this.#departure?.kind !== 'stopped') this.#nextLife(outbox);
    if (this.#departure !== null) this.#depart(this.#departure, now, outbox);
  }

  /** R11: an operator took its vote; growth does not give it back, only another wish or another run does. */
  seated(isVoterNow: boolean, wasVoter: boolean): void {
    if (isVoterNow) this.#wasUnseated = false;
    else if (wasVoter) this.#wasUnseated = true;
  }

  /** The record condemns this life. */
  condemned(now: MonotonicMs, outbox: Outbox): void {
    this.fence('condemned', 'the majority condemned this agent: it had not been heard in time', now, outbox);
    if (!this.#standing.isFencing && this.#hasBegun) this.#nextLife(outbox);
  }

  /** R1: a higher life of this id elsewhere, or this one declared ended by the list. */
  outlived(kind: 'superseded' | 'ended', above: Incarnation, now: MonotonicMs, outbox: Outbox): void {
    if (this.#isBeginning || this.#farewell !== null || this.#isRenouncing || this.#isOver) return;
    this.#rivals.toldOf(above);
    // Over already; the next life begins above whatever is told meanwhile.
    if (this.#standing.isFencing) return;
    if (kind === 'superseded') {
      const message = copied(this.#parts.self.id, above, this.#incarnation);
      if (this.#rivals.mustYield(above, this.#incarnation, this.#parts.government().chain.isVoter)) {
        this.#exitAfterFence ??= { reason: 'superseded', message };
        if (!this.#standing.isQuorate) return this.#endAs(this.#exitAfterFence, outbox);
      }
      if (this.#standing.isQuorate) return this.fence('superseded', message, now, outbox);
    }
    if (this.#standing.isQuorate) return this.fence('condemned', 'the majority declared this life of the agent over', now, outbox);
    this.#nextLife(outbox);
  }

  /** R14: others remember more of this node than its own disk: it must not go on under this id. True once nothing else is to be done. */
  rolledBack(now: MonotonicMs, outbox: Outbox): boolean {
    if (this.#exitAfterFence === null && !this.#isOver) {
      this.#exitAfterFence = { reason: 'rolled-back', message: ROLLED_BACK };
      if (this.#standing.isQuorate) this.fence('superseded', ROLLED_BACK, now, outbox);
      else if (!this.#standing.isFencing) this.#endAs(this.#exitAfterFence, outbox);
    }
    return this.#isOver || this.#isRenouncing;
  }

  /** R14: another lives as this id, or others remember more of it: what its disk holds must never vote again, and is told so. */
  #endAs({ reason, message }: { readonly reason: ExitReason; readonly message: string }, outbox: Outbox): void {
    if (reason === 'storage') return this.exit(reason, message, outbox);
    if (this.#isRenouncing) return;
    this.#isRenouncing = true;
    this.#parts.government().keeper.silence();
    this.#parts.government().recall.renounce();
    this.ledger.renounce();
    this.ledger.write(outbox, (_later, box) => this.exit(reason, message, box));
  }

  storageFailed(reason: string, now: MonotonicMs, outbox: Outbox): void {
    const message = `the state could not be written: ${reason}`;
    // R14: no vote, no act without a disk. No fence record can be written either, so hooks hear of the fence at once.
    if (this.#standing.isQuorate) {
      this.#stopWorkloads(outbox);
      this.#standing.beginFence('storage', message, [], now);
      this.#parts.government().keeper.silence();
      this.#untold = message;
    }
    if (this.#untold !== null) this.#tell('fenced', this.#untold, outbox);
    if (!this.#areDying) return this.exit('storage', message, outbox);
    this.#exitAfterFence = { reason: 'storage', message };
  }

  // ── departing (R11) ──

  /** Refused with the reason when the rest could not go on; null when it has begun. */
  leave(ticket: number, now: MonotonicMs, outbox: Outbox): CommandResult | null {
    const refusal = leaveRefusal(this.#parts.self.id, this.#standing.isQuorate, this.#parts.roster, this.#parts.government());
    if (refusal === null) this.#setOut(departure('left', ticket, this.#parts.timings(), now), outbox);
    return refusal;
  }

  stop(ticket: number, now: MonotonicMs, outbox: Outbox): void {
    this.#setOut(departure('stopped', ticket, this.#parts.timings(), now), outbox);
  }

  /** The name was lost: leaves without asking, and waits for nothing but its workloads: others act on `left` at once (R9). */
  yieldName(message: string, now: MonotonicMs, outbox: Outbox): void {
    if (this.#farewell !== null || this.#isRenouncing || this.#isOver) return;
    this.#setOut({ kind: 'left', ticket: null, exit: 'name-clash', message, phase: 'workloads', until: now }, outbox);
  }

  #setOut(of: Departure, outbox: Outbox): void {
    this.#departure = of;
    this.#stopWorkloads(outbox);
  }

  #depart(of: Departure, now: MonotonicMs, outbox: Outbox): void {
    const resign = (): void => {
      this.#hasResigned = true;
    };
    const isReady = walkOut(of, this.#parts.self.id, this.#standing.isQuorate, this.#hasResigned, this.#parts.government(), now, resign);
    if (isReady) this.#say(of, outbox);
  }

  #say(departure: Departure, outbox: Outbox): void {
    this.#isClean = true;
    this.ledger.write(outbox, (later, box) => {
      // Given up, not lost: an end by one's own will is no fence.
      this.#standing.end();
      this.#parts.government().keeper.silence();
      if (this.#hasBegun) this.#parts.roster.endSelf(departure.kind, later, box);
      this.#bidFarewell(departure.exit, departure.message, departure.ticket, later, box);
    });
  }

  #bidFarewell(exit: ExitReason, message: string, ticket: number | null, now: MonotonicMs, outbox: Outbox): void {
    const isHeard = this.#hasBegun && this.#parts.roster.table.aliveCount > 0;
    this.#farewell = new Farewell(exit, message, ticket, isHeard, now);
    this.#sayFarewell(this.#farewell, now, outbox);
  }

  #sayFarewell(farewell: Farewell, now: MonotonicMs, outbox: Outbox): void {
    if (!farewell.say(this.#parts.roster, this.#parts.talk(), this.#parts.timings(), now, outbox)) return;
    this.exit(farewell.exit, farewell.message, outbox);
  }

  #stopWorkloads(outbox: Outbox): void {
    const { stopMs } = this.#parts.timings();
    this.#areDying = true;
    outbox.push({ kind: 'stop-workloads', incarnation: this.#incarnation, deadMs: stopMs, scope: 'all' });
  }

  /** The process is to end; nothing follows. */
  exit(reason: ExitReason, message: string, outbox: Outbox): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#standing.end();
    outbox.push({ kind: 'exit', reason, message });
  }

  #tell(type: 'quorate' | 'fenced' | 'fence-failed', reason: string, outbox: Outbox, of: Incarnation = this.#incarnation): void {
    if (type === 'fenced') this.#untold = null;
    outbox.push({ kind: 'event', event: { type, member: this.#parts.self.facts.name, incarnation: of, reason } });
  }

  #snapshot(writeCount: number): DurableState {
    const lived = { clusterId: this.#clusterId, incarnation: this.#incarnation, isClean: this.#isClean, recovered: this.#recovered };
    return snapshotOf(this.#parts, { ...lived, standing: this.#standing }, writeCount);
  }

  /** R12: the majority is lost for good; a new cluster of this node alone, at its next start. */
  recover(cluster: ClusterId, ticket: number, now: MonotonicMs, outbox: Outbox): CommandResult | null {
    const { options, self, government } = this.#parts;
    const { record } = government().chain;
    const refusal = recoveryRefusal(record, this.#standing, this.#hasBegun);
    if (record === null || refusal !== null) return refusal;
    this.#recovered = { cluster, record: recoveredRecord(record, self.id, options.storeId) };
    // On its way out: no majority that comes back meanwhile makes it quorate any more.
    const message = 'recovered as a new cluster; start the agent again';
    this.#departure = { kind: 'stopped', ticket, exit: 'stopped', message, phase: 'saying', until: now };
    this.#isClean = true;
    this.ledger.write(outbox, (later, box) => this.#bidFarewell('stopped', message, ticket, later, box));
    return null;
  }
}
