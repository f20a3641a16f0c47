// What the record should say next, as one voter sees it. Policy only: whatever is proposed, the acceptors' rules (R4) and the
// waits (R9) keep it safe; a bad wish costs time, never two leaders.

import type { NodeId } from '../ids.ts';
import { LIMITS } from '../message.ts';
import { type Change, type ClusterRecord, type Condemned, isVoter, majorityOf, type Poll, type Voter } from '../record/index.ts';
import type { Timings } from '../timings.ts';

/** What a voter knows when it asks itself. */
export interface Situation {
  readonly record: ClusterRecord;
  readonly self: NodeId;
  readonly timings: Timings;
  /** At these beats (pace.ts). */
  readonly condemnAfterMs: number;
  /** Lives that nobody has acked for long, as this voter sees it. */
  readonly silent: readonly Condemned[];
  /** The named leader's end may be acted upon, or there is none (R10). */
  readonly isLeaderGone: boolean;
  /** This node stands: quorate, not resigned, not leaving, not a witness. */
  readonly mayLead: { readonly incarnation: Condemned['incarnation'] } | null;
  /** This node led and resigned: its `--leader` children are dead. */
  readonly hasResigned: boolean;
  /** Non-voters that may vote, stable ones first. */
  readonly candidates: readonly { readonly voter: Voter; readonly isStable: boolean }[];
  /** Voters whose end was announced, and for how long they have been gone. */
  readonly gone: readonly { readonly id: NodeId; readonly forMs: number; readonly isReplaced: boolean }[];
  /** Wishes of operators and leavers. */
  readonly wanted: readonly { readonly kind: 'remove-voter' | 'add-voter' | 'forget'; readonly id: NodeId }[];
  /** Condemned entries that nobody needs any more (R2). */
  readonly reapable: readonly NodeId[];
  /** Null for one that never votes (`--no-vote`, ephemeral), or has not told yet. */
  readonly storeIdOf: (id: NodeId) => string | null;
  /** Heard of lately, as this voter sees it. */
  readonly isLive: (id: NodeId) => boolean;
  /** Null for one that is not in the list. */
  readonly zoneOf: (id: NodeId) => string | null;
}

/** Whether there is anything to propose; a cheap look before any packet is sent. */
export function hasWish(situation: Situation): boolean {
  return (
    situation.silent.length > 0 ||
    situation.reapable.length > 0 ||
    situation.hasResigned ||
    (situation.isLeaderGone && situation.mayLead !== null) ||
    voterChange(situation) !== null
  );
}

/** The value to offer, once a majority has promised and was polled; null when nothing is left to do. */
export function chooseChange(situation: Situation, poll: Poll): Change | null {
  const { condemnAfterMs, record } = situation;
  const condemn = poll.suspects.filter((suspect, i) => (poll.idleMs[i] ?? 0) >= condemnAfterMs && !isKnown(record, suspect));
  // A condemnation never waits for a dwell, so it never shares a version with a change of voters.
  const voters = condemn.length === 0 && poll.isDwellOver ? voterChange(situation) : null;
  const leader = leaderChange(situation);
  const reap = situation.reapable
    .filter((id) => !condemn.some((entry) => entry.id === id))
    .slice(0, LIMITS.changeEntriesMax - condemn.length);
  if (condemn.length === 0 && voters === null && leader === null && reap.length === 0) return null;
  return { condemn, reap, voters, leader };
}

function leaderChange({ hasResigned, isLeaderGone, mayLead, self }: Situation): Change['leader'] {
  if (hasResigned) return { kind: 'none' };
  if (isLeaderGone && mayLead !== null) return { kind: 'name', id: self, incarnation: mayLead.incarnation };
  return null;
}

/** R11: one voter at a time; remove first; grow from one only when three are in sight; never grow while one is gone. */
export function voterChange(situation: Situation): Change['voters'] {
  const { record, wanted, gone, candidates, timings } = situation;
  for (const { kind, id } of wanted) {
    if ((kind === 'remove-voter' || kind === 'forget') && isVoter(record, id)) {
      // Never to a set whose majority is not there: it could decide nothing any more.
      const rest = record.voters.filter((voter) => voter.id !== id);
      const liveCount = rest.filter((voter) => situation.isLive(voter.id)).length;
      if (rest.length > 0 && liveCount >= majorityOf(rest.length)) return { kind: 'remove', id };
      continue;
    }
    // What the acceptors would refuse is not offered: the wish waits for room, or grows old.
    if (record.voters.length >= record.maxVoters) continue;
    const storeId = situation.storeIdOf(id);
    if (kind === 'add-voter' && !isVoter(record, id) && storeId !== null) return { kind: 'add', voter: { id, storeId } };
  }
  const stable = candidates.filter((candidate) => candidate.isStable);
  const live = record.voters.length - gone.length;
  for (const { id, forMs, isReplaced } of gone) {
    const isDue = isReplaced || (forMs >= record.replaceAfterMs && stable.length > 0);
    if (isDue && live >= majorityOf(record.voters.length - 1)) return { kind: 'remove', id };
  }
  if (gone.length > 0 || record.voters.length >= record.maxVoters) return null;
  const next = growth(situation, stable);
  return next === undefined || timings.dwellMs <= 0 ? null : { kind: 'add', voter: next.voter };
}

function growth({ record, candidates, zoneOf }: Situation, stable: Situation['candidates']): Situation['candidates'][number] | undefined {
  const votersIn = new Map<string | null, number>();
  for (const { id } of record.voters) votersIn.set(zoneOf(id), (votersIn.get(zoneOf(id)) ?? 0) + 1);
  if (record.voters.length === 1 && stable.length < 2) return undefined;
  // Two voters are worse than one: the third comes without a stability of its own.
  const eligible = record.voters.length === 2 && stable.length === 0 ? candidates : stable;
  return fromEmptiestZone(eligible, (candidate) => votersIn.get(zoneOf(candidate.voter.id)) ?? 0);
}

/** Whom a zone's end, or its cut, takes along should be as few voters as may be; the first among equals. */
function fromEmptiestZone<Of>(eligible: readonly Of[], votersAround: (of: Of) => number): Of | undefined {
  let chosen: Of | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const of of eligible) {
    const count = votersAround(of);
    if (count >= fewest) continue;
    chosen = of;
    fewest = count;
  }
  return chosen;
}

function isKnown(record: ClusterRecord, suspect: Condemned): boolean {
  return record.condemned.some((entry) => entry.id === suspect.id && entry.incarnation >= suspect.incarnation);
}
