// What one voter sees when it asks itself what the record should say next: who is silent, who is gone, who could vote, whether the
// leader's end may be acted upon. Reads only; what is wished for is agenda.ts, what may be decided record/.

import type { NodeId } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import { LIMITS } from '../message.ts';
import { type ClusterRecord, type Condemned, isCondemned, isVoter } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Situation } from './agenda.ts';
import type { Announcer } from './announcer.ts';
import type { Chain } from './chain.ts';
import type { Keeper } from './keeper.ts';
import { condemnAfterMs, slowestBeatMs } from './pace.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Wishes } from './wishes.ts';

/**
 * The silent are gathered, so that a mass failure becomes one change (R9): for most of what T_condemn lies before T_fail, which has to be
 * waited for anyway; and on for a suspect that can have died in the same instant, it having beaten just before and they just after, until
 * the other voters miss it too.
 */
const GATHER_SHARE = 3 / 4;
const GATHER_SLACK_MS = 100;

/** What the node's life tells of itself when it is asked. */
export interface LifeFacts {
  /** Quorate without a break since; null when not quorate. */
  readonly quorateSince: MonotonicMs | null;
  readonly mayLead: boolean;
  readonly hasResigned: boolean;
  readonly isLeaving: boolean;
  readonly canVote: boolean;
}

export class Outlook {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #chain: Chain;
  readonly #keeper: Keeper;
  readonly #announcer: Announcer;
  readonly #life: () => LifeFacts;
  readonly #wishes: Wishes;
  #timings: Timings;
  readonly #goneSince = new Map<NodeId, number>();
  #silentAt: MonotonicMs = NEVER;
  /** When the latest of the silent fell silent, and when the next suspect will. */
  #lastSilentAt: MonotonicMs = NEVER;
  #nextSilentAt: MonotonicMs = NEVER;

  constructor(
    self: Self,
    roster: Roster,
    chain: Chain,
    keeper: Keeper,
    announcer: Announcer,
    timings: Timings,
    life: () => LifeFacts,
    wishes: Wishes,
  ) {
    this.#self = self;
    this.#roster = roster;
    this.#chain = chain;
    this.#keeper = keeper;
    this.#announcer = announcer;
    this.#life = life;
    this.#wishes = wishes;
    this.#timings = timings;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  /** When the next member falls silent that is not so yet, unless it is heard; as of the last situation. */
  get silentAt(): MonotonicMs {
    return this.#silentAt;
  }

  /** When those silent since `since` are gathered; as of the last situation, which is this one. */
  gatheredAt(since: MonotonicMs, situation: Situation): MonotonicMs {
    const spareMs = this.#timings.failMs - this.#timings.condemnMs;
    const enoughAt = since + GATHER_SHARE * spareMs;
    if (isUrgent(situation)) return at(enoughAt);
    // Whoever is silent for longer than that was waited for already, at an attempt that came to nothing.
    const fellowsUntil = Math.min(since, this.#lastSilentAt) + slowestBeatMs(this.#timings, this.#roster.table.aliveCount) + spareMs;
    const fellowAt = this.#nextSilentAt <= fellowsUntil ? this.#nextSilentAt : Math.min(this.#lastSilentAt, fellowsUntil);
    return at(Math.max(enoughAt, fellowAt + GATHER_SLACK_MS));
  }

  isNamedLeader(): boolean {
    const leader = this.#chain.record?.leader ?? null;
    return leader !== null && leader.id === this.#self.id && leader.incarnation === this.#self.incarnation;
  }

  /** Null for one that may not propose: it has no record, or is not quorate. */
  situation(now: MonotonicMs): Situation | null {
    const { record } = this.#chain;
    const life = this.#life();
    if (record === null || life.quorateSince === null) return null;
    return {
      record,
      self: this.#self.id,
      timings: this.#timings,
      condemnAfterMs: this.#condemnAfterMs,
      silent: this.#silent(record, now),
      isLeaderGone: this.#isLeaderGone(record),
      mayLead: life.mayLead && isVoter(record, this.#self.id) ? { incarnation: this.#self.incarnation } : null,
      hasResigned: life.hasResigned && this.isNamedLeader(),
      candidates: this.#candidates(record),
      gone: this.#gone(record, now),
      wanted: this.#wishes.wanted(now),
      reapable: this.#reapable(record, now),
      storeIdOf: (id) => this.#storeIdOf(id),
      isLive: (id) => this.#isLive(id, now),
      zoneOf: (id) => this.#zoneOf(id),
    };
  }

  get #condemnAfterMs(): number {
    return condemnAfterMs(this.#timings, this.#roster.table.aliveCount);
  }

  /** R9: whose acked counters have stood still here for T_condemn. Only a fresh poll makes more of it. */
  #silent(record: ClusterRecord, now: MonotonicMs): Condemned[] {
    const { table, suspicions } = this.#roster;
    const { witness } = this.#keeper.acker;
    const condemnAfterMs = this.#condemnAfterMs;
    const silent: Condemned[] = [];
    let longestIdleMs = Number.NEGATIVE_INFINITY;
    let longestSuspectMs = Number.NEGATIVE_INFINITY;
    let shortestSilentMs = Number.POSITIVE_INFINITY;
    const consider = (id: NodeId, incarnation: Condemned['incarnation'], idleMs: number, isSuspect: boolean): void => {
      if (idleMs < condemnAfterMs) {
        longestIdleMs = Math.max(longestIdleMs, idleMs);
        if (isSuspect) longestSuspectMs = Math.max(longestSuspectMs, idleMs);
      } else if (!isCondemned(record, id, incarnation)) {
        shortestSilentMs = Math.min(shortestSilentMs, idleMs);
        silent.push({ id, incarnation });
      }
    };
    for (let slot = 0; slot < table.slotLimit; slot++) {
      if (slot === table.selfSlot || !table.isConfirmed(slot)) continue;
      const id = table.directory.idAt(slot);
      const incarnation = table.incarnationOf(slot);
      // One that was never acked here in this life has not beaten for as long as nobody heard it at all; nobody beats to who does not vote.
      const wasAcked = witness.incarnationOf(id) === incarnation;
      const idleMs = wasAcked ? witness.idleMs(id, incarnation, now) : now - suspicions.doubt.heardAt(table, slot);
      consider(id, incarnation, idleMs, table.isSuspect(slot));
    }
    // A leader that the list does not hold as such: it began after that one's end, or a later life of it did not prove to follow.
    // If that one is silent too, its end is this one's as well: nobody can be condemned twice in one change.
    const { leader } = record;
    if (leader !== null && leader.id !== this.#self.id && !silent.some(({ id }) => id === leader.id)) {
      const slot = table.slotOf(leader.id);
      if (slot === NONE || table.incarnationOf(slot) > leader.incarnation) {
        consider(leader.id, leader.incarnation, witness.idleMs(leader.id, leader.incarnation, now), false);
      }
    }
    this.#silentAt = at(now + condemnAfterMs - longestIdleMs);
    this.#nextSilentAt = at(now + condemnAfterMs - longestSuspectMs);
    this.#lastSilentAt = at(now + condemnAfterMs - shortestSilentMs);
    return silent;
  }

  /** Stricter than the list: before a set is made smaller its rest has to be there now. */
  #isLive(id: NodeId, now: MonotonicMs): boolean {
    const { witness } = this.#keeper.acker;
    return id === this.#self.id || (witness.has(id) && witness.idleMs(id, Number.POSITIVE_INFINITY, now) < 3 * this.#timings.heartbeatMs);
  }

  #zoneOf(id: NodeId): string | null {
    const { table } = this.#roster;
    const slot = table.slotOf(id);
    return slot === NONE ? null : table.factsOf(slot).meta.zone;
  }

  /** R11: an operator's wish gives a vote back to one that lost it, never to one that was started without. */
  #storeIdOf(id: NodeId): string | null {
    const { table } = this.#roster;
    const slot = table.slotOf(id);
    return slot !== NONE && table.factsOf(slot).meta.canVote ? (this.#keeper.candidate(id)?.storeId ?? null) : null;
  }

  /** R10: there is none, or its end may be announced; or it said so itself, or its next life proved to follow it. */
  #isLeaderGone(record: ClusterRecord): boolean {
    const { leader } = record;
    if (leader === null) return true;
    if (this.#announcer.hasEnded(leader.id, leader.incarnation)) return true;
    // Quorate in a later life: a majority acked this one only when the one before could hold nothing any more (clone hold).
    if (leader.id === this.#self.id && leader.incarnation < this.#self.incarnation) return true;
    const { table } = this.#roster;
    const slot = table.slotOf(leader.id);
    if (slot === NONE) return false;
    const incarnation = table.incarnationOf(slot);
    if (incarnation === leader.incarnation) return !table.isAlive(slot);
    return incarnation > leader.incarnation && this.#keeper.acker.isShownToFollow(leader.id, table.tagOf(slot), leader.incarnation);
  }

  /** R2: forgotten, or long back as a later life. */
  #reapable(record: ClusterRecord, now: MonotonicMs): NodeId[] {
    const { table } = this.#roster;
    return record.condemned
      .filter(({ id, incarnation }) => {
        const slot = table.slotOf(id);
        return this.#chain.mayReap(id, now) && (slot === NONE || table.incarnationOf(slot) > incarnation) && record.leader?.id !== id;
      })
      .map(({ id }) => id);
  }

  #candidates(record: ClusterRecord): Situation['candidates'] {
    const { table } = this.#roster;
    const candidates: Situation['candidates'][number][] = [];
    for (let slot = 0; slot < table.slotLimit; slot++) {
      if (!table.isConfirmed(slot) || table.isSuspect(slot) || slot === table.selfSlot) continue;
      const id = table.directory.idAt(slot);
      if (isVoter(record, id)) continue;
      const candidate = this.#keeper.candidate(id);
      if (candidate?.canVote !== true || candidate.storeId === null) continue;
      candidates.push({ voter: { id, storeId: candidate.storeId }, isStable: candidate.isStable });
    }
    return candidates.sort((a, b) => Number(b.isStable) - Number(a.isStable) || (a.voter.id < b.voter.id ? -1 : 1));
  }

  #gone(record: ClusterRecord, now: MonotonicMs): Situation['gone'] {
    const { table } = this.#roster;
    const gone: Situation['gone'][number][] = [];
    for (const id of this.#goneSince.keys()) if (!isVoter(record, id)) this.#goneSince.delete(id);
    for (const { id } of record.voters) {
      const slot = table.slotOf(id);
      if (slot === NONE || table.isAlive(slot) || id === this.#self.id) {
        this.#goneSince.delete(id);
        continue;
      }
      const since = this.#goneSince.get(id) ?? now;
      this.#goneSince.set(id, since);
      const hasNamesake = table.stateOf(slot) === 'failed' && table.namesakeOf(slot) !== NONE;
      gone.push({ id, forMs: now - since, isReplaced: hasNamesake || table.stateOf(slot) === 'left' });
    }
    return gone;
  }
}

/** A change that is full takes nobody along; and to be without a leader for longer is not worth one change less. */
function isUrgent({ record, silent, hasResigned, isLeaderGone, mayLead }: Situation): boolean {
  const isLeaderAway = hasResigned || (isLeaderGone && mayLead !== null) || silent.some(({ id }) => id === record.leader?.id);
  return isLeaderAway || silent.length >= LIMITS.changeEntriesMax;
}
