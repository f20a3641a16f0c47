// The record: the few facts that only a majority of the voters can change (R2), and what a change may be (R4).
// A change is decided per version by Paxos among the voters of the record it is applied to (acceptor.ts, proposer.ts).

import type { Incarnation, NodeId } from '../ids.ts';
import type { Change, ClusterRecord, Voter } from '../record-shapes.ts';
import type { ProfileName } from '../timings.ts';
import { quorumsIntersect } from './quorum.ts';

export const NO_CHANGE: Change = { condemn: [], reap: [], voters: null, leader: null };

export function genesis(voters: readonly Voter[], profile: ProfileName, maxVoters: number, replaceAfterMs: number): ClusterRecord {
  const sorted = [...voters].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { version: 1, epoch: 1, voters: sorted, profile, maxVoters, replaceAfterMs, condemned: [], floor: 0 as Incarnation, leader: null };
}

export type Applied = { readonly kind: 'record'; readonly record: ClusterRecord } | { readonly kind: 'refused'; readonly reason: string };

/** R4, but for what an acceptor alone can judge: the dwell. */
export function applyChange(old: ClusterRecord, change: Change): Applied {
  const version = old.version + 1;
  const condemned = new Map(old.condemned.map((entry) => [entry.id, entry.incarnation]));
  let floor = old.floor;
  for (const id of change.reap) {
    const reaped = condemned.get(id);
    if (reaped === undefined) return refused('reaps one that is not condemned');
    condemned.delete(id);
    if (reaped > floor) floor = reaped;
  }
  for (const { id, incarnation } of change.condemn) {
    const known = condemned.get(id);
    if (known !== undefined && known >= incarnation) return refused('condemns what is condemned');
    if (change.reap.includes(id)) return refused('reaps and condemns one id');
    condemned.set(id, incarnation);
  }
  if (change.voters?.kind === 'add' && old.voters.length >= old.maxVoters) return refused('adds more voters than the record allows');
  const voters = changedVoters(old.voters, change.voters);
  if (voters === null) return refused('does not fit the voters');
  if (!quorumsIntersect(idsOf(old.voters), idsOf(voters))) return refused('lets two majorities pass each other by');
  const leader =
    change.leader === null
      ? old.leader
      : change.leader.kind === 'none'
        ? null
        : { id: change.leader.id, incarnation: change.leader.incarnation, token: version };
  if (leader !== null && change.leader !== null && isCondemnedIn(condemned, leader.id, leader.incarnation))
    return refused('names a leader that is condemned');
  // Its end may be acted upon for as long as somebody remembers it: another is named first (R10).
  if (leader !== null && change.reap.includes(leader.id) && isCondemned(old, leader.id, leader.incarnation))
    return refused('reaps the end of the leader');
  return {
    kind: 'record',
    record: {
      version,
      epoch: change.voters === null ? old.epoch : old.epoch + 1,
      voters,
      profile: old.profile,
      maxVoters: old.maxVoters,
      replaceAfterMs: old.replaceAfterMs,
      condemned: [...condemned].map(([id, incarnation]) => ({ id, incarnation })).sort((a, b) => (a.id < b.id ? -1 : 1)),
      floor,
      leader,
    },
  };
}

export function isCondemned(record: ClusterRecord, id: NodeId, incarnation: number): boolean {
  return record.condemned.some((entry) => entry.id === id && entry.incarnation >= incarnation);
}

export function condemnedBy(change: Change, id: NodeId, incarnation: number): boolean {
  return change.condemn.some((entry) => entry.id === id && entry.incarnation >= incarnation);
}

export function isVoter(record: ClusterRecord, id: NodeId): boolean {
  return record.voters.some((voter) => voter.id === id);
}

function isCondemnedIn(condemned: ReadonlyMap<NodeId, Incarnation>, id: NodeId, incarnation: number): boolean {
  return (condemned.get(id) ?? -1) >= incarnation;
}

function changedVoters(old: readonly Voter[], change: Change['voters']): readonly Voter[] | null {
  if (change === null) return old;
  if (change.kind === 'add') {
    if (old.some((voter) => voter.id === change.voter.id)) return null;
    return [...old, change.voter].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
  const rest = old.filter((voter) => voter.id !== change.id);
  return rest.length === old.length || rest.length === 0 ? null : rest;
}

function idsOf(voters: readonly Voter[]): NodeId[] {
  return voters.map((voter) => voter.id);
}

function refused(reason: string): Applied {
  return { kind: 'refused', reason };
}
