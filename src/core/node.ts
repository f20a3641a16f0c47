// The one dispatcher: inputs in, effects out, time passed in. It owns this node's life: nothing is said before the
// incarnation is on disk (R14), a life that others declared over is followed by the next one, a leave or stop is told
// before the process ends. What members say is talk.ts, the way in admission.ts, what is believed roster.ts.

import { assert, assertNever } from './assert.ts';
import type { CommandResult, DurableState, ExitReason, Outbox } from './effect.ts';
import { type Address, type ClusterId, INCARNATION_MAX, type Incarnation, incarnation, type NodeId } from './ids.ts';
import type { Command, Input } from './input.ts';
import { Directory, NONE } from './membership/index.ts';
import { Admission, type Offer } from './node/admission.ts';
import { Farewell } from './node/farewell.ts';
import type { NodeOptions } from './node/node-options.ts';
import { Operator } from './node/operator.ts';
import { Roster } from './node/roster.ts';
import { Self } from './node/self.ts';
import { Streams } from './node/streams.ts';
import { Talk } from './node/talk.ts';
import { Upkeep } from './node/upkeep.ts';
import { Voice } from './node/voice.ts';
import { Random } from './random.ts';
import { at, type MonotonicMs, NEVER } from './time.ts';
import { PROFILES, type Timings } from './timings.ts';
import type { MemberCounts, MemberView, NodeView, Problem, Standing } from './view.ts';

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
  readonly #refusals = new Map<string, number>();
  #timings: Timings;
  #standing: Standing = 'joining';
  #incarnation: Incarnation;
  #clusterId: ClusterId | null;
  #writeCount: number;
  #write: { readonly ticket: number; readonly intent: Intent } | null = null;
  #nextTicket = 1;
  #hasStarted = false;
  #wasSuperseded = false;
  #wakeAt: MonotonicMs = NEVER;
  #farewell: Farewell | null = null;

  constructor(options: NodeOptions, now: MonotonicMs) {
    this.#options = options;
    this.clusterName = options.clusterName;
    this.#timings = PROFILES[options.profile];
    const random = new Random(options.randomSeed);
    this.#incarnation = options.incarnation;
    this.#clusterId = options.clusterId;
    this.#writeCount = options.writeCount;
    const refuse = (reason: string): void => {
      this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    };
    this.#self = new Self(options.id, options.nonce, options.bornIncarnation, options.incarnation, options.facts, now);
    this.#roster = new Roster(options.directory ?? new Directory(), options.id, this.#timings, now, refuse);
    this.#voice = new Voice(this.#self);
    this.#talk = new Talk(this.#self, this.#roster, this.#voice, this.#timings, random, now, refuse, this.#outlived);
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
    );
    this.#streams = new Streams(this.#self, this.#voice, this.#talk, this.#admission, refuse);
    this.#operator = new Operator(this.#self, this.#roster, this.#talk, this.#voice);
    this.#upkeep = new Upkeep(this.#roster, this.#talk, this.#admission.seeds, this.#timings, random);
  }

  /** Its incarnation is on disk and it belongs to a cluster: it may speak. */
  get #isMember(): boolean {
    return this.#self.clusterId !== null;
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
    return this.#isMember ? this.#roster.showing.counts(now) : { alive: 0, suspect: 0, failed: 0, left: 0, stopped: 0 };
  }

  members(now: MonotonicMs): MemberView[] {
    return this.#isMember ? this.#roster.showing.members(now, this.#talk.rttOf) : [];
  }

  member(name: string, now: MonotonicMs): MemberView | null {
    const slot = this.#isMember ? this.#roster.showing.slotByName(name, now) : NONE;
    return slot === NONE ? null : this.#roster.showing.view(slot, now, this.#talk.rttOf);
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
        if (this.#farewell === null) this.#streams.asked(input.exchange, input.envelope, now, outbox);
        return;
      case 'answered':
        this.#streams.answered(input.exchange, input.envelope, now, outbox);
        return this.#decide(now, outbox);
      case 'unanswered':
        this.#streams.unanswered(input.exchange, input.reason, now);
        return this.#decide(now, outbox);
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
    this.#upkeep.tick(now, outbox);
  }

  #nextAt(now: MonotonicMs): MonotonicMs {
    if (this.#farewell !== null) return this.#farewell.nextAt;
    const admissionAt = this.#write?.intent.kind === 'first-life' ? NEVER : this.#admission.nextAt;
    if (!this.#isMember) return at(Math.max(now, admissionAt));
    return at(Math.max(now, Math.min(admissionAt, this.#talk.nextAt, this.#upkeep.nextAt)));
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
      this.#upkeep.begin(now);
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
    this.#upkeep.retime(this.#timings);
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
    const isHeard = this.#isMember && this.#roster.table.aliveCount > 0;
    this.#farewell = new Farewell(exit, message, ticket, isHeard, now);
    this.#sayFarewell(this.#farewell, now, outbox);
  }

  #sayFarewell(farewell: Farewell, now: MonotonicMs, outbox: Outbox): void {
    if (!farewell.say(this.#roster, this.#talk, this.#timings, now, outbox)) return;
    this.#standing = 'left';
    if (farewell.ticket !== null) this.#answer(farewell.ticket, { kind: 'done' }, outbox);
    outbox.push({ kind: 'exit', reason: farewell.exit, message: farewell.message });
  }

  // ── commands ──

  #command(ticket: number, command: Command, now: MonotonicMs, outbox: Outbox): void {
    if (this.#standing === 'leaving')
      return this.#answer(ticket, { kind: 'refused', code: 'leaving', message: 'this agent is leaving' }, outbox);
    switch (command.kind) {
      case 'join':
        this.#admission.join(ticket, command.seeds, now);
        // Not before the first life is on disk (R14): then it is ticked anyhow.
        if (this.#write?.intent.kind !== 'first-life') this.#admission.tick(now, outbox);
        return;
      case 'leave':
        return this.#end('left', ticket, outbox);
      case 'stop':
        return this.#end('stopped', ticket, outbox);
      case 'forget':
      case 'set-tags':
      case 'set-address':
      case 'partition':
        return this.#answer(ticket, this.#operator.obey(command, this.#isMember, now, outbox), outbox);
      default:
        assertNever(command);
    }
  }

  #answer(ticket: number, result: CommandResult, outbox: Outbox): void {
    outbox.push({ kind: 'command-result', ticket, result });
  }
}
