// The one dispatcher: inputs in, effects out, time passed in. It owns this node's life: nothing is said before the
// incarnation is on disk (R14), a life that others declared over is followed by the next one, a leave or stop is told
// before the process ends. What members say is talk.ts, the way in admission.ts, what is believed roster.ts.

import { Admission, type Offer } from './admission.ts';
import { assert, assertNever } from './assert.ts';
import type { CommandResult, DurableState, ExitReason, Outbox } from './effect.ts';
import { type Address, type ClusterId, INCARNATION_MAX, type Incarnation, incarnation, type NodeId, type RunNonce } from './ids.ts';
import type { Command, Input } from './input.ts';
import { Directory, NONE } from './membership/index.ts';
import type { Envelope, Facts } from './message.ts';
import { Random } from './random.ts';
import { Roster } from './roster.ts';
import { Self } from './self.ts';
import { Talk } from './talk.ts';
import { at, type MonotonicMs, NEVER } from './time.ts';
import { PROFILES, type ProfileName, type Timings } from './timings.ts';
import type { MemberCounts, MemberView, NodeView, Problem, Standing } from './view.ts';
import { Voice } from './voice.ts';

export interface NodeOptions {
  readonly id: NodeId;
  readonly storeId: string;
  /** Of this run, drawn at its start. */
  readonly nonce: RunNonce;
  /** What this run is to live as: at a first start the wall clock's milliseconds, else the persisted one + 1. */
  readonly incarnation: Incarnation;
  readonly bornIncarnation: Incarnation;
  readonly clusterName: string;
  /** Null: it has to join first. */
  readonly clusterId: ClusterId | null;
  readonly profile: ProfileName;
  readonly facts: Facts;
  readonly seeds: readonly string[];
  /** From the cache file: where peers were before the restart. */
  readonly knownPeers: readonly Address[];
  readonly writeCount: number;
  /** Seeds the node's own chance. */
  readonly randomSeed: number;
  /** Given, it is shared by many nodes of one process (the simulator): what they hold of the same members is held once. */
  readonly directory?: Directory;
}

export interface Node extends NodeView {
  step(input: Input, now: MonotonicMs, outbox: Outbox): void;
  nextWakeupMs(): MonotonicMs;
  /** For tests and the simulator: throws when something inside does not fit together. */
  checkInvariants(): void;
}

export function createNode(options: NodeOptions, now: MonotonicMs): Node {
  return new MemberNode(options, now);
}

/** What the node does once its write is durable. */
type Intent =
  | { readonly kind: 'first-life' }
  | { readonly kind: 'enter'; readonly offer: Offer }
  | { readonly kind: 'next-life' }
  | { readonly kind: 'end'; readonly state: 'left' | 'stopped'; readonly ticket: number };

/** The last words: how often they are still said, and what then. */
interface Farewell {
  left: number;
  nextAt: MonotonicMs;
  readonly exit: ExitReason;
  readonly message: string;
  readonly ticket: number | null;
}

/** Tellings of one's own end before the process goes; one more costs a fifth of a heartbeat. */
const FAREWELLS = 4;
/** In heartbeats. */
const KNOCK_EVERY = 10;
const REMEMBER_EVERY = 60;
const REMEMBERED_PEERS = 16;

class MemberNode implements Node {
  readonly clusterName: string;
  readonly #options: NodeOptions;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #talk: Talk;
  readonly #admission: Admission;
  readonly #random: Random;
  readonly #refusals = new Map<string, number>();
  #timings: Timings;
  #standing: Standing = 'joining';
  #incarnation: Incarnation;
  #clusterId: ClusterId | null;
  #writeCount: number;
  #write: { readonly ticket: number; readonly intent: Intent } | null = null;
  #nextTicket = 1;
  #hasStarted = false;
  /** Its incarnation is on disk and it belongs to a cluster: it may speak. */
  #isMember = false;
  #wasSuperseded = false;
  #wakeAt: MonotonicMs = NEVER;
  #knockAt: MonotonicMs = NEVER;
  #sweepAt: MonotonicMs = NEVER;
  #rememberAt: MonotonicMs = NEVER;
  #farewell: Farewell | null = null;

  constructor(options: NodeOptions, now: MonotonicMs) {
    this.#options = options;
    this.clusterName = options.clusterName;
    this.#timings = PROFILES[options.profile];
    this.#random = new Random(options.randomSeed);
    this.#incarnation = options.incarnation;
    this.#clusterId = options.clusterId;
    this.#writeCount = options.writeCount;
    const refuse = (reason: string): void => {
      this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    };
    this.#self = new Self(options.id, options.nonce, options.bornIncarnation, options.incarnation, options.facts, now);
    this.#roster = new Roster(options.directory ?? new Directory(), options.id, this.#timings, now, refuse);
    this.#voice = new Voice(this.#self);
    this.#talk = new Talk(this.#self, this.#roster, this.#voice, this.#timings, this.#random, now, refuse, this.#outlived);
    this.#admission = new Admission(
      this.#self,
      this.#roster,
      this.#voice,
      this.#talk,
      options.clusterName,
      this.#timings,
      this.#random,
      now,
      options.seeds,
      options.knownPeers,
    );
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

  get standing(): Standing {
    return this.#standing;
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

  counts(now: MonotonicMs): MemberCounts {
    return this.#isMember ? this.#roster.counts(now) : { alive: 0, suspect: 0, failed: 0, left: 0, stopped: 0 };
  }

  members(now: MonotonicMs): MemberView[] {
    return this.#isMember ? this.#roster.members(now, this.#talk.rttOf) : [];
  }

  member(name: string, now: MonotonicMs): MemberView | null {
    const slot = this.#isMember ? this.#roster.slotByName(name, now) : NONE;
    return slot === NONE ? null : this.#roster.view(slot, now, this.#talk.rttOf);
  }

  problems(): Problem[] {
    const problems = this.#admission.problems();
    if (this.#options.profile !== this.#timings.profile) {
      problems.push({
        code: 'profile-differs',
        message: `the cluster runs with profile ${this.#timings.profile}; --profile ${this.#options.profile} is not used here`,
        hint: `a cluster's timings are set when it is created; start this agent with --profile ${this.#timings.profile}`,
      });
    }
    return problems;
  }

  nextWakeupMs(): MonotonicMs {
    return this.#wakeAt;
  }

  checkInvariants(): void {
    if (this.#isMember) this.#roster.checkInvariants();
    assert(this.#voice.openExchanges <= 64, 'exchanges are bounded');
    assert(this.#refusals.size <= 64, 'reasons of refusal are a closed set');
  }

  // ── stepping ──

  step(input: Input, now: MonotonicMs, outbox: Outbox): void {
    if (this.#standing === 'left') return;
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      this.#save({ kind: 'first-life' }, outbox);
    } else if (this.#isMember) {
      // R15: a gap of this process is not a silence of the others.
      if (now - this.#wakeAt > Math.max(this.#timings.lagMs, this.#timings.heartbeatMs)) this.#roster.resume(now);
      this.#roster.advance(now);
    }
    this.#take(input, now, outbox);
    if (this.#roster.nameLostTo !== NONE && this.#farewell === null) this.#yieldName(now, outbox);
    this.#wakeAt = this.#nextAt(now);
  }

  #take(input: Input, now: MonotonicMs, outbox: Outbox): void {
    switch (input.kind) {
      case 'tick':
        return this.#tick(now, outbox);
      case 'datagram':
        if (this.#isMember) this.#talk.hear(input.from, input.envelope, now, outbox);
        return;
      case 'asked':
        return this.#asked(input.exchange, input.envelope, now, outbox);
      case 'answered':
        return this.#answered(input.exchange, input.envelope, now, outbox);
      case 'unanswered': {
        const purpose = this.#voice.close(input.exchange);
        if (purpose !== null) this.#admission.unanswered(purpose, input.reason, now);
        this.#decide(now, outbox);
        return;
      }
      case 'persisted':
        return this.#persisted(input.ticket, now, outbox);
      case 'persist-failed':
        outbox.push({ kind: 'exit', reason: 'storage', message: `the state could not be written: ${input.reason}` });
        this.#standing = 'left';
        return;
      case 'resolved':
        return this.#admission.resolved(input.seed, input.addresses, input.problem, now, outbox);
      case 'command':
        return this.#command(input.ticket, input.command, now, outbox);
      default:
        assertNever(input);
    }
  }

  #tick(now: MonotonicMs, outbox: Outbox): void {
    if (this.#farewell !== null) return this.#sayFarewell(this.#farewell, now, outbox);
    if (this.#write?.intent.kind !== 'first-life') this.#admission.tick(now, outbox);
    this.#decide(now, outbox);
    if (!this.#isMember) return;
    this.#talk.tick(now, outbox);
    const { heartbeatMs } = this.#timings;
    if (now >= this.#knockAt) {
      this.#knockAt = at(now + KNOCK_EVERY * heartbeatMs * this.#random.between(0.75, 1.25));
      this.#talk.knock(now, outbox);
    }
    if (now >= this.#sweepAt) {
      this.#sweepAt = at(now + 2 * this.#timings.failMs);
      const { table } = this.#roster;
      this.#roster.sweep(now, (slot) => this.#admission.seeds.rememberLost(table.factsOf(slot).address));
    }
    if (now >= this.#rememberAt) {
      this.#rememberAt = at(now + REMEMBER_EVERY * heartbeatMs);
      this.#rememberPeers(outbox);
    }
  }

  #nextAt(now: MonotonicMs): MonotonicMs {
    if (this.#farewell !== null) return this.#farewell.nextAt;
    const admissionAt = this.#write?.intent.kind === 'first-life' ? NEVER : this.#admission.nextAt;
    if (!this.#isMember) return at(Math.max(now, admissionAt));
    return at(Math.max(now, Math.min(admissionAt, this.#talk.nextAt, this.#knockAt, this.#sweepAt, this.#rememberAt)));
  }

  // ── lives ──

  #save(intent: Intent, outbox: Outbox): void {
    const ticket = this.#nextTicket++;
    this.#write = { ticket, intent };
    this.#writeCount += 1;
    const state: DurableState = {
      id: this.#self.id,
      storeId: this.#options.storeId,
      clusterName: this.#options.clusterName,
      clusterId: this.#clusterId,
      profile: this.#timings.profile,
      incarnation: this.#incarnation,
      bornIncarnation: this.#options.bornIncarnation,
      isClean: intent.kind === 'end',
      writeCount: this.#writeCount,
    };
    outbox.push({ kind: 'persist', ticket, state });
  }

  #persisted(ticket: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.#write?.ticket !== ticket) return;
    const { intent } = this.#write;
    this.#write = null;
    switch (intent.kind) {
      case 'first-life':
        if (this.#clusterId !== null) this.#begin(now, outbox);
        this.#admission.tick(now, outbox);
        return;
      case 'enter':
        this.#begin(now, outbox);
        this.#talk.believeList(intent.offer.welcome.entries, now, outbox);
        return;
      case 'next-life':
        this.#begin(now, outbox);
        return;
      case 'end':
        if (this.#isMember) this.#roster.endSelf(intent.state, now, outbox);
        this.#bidFarewell(intent.state, intent.state === 'left' ? 'left the cluster' : 'stopped', intent.ticket, now, outbox);
        return;
      default:
        assertNever(intent);
    }
  }

  /** A life begins: its incarnation is durable. */
  #begin(now: MonotonicMs, outbox: Outbox): void {
    const { clusterId } = this;
    assert(this.#clusterId !== null, 'a life needs a cluster');
    this.#self.begin(this.#clusterId, this.#incarnation, now);
    if (clusterId === null) {
      this.#isMember = true;
      this.#knockAt = at(now + KNOCK_EVERY * this.#timings.heartbeatMs * this.#random.unit());
      this.#sweepAt = at(now + 2 * this.#timings.failMs);
      this.#rememberAt = at(now + 2 * this.#timings.heartbeatMs);
    }
    this.#roster.putSelf(this.#self.entry(), now, outbox);
    this.#talk.expedite(now);
  }

  /** R1: a higher life of this id elsewhere is yielded to, but once known + 1 is taken; a life that was declared ended is followed by the next. */
  readonly #outlived = (kind: 'superseded' | 'ended', above: Incarnation, _now: MonotonicMs, outbox: Outbox): void => {
    if (this.#write !== null || this.#farewell !== null) return;
    const wasSuperseded = this.#wasSuperseded;
    if (kind === 'superseded') {
      this.#wasSuperseded = true;
      if (wasSuperseded) {
        const message = `another process lives as this agent's id ${this.id} with incarnation ${above} (this one: ${this.incarnation}): is its state directory copied to two hosts?`;
        outbox.push({ kind: 'exit', reason: 'superseded', message });
        this.#standing = 'left';
        return;
      }
    }
    const next = Math.max(above, this.#incarnation) + 1;
    if (next > INCARNATION_MAX) return;
    this.#incarnation = incarnation(next);
    this.#save({ kind: 'next-life' }, outbox);
  };

  #decide(now: MonotonicMs, outbox: Outbox): void {
    if (this.#write !== null || this.#self.clusterId !== null) return;
    const outcome = this.#admission.decide(now);
    if (outcome === null) return;
    if (outcome.kind === 'two') {
      const named = outcome.offers.map((offer) => `${offer.at} answers for cluster ${offer.welcome.clusterId}`).join(', ');
      outbox.push({ kind: 'exit', reason: 'two-clusters', message: `the seeds belong to different clusters: ${named}` });
      this.#standing = 'left';
      return;
    }
    const { welcome } = outcome.offer;
    this.#clusterId = welcome.clusterId;
    this.#timings = PROFILES[welcome.profile];
    this.#roster.retime(this.#timings, now);
    this.#talk.retime(this.#timings);
    this.#admission.retime(this.#timings);
    this.#save({ kind: 'enter', offer: outcome.offer }, outbox);
  }

  // ── ending ──

  #end(state: 'left' | 'stopped', ticket: number, outbox: Outbox): void {
    this.#standing = 'leaving';
    this.#save({ kind: 'end', state, ticket }, outbox);
  }

  #yieldName(now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const winner = table.factsOf(this.#roster.nameLostTo).address;
    this.#standing = 'leaving';
    this.#roster.endSelf('left', now, outbox);
    const message = `the name ${this.name} is taken: the agent at ${winner} had it before this one at ${this.address}`;
    this.#bidFarewell('name-clash', message, null, now, outbox);
  }

  #bidFarewell(exit: ExitReason, message: string, ticket: number | null, now: MonotonicMs, outbox: Outbox): void {
    const isAlone = !this.#isMember || this.#roster.table.aliveCount === 0;
    this.#farewell = { left: isAlone ? 0 : FAREWELLS, nextAt: now, exit, message, ticket };
    this.#sayFarewell(this.#farewell, now, outbox);
  }

  #sayFarewell(farewell: Farewell, now: MonotonicMs, outbox: Outbox): void {
    if (now < farewell.nextAt) return;
    if (farewell.left > 0) {
      farewell.left -= 1;
      this.#roster.rumours.addOnce(this.#roster.table.selfSlot);
      this.#talk.flush(now, outbox);
      farewell.nextAt = at(now + this.#timings.heartbeatMs / 5);
      return;
    }
    this.#standing = 'left';
    if (farewell.ticket !== null) this.#answer(farewell.ticket, { kind: 'done' }, outbox);
    outbox.push({ kind: 'exit', reason: farewell.exit, message: farewell.message });
  }

  // ── streams ──

  #asked(exchange: number, envelope: Envelope, now: MonotonicMs, outbox: Outbox): void {
    const { message } = envelope;
    if (this.#farewell !== null) return;
    if (message.kind === 'join') return this.#admission.answerJoin(exchange, message, now, outbox);
    if (message.kind !== 'sync') return this.#refuse('datagram-message-in-stream');
    if (this.#isMember && envelope.sender.lo === this.#self.tag.lo && envelope.sender.hi === this.#self.tag.hi) {
      return this.#voice.reply(exchange, { kind: 'refused', reason: 'self', detail: '' }, now, outbox);
    }
    if (this.#isMember && this.#isDeafTo(envelope)) return this.#refuse('dev-partition');
    this.#talk.answerSync(exchange, message, now, outbox);
  }

  #answered(exchange: number, envelope: Envelope, now: MonotonicMs, outbox: Outbox): void {
    const purpose = this.#voice.close(exchange);
    if (purpose === null) return this.#refuse('answer-to-nothing');
    const { message } = envelope;
    if (message.kind !== 'welcome' && message.kind !== 'sync-reply' && message.kind !== 'refused') {
      this.#admission.unanswered(purpose, `answered with "${message.kind}"`, now);
      return this.#refuse('answer-of-wrong-kind');
    }
    if (message.kind === 'sync-reply') {
      if (!this.#isMember || message.clusterId !== this.#self.clusterId) return this.#refuse('foreign-cluster');
      if (this.#isDeafTo(envelope)) return this.#refuse('dev-partition');
      this.#talk.hearSyncReply(purpose.at, message.entries, message.wanted, now, outbox);
    }
    this.#admission.answered(purpose, message, outbox, now);
    this.#decide(now, outbox);
  }

  // ── commands ──

  #command(ticket: number, command: Command, now: MonotonicMs, outbox: Outbox): void {
    if (this.#standing === 'leaving')
      return this.#answer(ticket, { kind: 'refused', code: 'leaving', message: 'this agent is leaving' }, outbox);
    switch (command.kind) {
      case 'join':
        return this.#admission.join(ticket, command.seeds, now, outbox);
      case 'leave':
        return this.#end('left', ticket, outbox);
      case 'stop':
        return this.#end('stopped', ticket, outbox);
      case 'forget':
        return this.#answer(ticket, this.#forget(command.name, now, outbox), outbox);
      case 'set-tags':
        this.#self.changeFacts({ tags: command.tags });
        return this.#changed(ticket, now, outbox);
      case 'set-address':
        this.#self.changeFacts({ address: command.address });
        return this.#changed(ticket, now, outbox);
      case 'partition':
        return this.#answer(ticket, this.#partition(command.dropIn, command.dropOut, now), outbox);
      default:
        assertNever(command);
    }
  }

  #changed(ticket: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.#isMember) {
      this.#roster.putSelf(this.#self.entry(), now, outbox);
      this.#talk.expedite(now);
    }
    this.#answer(ticket, { kind: 'done' }, outbox);
  }

  #forget(name: string, now: MonotonicMs, outbox: Outbox): CommandResult {
    const slot = this.#isMember ? this.#roster.slotByName(name, now) : NONE;
    if (slot === NONE) return { kind: 'refused', code: 'no-such-member', message: `no member is named ${name}` };
    if (slot === this.#roster.table.selfSlot) return { kind: 'refused', code: 'is-self', message: `${name} is this agent: use leave` };
    if (this.#roster.table.isAlive(slot))
      return {
        kind: 'refused',
        code: 'member-alive',
        message: `${name} is alive: only a member that failed, left or stopped can be forgotten`,
      };
    this.#roster.forget(slot, now, outbox);
    this.#talk.expedite(now);
    return { kind: 'done' };
  }

  #partition(dropIn: readonly string[], dropOut: readonly string[], now: MonotonicMs): CommandResult {
    const { table } = this.#roster;
    const slots = (names: readonly string[]): number[] => names.map((name) => (this.#isMember ? this.#roster.slotByName(name, now) : NONE));
    const inSlots = slots(dropIn);
    const outSlots = slots(dropOut);
    const unknown = [...dropIn, ...dropOut].filter((_, i) => [...inSlots, ...outSlots][i] === NONE);
    if (unknown.length > 0) return { kind: 'refused', code: 'no-such-member', message: `no member is named ${unknown.join(', ')}` };
    this.#talk.deafTo(new Set(inSlots));
    this.#voice.muteTo(new Set(outSlots.map((slot) => table.factsOf(slot).address)));
    return { kind: 'done' };
  }

  #isDeafTo(envelope: Envelope): boolean {
    const slot = this.#roster.table.slotOfTag(envelope.sender);
    return slot !== NONE && this.#talk.isDeafTo(slot);
  }

  #rememberPeers(outbox: Outbox): void {
    const { table } = this.#roster;
    const addresses: Address[] = [];
    for (let slot = 0; slot < table.slotLimit && addresses.length < REMEMBERED_PEERS; slot++) {
      if (slot !== table.selfSlot && table.isConfirmed(slot)) addresses.push(table.factsOf(slot).address);
    }
    if (addresses.length > 0) outbox.push({ kind: 'remember-peers', addresses });
  }

  #answer(ticket: number, result: CommandResult, outbox: Outbox): void {
    outbox.push({ kind: 'command-result', ticket, result });
  }

  #refuse(reason: string): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }
}
