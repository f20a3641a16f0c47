// A voter's part in deciding the record: answering for its acceptor, and proposing what agenda.ts wants (R3, R9, R10).
// Every word of the acceptor leaves only once it is on disk (R14). Messages are idempotent and are said again until answered.

import type { Outbox } from '../effect.ts';
import type { Address, NodeId } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import { type Accept, type Accepted, LIMITS, type Nack, type Prepare, type Promised } from '../message.ts';
import type { Random } from '../random.ts';
import { Attempt, type Ballot, type Condemned, compareBallots } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import { chooseChange, hasWish } from './agenda.ts';
import type { Chain } from './chain.ts';
import { addressesOf, someLiving } from './choosing.ts';
import type { Keeper } from './keeper.ts';
import type { Ledger } from './ledger.ts';
import type { Outlook } from './outlook.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import { VainPolls } from './vain-polls.ts';
import type { Voice } from './voice.ts';

type Said = Prepare | Promised | Nack | Accept | Accepted;

const RANK_MS = 100;
const SPREAD_TO = 3;
const AGREEMENTS_ENOUGH = 6;
/** What is not answered is said so often a heartbeat; once each it also goes through others, voters or not (L1). */
const SAYINGS = 4;
const DETOUR_AT = 2;
/** How long it is tried to bring a majority behind a ballot, at first, in heartbeats; so often this may double. */
const ATTEMPT = 3;
const FAILURES_MAX = 2;
/** After so many heartbeats a value that was accepted but not heard of again is finished by whoever notices (L5). */
const STUCK_AFTER = 3;

export class Council {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  readonly #keeper: Keeper;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #outlook: Outlook;
  readonly #storeId: string;
  readonly #isCleared: () => boolean;
  #timings: Timings;
  #attempt: Attempt | null = null;
  #attemptUntil: MonotonicMs = NEVER;
  #saidTimes = 0;
  #sayAt: MonotonicMs = NEVER;
  #wishSince: MonotonicMs | null = null;
  #notBefore: MonotonicMs = at(0);
  /** Attempts in a row that came to nothing. */
  #failures = 0;
  #deferUntil: MonotonicMs = at(0);
  #lookAt: MonotonicMs;
  #looksWithBeat = false;
  #highestRound = 0;
  #sequence = 0;
  #acceptedSince: MonotonicMs | null = null;
  #spreadLeft = 0;
  /** Packets in a row whose senders hold the present record. */
  #agreements = 0;
  #spreadAt: MonotonicMs = NEVER;
  readonly #updatedAt = new Map<NodeId, number>();
  readonly #vain = new VainPolls();

  constructor(
    self: Self,
    roster: Roster,
    voice: Voice,
    chain: Chain,
    keeper: Keeper,
    ledger: Ledger,
    timings: Timings,
    random: Random,
    storeId: string,
    now: MonotonicMs,
    outlook: Outlook,
    isCleared: () => boolean,
  ) {
    this.#isCleared = isCleared;
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
    this.#keeper = keeper;
    this.#ledger = ledger;
    this.#timings = timings;
    this.#random = random;
    this.#storeId = storeId;
    this.#outlook = outlook;
    this.#lookAt = now;
  }

  get nextAt(): MonotonicMs {
    return at(Math.min(this.#lookAt, this.#sayAt, this.#spreadAt));
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  /** R15: what was idle while this process stood still says nothing. */
  pause(now: MonotonicMs): void {
    this.#notBefore = at(now + this.#timings.heartbeatMs * 2);
    this.#attempt = null;
    this.#sayAt = NEVER;
  }

  /** Look again now: something that may call for a change has happened. */
  look(now: MonotonicMs): void {
    this.#lookAt = now;
  }

  /** This node has just beaten. */
  beaten(now: MonotonicMs): void {
    if (this.#looksWithBeat) this.#lookAt = now;
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    if (now >= this.#spreadAt) this.#spread(now, outbox);
    if (this.#attempt !== null && now >= this.#sayAt) this.#sayAgain(this.#attempt, now, outbox);
    if (now < this.#lookAt) return;
    this.#looksWithBeat = false;
    this.#lookAt = this.#chain.isVoter ? at(now + this.#timings.heartbeatMs / SAYINGS) : NEVER;
    if (this.#lookAt !== NEVER && this.#attempt === null) this.#consider(now, outbox);
  }

  adopted(now: MonotonicMs): void {
    this.#attempt = null;
    this.#sayAt = NEVER;
    this.#wishSince = null;
    this.#acceptedSince = null;
    this.#failures = 0;
    this.#deferUntil = at(0);
    this.#lookAt = now;
    this.#spreadLeft = 4 * Math.ceil(Math.log10(this.#roster.table.aliveCount + 1));
    this.#agreements = 0;
    this.#spreadAt = now;
  }

  // ── hearing ──

  /** `via`: whoever passed it on; the answer goes back the same way. */
  hear(from: NodeId, message: Said, via: Address | null, now: MonotonicMs, outbox: Outbox): void {
    if ('ballot' in message) this.#highestRound = Math.max(this.#highestRound, message.ballot.round);
    switch (message.kind) {
      case 'prepare':
        return this.#onPrepare(from, message, via, now, outbox);
      case 'accept':
        return this.#onAccept(from, message, via, now, outbox);
      case 'promise':
        return this.#onPromise(from, message, now, outbox);
      case 'accepted':
        return this.#onAccepted(from, message, now, outbox);
      case 'nack':
        this.#highestRound = Math.max(this.#highestRound, message.promised.round);
        if (this.#isOurs(message.version, message.ballot)) this.#giveUp(now);
        return;
    }
  }

  /** What is known wherever one looks needs no more spreading; whoever was missed shows it in its next packet. */
  hearVersion(version: number): void {
    if (this.#spreadAt === NEVER) return;
    this.#agreements = version < this.#chain.version ? 0 : this.#agreements + 1;
    if (this.#agreements >= AGREEMENTS_ENOUGH) this.#spreadLeft = 0;
  }

  /** Somebody is behind: a voter tells what it lacks, at most once a heartbeat to each. */
  update(slot: number, version: number, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const deltas = this.#chain.deltasAfter(version, now);
    if (deltas === null) return;
    const id = table.directory.idAt(slot);
    if (now - (this.#updatedAt.get(id) ?? Number.NEGATIVE_INFINITY) < this.#timings.heartbeatMs / 2) return;
    if (this.#updatedAt.size > 256) this.#updatedAt.clear();
    this.#updatedAt.set(id, now);
    this.#voice.datagram([table.factsOf(slot).address], deltas, now, outbox);
  }

  // ── the acceptor's side ──

  #mayVote(): boolean {
    const { record } = this.#chain;
    return this.#isCleared() && (record?.voters ?? []).some((voter) => voter.id === this.#self.id && voter.storeId === this.#storeId);
  }

  #onPrepare(from: NodeId, { version, ballot, suspects }: Prepare, via: Address | null, now: MonotonicMs, outbox: Outbox): void {
    if (!this.#mayVote()) return;
    const isRepeated = this.#isSame(this.#chain.acceptor.state.promised, ballot);
    const prepared = this.#chain.acceptor.prepare(version, ballot);
    if (prepared.kind === 'ignored') return;
    if (prepared.kind === 'nack') return this.#say(from, { kind: 'nack', version, ballot, promised: prepared.promised }, via, now, outbox);
    // Who has failed itself lets the other try.
    if (from !== this.#self.id && !isRepeated && this.#failures > 0) this.#deferUntil = at(now + this.#attemptMs());
    this.#ledger.write(outbox, (later, box) => {
      const idleMs = suspects.map((suspect) => Math.floor(this.#keeper.acker.witness.idleMs(suspect.id, suspect.incarnation, later)));
      const dwellLeftMs = Math.ceil(this.#chain.dwellLeftMs(later));
      this.#answer(
        from,
        { kind: 'promise', version, ballot, accepted: prepared.accepted, dwellLeftMs, idleMs },
        via,
        isRepeated,
        later,
        box,
      );
    });
  }

  #onAccept(from: NodeId, { version, ballot, change }: Accept, via: Address | null, now: MonotonicMs, outbox: Outbox): void {
    const { record, acceptor } = this.#chain;
    if (!this.#mayVote() || record === null || this.#chain.newest !== record) return;
    const isRepeated = this.#isSame(acceptor.state.accepted?.ballot ?? null, ballot);
    const verdict = acceptor.accept(record, version, ballot, change, this.#chain.dwellLeftMs(now) <= 0);
    if (verdict.kind === 'ignored') return;
    if (verdict.kind === 'nack') return this.#say(from, { kind: 'nack', version, ballot, promised: verdict.promised }, via, now, outbox);
    this.#acceptedSince ??= now;
    this.#ledger.write(outbox, (later, box) => {
      const idleMs = change.condemn.map((entry) => Math.floor(this.#keeper.acker.witness.idleMs(entry.id, entry.incarnation, later)));
      this.#answer(from, { kind: 'accepted', version, ballot, idleMs }, via, isRepeated, later, box);
    });
  }

  // ── the proposer's side ──

  #consider(now: MonotonicMs, outbox: Outbox): void {
    const { record, acceptor } = this.#chain;
    if (record === null || !this.#mayVote() || now < this.#notBefore || this.#chain.newest !== record) return;
    const situation = this.#outlook.situation(now);
    const isStuck =
      acceptor.state.accepted !== null &&
      this.#acceptedSince !== null &&
      now - this.#acceptedSince > STUCK_AFTER * this.#timings.heartbeatMs;
    const isResting = situation !== null && now < this.#vain.restUntil(situation.silent);
    if (situation === null || (!isStuck && !hasWish(isResting ? { ...situation, silent: [] } : situation))) {
      this.#wishSince = null;
      // Nothing to wish for: then with the beats, for which this node wakes up anyway, and when somebody falls silent.
      this.#looksWithBeat = situation !== null;
      this.#lookAt = at(situation === null ? now + this.#timings.heartbeatMs : Math.max(now + 1, this.#outlook.silentAt));
      return;
    }
    this.#wishSince ??= now;
    const readyAt = situation.silent.length > 0 ? this.#outlook.gatheredAt(this.#wishSince, situation) : this.#wishSince;
    const startAt = Math.max(this.#deferUntil, readyAt + this.#rank() * RANK_MS);
    if (now < startAt) {
      this.#lookAt = at(Math.min(this.#lookAt, startAt));
      return;
    }
    this.#begin(record.version + 1, situation.silent, now, outbox);
  }

  #begin(version: number, suspects: readonly Condemned[], now: MonotonicMs, outbox: Outbox): void {
    const voters = this.#chain.record?.voters.map((voter) => voter.id) ?? [];
    this.#highestRound = Math.max(this.#highestRound, this.#chain.acceptor.state.promised?.round ?? 0) + 1;
    this.#sequence += 1;
    const ballot: Ballot = { round: this.#highestRound, id: this.#self.id, incarnation: this.#self.incarnation, sequence: this.#sequence };
    this.#attempt = new Attempt(version, ballot, voters, someOf(suspects, this.#sequence));
    this.#attemptUntil = at(now + this.#attemptMs());
    this.#saidTimes = 0;
    this.#sayAgain(this.#attempt, now, outbox);
  }

  #sayAgain(attempt: Attempt, now: MonotonicMs, outbox: Outbox): void {
    if (attempt.phase === 'given-up') return this.#rest(now);
    if (now >= this.#attemptUntil) return this.#giveUp(now);
    const { version, ballot, suspects, change } = attempt;
    const message: Said =
      attempt.phase === 'accepting' && change !== null
        ? { kind: 'accept', version, ballot, change }
        : { kind: 'prepare', version, ballot, suspects };
    const isDetour = this.#saidTimes % SAYINGS === DETOUR_AT;
    this.#saidTimes += 1;
    this.#sayAt = at(now + Math.max(20, this.#timings.heartbeatMs / SAYINGS));
    for (const id of attempt.missing) {
      this.#say(id, message, null, now, outbox);
      if (isDetour && id !== this.#self.id) this.#keeper.relays.flood(id, message, now, outbox);
    }
  }

  #onPromise(from: NodeId, message: Promised, now: MonotonicMs, outbox: Outbox): void {
    const attempt = this.#attempt;
    if (attempt === null || !this.#isOurs(message.version, message.ballot)) return;
    const isDecided = attempt.hearPromise(from, message, (poll) => {
      const situation = this.#outlook.situation(now);
      return situation === null ? null : chooseChange(situation, poll);
    });
    if (!isDecided) return;
    if (attempt.phase === 'given-up') {
      if (attempt.suspects.length > 0) this.#vain.note(attempt.suspects, this.#timings.heartbeatMs, now);
      return this.#rest(now);
    }
    this.#saidTimes = 0;
    this.#sayAgain(attempt, now, outbox);
  }

  #onAccepted(from: NodeId, message: Accepted, now: MonotonicMs, outbox: Outbox): void {
    const attempt = this.#attempt;
    if (attempt === null || !this.#isOurs(message.version, message.ballot)) return;
    if (!attempt.hearAccepted(from, message.idleMs, now) || attempt.change === null) return;
    const { change, version } = attempt;
    this.#attempt = null;
    this.#sayAt = NEVER;
    const waitMs = (condemned: Condemned): number => attempt.waitMs(change.condemn.indexOf(condemned), this.#timings.failMs, now);
    this.#chain.learn(version, change, waitMs, true, now, outbox);
  }

  /** Longer after each failure: where a disk is slow, two that always take over from each other would decide nothing. */
  #attemptMs(): number {
    return ATTEMPT * this.#timings.heartbeatMs * 2 ** this.#failures;
  }

  /** It was refused, or found no majority in time. */
  #giveUp(now: MonotonicMs): void {
    this.#failures = Math.min(FAILURES_MAX, this.#failures + 1);
    this.#rest(now);
  }

  /** The poll has shown that there is nothing to decide, which is no failure. */
  #rest(now: MonotonicMs): void {
    this.#attempt = null;
    this.#sayAt = NEVER;
    this.#wishSince = null;
    this.#lookAt = at(now + this.#timings.heartbeatMs * this.#random.between(0.3, 1) + this.#rank() * RANK_MS);
  }

  #isOurs(version: number, ballot: Ballot): boolean {
    const attempt = this.#attempt;
    return attempt !== null && attempt.version === version && compareBallots(attempt.ballot, ballot) === 0;
  }

  /** This voter's place among those that nobody suspects here: the first goes at once. */
  #rank(): number {
    const { table } = this.#roster;
    let rank = 0;
    for (const { id } of this.#chain.record?.voters ?? []) {
      if (id === this.#self.id) return rank;
      const slot = table.slotOf(id);
      if (slot !== NONE && table.isConfirmed(slot) && !table.isSuspect(slot) && !table.silent.has(slot)) rank += 1;
    }
    return rank;
  }

  // ── saying ──

  /** Who asks again did not hear the answer: it goes by other ways too (L1). */
  #answer(to: NodeId, message: Said, via: Address | null, isRepeated: boolean, now: MonotonicMs, outbox: Outbox): void {
    this.#say(to, message, via, now, outbox);
    if (isRepeated && to !== this.#self.id) this.#keeper.relays.flood(to, message, now, outbox);
  }

  #isSame(known: Ballot | null, ballot: Ballot): boolean {
    return known !== null && compareBallots(known, ballot) === 0;
  }

  #say(to: NodeId, message: Said, via: Address | null, now: MonotonicMs, outbox: Outbox): void {
    if (to === this.#self.id) return this.hear(to, message, null, now, outbox);
    const slot = this.#roster.table.slotOf(to);
    if (via !== null) this.#keeper.relays.sendBack(via, to, message, now, outbox);
    else if (slot !== NONE) this.#voice.datagram([this.#roster.table.factsOf(slot).address], message, now, outbox);
  }

  /** A new record spreads at once to the voters, then on to some members a few times (R9). */
  #spread(now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const deltas = this.#chain.deltasAfter(this.#chain.version - 1, now);
    if (deltas === null || this.#spreadLeft <= 0) {
      this.#spreadAt = NEVER;
      return;
    }
    this.#spreadLeft -= 1;
    this.#spreadAt = at(now + Math.min(200, this.#timings.heartbeatMs * 0.4));
    const to = new Set<Address>(someLiving(table, SPREAD_TO, this.#random));
    // The voters tell each other; everyone else tells some.
    if (this.#chain.isVoter) for (const voter of addressesOf(table, this.#chain.voterIds)) to.add(voter);
    this.#voice.datagram([...to], deltas, now, outbox);
  }
}

/** As many as one poll holds; others with each attempt, so that those whom the poll clears keep nobody from being asked about. */
function someOf(suspects: readonly Condemned[], sequence: number): readonly Condemned[] {
  const { length } = suspects;
  if (length <= LIMITS.changeEntriesMax) return suspects;
  const start = (sequence * LIMITS.changeEntriesMax) % length;
  return [...suspects.slice(start), ...suspects.slice(0, start)].slice(0, LIMITS.changeEntriesMax);
}
