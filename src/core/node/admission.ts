// The way in: seeds are resolved and asked until a cluster answers, and again for ever after, so that islands merge.
// A node without a cluster may only ask to join (R1); joining never creates one. Answers for two clusters are a mistake
// of the operator that no rule can mend: the agent says both and ends.

import type { CommandResult, Outbox } from '../effect.ts';
import { sameTag } from '../hash.ts';
import type { Address, ClusterId } from '../ids.ts';
import { LIMITS, type Message, type Refused, type Vote, type Welcome } from '../message.ts';
import type { Random } from '../random.ts';
import type { ClusterRecord } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Problem } from '../view.ts';
import { type Difficulty, inWords, whatToDo } from './difficulty.ts';
import type { Founding } from './founding.ts';
import type { Roster } from './roster.ts';
import { SeedBook } from './seeds.ts';
import type { Self } from './self.ts';
import type { Talk } from './talk.ts';
import type { Purpose, Voice } from './voice.ts';

/** After a first welcome, how long seeds that have not answered yet may still name another cluster. */
const SECOND_THOUGHTS_MS = 300;
const JOIN_COMMAND_MS = 5000;
/** Seeds and lost members are looked after this much more rarely once peers are known. */
const RARELY = 60;
const LOST_PER_TRY = 2;
/** Difficulties named in one sentence. */
const TOLD_MAX = 8;

export interface Offer {
  readonly welcome: Welcome;
  readonly at: Address;
}

export type Outcome = { readonly kind: 'one'; readonly offer: Offer } | { readonly kind: 'two'; readonly offers: readonly Offer[] };

interface JoinCommand {
  readonly ticket: number;
  readonly seeds: readonly string[];
  readonly untilAt: MonotonicMs;
}

export class Admission {
  readonly seeds: SeedBook;
  /** With `--expect`, until there is a cluster. */
  readonly founding: Founding | null;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #talk: Talk;
  readonly #clusterName: string;
  readonly #recordOf: () => ClusterRecord | null;
  readonly #offers = new Map<ClusterId, Offer>();
  #timings: Timings;
  /** Doors knocked at for which the answer is still out: a seed with a crowd before it is not asked again by each of them. */
  readonly #knocking = new Set<string>();
  #decideAt: MonotonicMs = NEVER;
  #hasDecided = false;
  #commands: JoinCommand[] = [];
  #foreign: { readonly at: Address; readonly cluster: string } | null = null;

  constructor(
    self: Self,
    roster: Roster,
    voice: Voice,
    talk: Talk,
    clusterName: string,
    timings: Timings,
    random: Random,
    now: MonotonicMs,
    seeds: readonly string[],
    lost: readonly Address[],
    recordOf: () => ClusterRecord | null,
    founding: Founding | null,
  ) {
    this.#recordOf = recordOf;
    this.founding = founding;
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#talk = talk;
    this.#clusterName = clusterName;
    this.#timings = timings;
    this.seeds = new SeedBook(random, now, seeds, lost);
  }

  get nextAt(): MonotonicMs {
    const commandAt = this.#commands[0]?.untilAt ?? NEVER;
    const tryAt = this.seeds.isEmpty ? NEVER : this.seeds.tryAt;
    return at(Math.min(tryAt, this.#decideAt, commandAt));
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    if (!this.seeds.isEmpty && now >= this.seeds.tryAt) this.#try(now, outbox);
    while (this.#commands.length > 0 && now >= this.#commands[0]!.untilAt) {
      const { ticket, seeds } = this.#commands.shift()!;
      const why = told(this.seeds.problemsOf(seeds));
      this.#answer(
        ticket,
        {
          kind: 'refused',
          code: 'unreachable',
          message: `${seeds.join(', ')} did not answer within ${JOIN_COMMAND_MS} ms (${why || 'no reply'}); the agent keeps trying`,
        },
        outbox,
      );
    }
  }

  /** Tried at the next tick. */
  join(ticket: number, seeds: readonly string[], now: MonotonicMs, outbox: Outbox): void {
    if (new Set([...this.seeds.seeds, ...seeds]).size > LIMITS.seedsMax) {
      const message = `this agent has ${this.seeds.seeds.length} seeds, ${LIMITS.seedsMax} are the most; start it again with those that are needed`;
      return this.#answer(ticket, { kind: 'refused', code: 'invalid', message }, outbox);
    }
    this.seeds.add(seeds);
    this.seeds.tryNow(now);
    this.#commands.push({ ticket, seeds, untilAt: at(now + JOIN_COMMAND_MS) });
  }

  resolved(seed: string, addresses: readonly Address[], problem: string | null, now: MonotonicMs, outbox: Outbox): void {
    if (problem !== null) return this.seeds.noteProblem(seed, { kind: 'lookup', problem });
    this.seeds.lookedUp(seed, addresses);
    const doors = this.seeds.doors(addresses).filter((door) => door !== this.#self.facts.address);
    if (doors.length === 0 && addresses.length > 0) this.seeds.noteProblem(seed, { kind: 'itself' });
    for (const door of doors) this.#knock(door, seed, now, outbox);
  }

  /** The answer to a `join` or to a `sync` with a seed. */
  answered(purpose: Purpose, message: Message, outbox: Outbox, now: MonotonicMs): void {
    if (purpose.kind === 'join') this.#knocking.delete(doorOf(purpose));
    if (message.kind === 'refused') this.#refused(purpose, message, outbox);
    else {
      this.seeds.noteSuccess(purpose.at);
      this.seeds.forgetLost(purpose.at);
      this.#succeed(purpose, outbox);
      if (message.kind === 'vote') this.founding?.hear(message, now, outbox);
      // Who has a cluster was not asking to be let in, whatever it is told.
      if (message.kind === 'welcome' && !this.#hasDecided && this.#self.clusterId === null) {
        if (!this.#offers.has(message.clusterId)) this.#offers.set(message.clusterId, { welcome: message, at: purpose.at });
        if (this.#decideAt === NEVER) this.#decideAt = at(now + SECOND_THOUGHTS_MS);
      }
    }
    if (this.#knocking.size === 0 && this.#offers.size > 0 && !this.#hasDecided) this.#decideAt = now;
  }

  unanswered(purpose: Purpose, reason: string, now: MonotonicMs): void {
    if (purpose.kind === 'join') this.#knocking.delete(doorOf(purpose));
    // A question to a member has its own occasions; only who is sought is told of.
    if (this.seeds.isSought(purpose.at)) this.seeds.noteProblem(purpose.at, { kind: 'unanswered', reason });
    if (this.#knocking.size === 0 && this.#offers.size > 0 && !this.#hasDecided) this.#decideAt = now;
  }

  /** The cluster was founded: nothing that is offered counts any more. */
  close(): void {
    this.#hasDecided = true;
    this.#decideAt = NEVER;
    this.#offers.clear();
  }

  /** Not null once it is time to decide for what was offered. */
  decide(now: MonotonicMs): Outcome | null {
    if (now < this.#decideAt) return null;
    this.#decideAt = NEVER;
    this.#hasDecided = true;
    const offers = [...this.#offers.values()];
    this.#offers.clear();
    if (offers.length > 1) return { kind: 'two', offers };
    return offers[0] === undefined ? null : { kind: 'one', offer: offers[0] };
  }

  /** From one that founds with others: who has a record answers with it, another founder with what it has seen. */
  answerVote(exchange: number, message: Vote, now: MonotonicMs, outbox: Outbox): void {
    if (this.#recordOf() !== null && this.#self.clusterId !== null) {
      return this.answerJoin(exchange, { kind: 'join', clusterName: this.#clusterName, entry: message.entry }, now, outbox);
    }
    if (message.entry.id === this.#self.id)
      return this.#voice.reply(exchange, { kind: 'refused', reason: 'self', detail: '' }, now, outbox);
    if (this.founding === null) return this.#voice.reply(exchange, { kind: 'refused', reason: 'no-cluster', detail: '' }, now, outbox);
    const isOnOurTerms = this.founding.hear(message, now, outbox);
    const answer: Message = isOnOurTerms ? this.founding.message() : { kind: 'refused', reason: 'cluster-name', detail: this.#clusterName };
    this.#voice.reply(exchange, answer, now, outbox);
  }

  answerJoin(exchange: number, message: Extract<Message, { kind: 'join' }>, now: MonotonicMs, outbox: Outbox): void {
    const cluster = this.#self.clusterId;
    const refuse = (reason: Refused['reason'], detail: string): void =>
      this.#voice.reply(exchange, { kind: 'refused', reason, detail }, now, outbox);
    // A copy of this state directory is let in: there it learns that its id is taken.
    if (message.entry.id === this.#self.id && sameTag(message.entry.tag, this.#self.joinTag)) return refuse('self', '');
    if (message.clusterName !== this.#clusterName) return refuse('cluster-name', this.#clusterName);
    const record = this.#recordOf();
    if (cluster === null || record === null) return refuse('no-cluster', '');
    const welcome: Welcome = { kind: 'welcome', clusterId: cluster, record, entries: this.#talk.reconciler.wholeList(now) };
    this.#voice.reply(exchange, welcome, now, outbox);
  }

  problems(): Problem[] {
    const problems: Problem[] = this.#self.clusterId === null ? (this.founding?.problems() ?? []) : [];
    const { seeds } = this.seeds;
    const sought = [...this.seeds.problems];
    const difficulties = sought.map(([, difficulty]) => difficulty);
    if (this.#self.clusterId === null && this.founding === null && seeds.length > 0) {
      problems.push({
        code: 'waiting-for-seeds',
        message: `no seed has let this agent in yet (${told(sought) || 'no answer so far'})`,
        hint: whatToDo(difficulties, seeds),
      });
    } else if (difficulties.some(({ kind }) => kind !== 'itself') && this.#roster.table.confirmedCount === 1) {
      problems.push({ code: 'alone', message: `no other member is known (${told(sought)})`, hint: whatToDo(difficulties, seeds) });
    }
    if (this.#foreign !== null) {
      problems.push({
        code: 'seed-in-other-cluster',
        message: `${this.#foreign.at} belongs to another cluster (${this.#foreign.cluster}); this agent belongs to ${this.#self.clusterId}`,
        hint: 'two clusters never merge: remove the seed here, or stop the agent on one side, delete its state directory and start it with --join',
      });
    }
    return problems;
  }

  #try(now: MonotonicMs, outbox: Outbox): void {
    const { heartbeatMs } = this.#timings;
    const hasPeers = this.#self.clusterId !== null && this.#roster.table.confirmedCount > 1;
    if (hasPeers) this.seeds.schedule(now, RARELY * heartbeatMs, RARELY * heartbeatMs);
    else this.seeds.schedule(now, heartbeatMs, 10 * heartbeatMs);
    for (const seed of this.seeds.seeds) outbox.push({ kind: 'resolve', seed });
    for (const lost of this.seeds.takeLost(LOST_PER_TRY)) this.#knock(lost, null, now, outbox);
  }

  #knock(door: Address, seed: string | null, now: MonotonicMs, outbox: Outbox): void {
    if (door === this.#self.facts.address) return;
    if (this.#self.clusterId !== null) {
      if (!this.#isMemberAt(door)) {
        this.#talk.reconciler.syncWith(door, seed, now, outbox);
        // Another founder may still lack the vote that completed the cluster here.
        if (this.founding !== null) this.#voice.ask({ kind: 'sync', at: door, seed }, this.founding.message(), now, outbox);
      } else {
        this.seeds.noteSuccess(door);
        this.#succeed({ kind: 'sync', at: door, seed }, outbox);
      }
      return;
    }
    const purpose = { kind: 'join', at: door, seed } as const;
    if (this.#knocking.has(doorOf(purpose))) return;
    const question: Message = this.founding?.message() ?? { kind: 'join', clusterName: this.#clusterName, entry: this.#self.entry() };
    if (this.#voice.ask(purpose, question, now, outbox)) this.#knocking.add(doorOf(purpose));
  }

  #isMemberAt(door: Address): boolean {
    const { table } = this.#roster;
    for (let slot = 0; slot < table.slotLimit; slot++) if (table.isConfirmed(slot) && table.addressOf(slot) === door) return true;
    return false;
  }

  #refused(purpose: Purpose, refused: Refused, outbox: Outbox): void {
    switch (refused.reason) {
      case 'self':
        this.seeds.markOwn(purpose.at);
        this.seeds.noteSuccess(purpose.at);
        return;
      case 'no-cluster':
        this.seeds.noteProblem(purpose.at, { kind: 'no-cluster' });
        return;
      case 'cluster-name':
        this.seeds.noteProblem(purpose.at, { kind: 'cluster-name', theirs: refused.detail, ours: this.#clusterName });
        return;
      case 'other-cluster':
        this.seeds.noteProblem(purpose.at, { kind: 'other-cluster', clusterId: refused.detail });
        this.#foreign = { at: purpose.at, cluster: refused.detail };
        this.#finish(
          purpose,
          {
            kind: 'refused',
            code: 'other-cluster',
            message: `${purpose.at} belongs to another cluster, ${refused.detail}; clusters never merge`,
          },
          outbox,
        );
        return;
    }
  }

  #succeed(purpose: Purpose, outbox: Outbox): void {
    if (this.#foreign?.at === purpose.at) this.#foreign = null;
    this.#finish(purpose, { kind: 'done' }, outbox);
  }

  #finish(purpose: Purpose, result: CommandResult, outbox: Outbox): void {
    const { seed } = purpose;
    if (seed === null) return;
    const waiting: JoinCommand[] = [];
    for (const command of this.#commands) {
      if (command.seeds.includes(seed)) this.#answer(command.ticket, result, outbox);
      else waiting.push(command);
    }
    this.#commands = waiting;
  }

  #answer(ticket: number, result: CommandResult, outbox: Outbox): void {
    outbox.push({ kind: 'command-result', ticket, result });
  }
}

function doorOf({ at, seed }: Purpose): string {
  return `${at} ${seed ?? ''}`;
}

function told(difficulties: readonly (readonly [where: string, difficulty: Difficulty])[]): string {
  return difficulties
    .slice(0, TOLD_MAX)
    .map(([where, difficulty]) => `${where}: ${inWords(difficulty)}`)
    .join('; ');
}
