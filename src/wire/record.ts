// The record, its changes and ballots as packed bytes and back. Shapes and bounds only: what a change may do to a record is
// judged by core/record. A change is read whole or not at all.

import {
  type AcceptorState,
  type Ballot,
  type Change,
  type ClusterRecord,
  type Condemned,
  INCARNATION_MAX,
  type Incarnation,
  type Leadership,
  LIMITS,
  type NodeId,
  type ProfileName,
  type Voter,
} from '../core/index.ts';
import type { Check } from './check.ts';
import { PackedReader, PackedWriter } from './packed.ts';

// Their order is what travels.
const PROFILE_NAMES = ['local', 'lan', 'wan'] as const satisfies readonly ProfileName[];
const VOTER_CHANGES = { none: 0, add: 1, remove: 2 } as const;
const LEADER_CHANGES = { same: 0, name: 1, none: 2 } as const;

/** Longer than any timing, and 5 bytes: an idle time that is cut to it only waits longer. */
export const DURATION_MS_MAX = 0xffffffff;

const RECORD_VALUES = 9;

const writer = new PackedWriter();

export function ballotToBytes(ballot: Ballot): Uint8Array {
  writeBallot(ballot);
  return writer.take();
}

export function bytesToBallot(value: unknown, check: Check): Ballot {
  const reader = new PackedReader(check.bytes(value), check);
  const ballot = readBallot(reader);
  reader.expectEnd();
  return ballot;
}

export function changeToBytes(change: Change): Uint8Array {
  writeChange(change);
  return writer.take();
}

export function bytesToChange(value: unknown, check: Check): Change {
  const reader = new PackedReader(check.bytes(value), check);
  const change = readChange(reader);
  reader.expectEnd();
  return change;
}

type AcceptedChange = NonNullable<AcceptorState['accepted']>;

export function acceptedToBytes(accepted: AcceptedChange): Uint8Array {
  writeBallot(accepted.ballot);
  writeChange(accepted.change);
  return writer.take();
}

export function bytesToAccepted(value: unknown, check: Check): AcceptedChange {
  const reader = new PackedReader(check.bytes(value), check);
  const accepted = { ballot: readBallot(reader), change: readChange(reader) };
  reader.expectEnd();
  return accepted;
}

interface Delta {
  readonly change: Change;
  readonly waitMs: number;
}

export function deltasToBytes(deltas: readonly Delta[]): Uint8Array {
  for (const { change, waitMs } of deltas) {
    writer.whole(atLeast(waitMs));
    writeChange(change);
  }
  return writer.take();
}

export function bytesToDeltas(value: unknown, check: Check): Delta[] {
  const reader = new PackedReader(check.bytes(value), check);
  return reader.rest(LIMITS.deltasMax, () => {
    const waitMs = reader.whole(DURATION_MS_MAX);
    return { change: readChange(reader), waitMs };
  });
}

export function condemnedToBytes(condemned: readonly Condemned[]): Uint8Array {
  for (const entry of condemned) writeCondemned(entry);
  return writer.take();
}

export function bytesToCondemned(value: unknown, countMax: number, check: Check): Condemned[] {
  const reader = new PackedReader(check.bytes(value), check);
  return reader.rest(countMax, () => readCondemned(reader));
}

/** How long ago, so less is the safe side. */
export function idlesToBytes(idleMs: readonly number[]): Uint8Array {
  for (const ms of idleMs) writer.whole(atMost(ms));
  return writer.take();
}

export function bytesToIdles(value: unknown, check: Check): number[] {
  const reader = new PackedReader(check.bytes(value), check);
  return reader.rest(LIMITS.changeEntriesMax, () => reader.whole(DURATION_MS_MAX));
}

interface Wait {
  readonly id: NodeId;
  readonly waitMs: number;
}

export function waitsToBytes(waits: readonly Wait[]): Uint8Array {
  for (const { id, waitMs } of waits) {
    writer.hex32(id);
    writer.whole(atLeast(waitMs));
  }
  return writer.take();
}

export function bytesToWaits(value: unknown, check: Check): Wait[] {
  const reader = new PackedReader(check.bytes(value), check);
  return reader.rest(LIMITS.condemnedMax, () => ({ id: reader.hex32() as NodeId, waitMs: reader.whole(DURATION_MS_MAX) }));
}

export function recordToRow(record: ClusterRecord): unknown[] {
  for (const { id, storeId } of record.voters) {
    writer.hex32(id);
    writer.hex32(storeId);
  }
  const voters = writer.take();
  return [
    record.version,
    record.epoch,
    voters,
    PROFILE_NAMES.indexOf(record.profile),
    record.maxVoters,
    record.replaceAfterMs,
    condemnedToBytes(record.condemned),
    record.floor,
    record.leader === null ? null : leaderToBytes(record.leader),
  ];
}

export function rowToRecord(value: unknown, check: Check): ClusterRecord {
  const row = check.row(value, RECORD_VALUES);
  const version = check.safe(row[0]);
  const record = {
    version,
    epoch: check.whole(row[1], version),
    voters: bytesToVoters(row[2], check),
    profile: check.choice(row[3], PROFILE_NAMES),
    maxVoters: check.whole(row[4], LIMITS.votersMax),
    replaceAfterMs: check.safe(row[5]),
    condemned: bytesToCondemned(row[6], LIMITS.condemnedMax, check),
    floor: check.whole(row[7], INCARNATION_MAX) as Incarnation,
    leader: row[8] === null ? null : bytesToLeader(row[8], version, check),
  };
  if (check.reason === null && !(isSorted(record.voters) && isSorted(record.condemned) && record.maxVoters > 0 && record.epoch > 0))
    check.fail('out-of-bounds');
  return record;
}

function bytesToVoters(value: unknown, check: Check): Voter[] {
  const reader = new PackedReader(check.bytes(value), check);
  const voters = reader.rest(LIMITS.votersMax, () => readVoter(reader));
  if (voters.length === 0) check.fail('out-of-bounds');
  return voters;
}

function leaderToBytes(leader: Leadership): Uint8Array {
  writeCondemned(leader);
  writer.whole(leader.token);
  return writer.take();
}

function bytesToLeader(value: unknown, version: number, check: Check): Leadership {
  const reader = new PackedReader(check.bytes(value), check);
  const leader = { ...readCondemned(reader), token: reader.whole(version) };
  reader.expectEnd();
  return leader;
}

function writeBallot({ round, id, incarnation, sequence }: Ballot): void {
  writer.whole(round);
  writer.hex32(id);
  writer.whole(incarnation);
  writer.whole(sequence);
}

// The casts of brands below each follow the check that makes them true.
function readBallot(reader: PackedReader): Ballot {
  const round = reader.whole(Number.MAX_SAFE_INTEGER);
  return { round, ...readCondemned(reader), sequence: reader.whole(Number.MAX_SAFE_INTEGER) };
}

function writeChange({ condemn, reap, voters, leader }: Change): void {
  writer.whole(condemn.length);
  for (const entry of condemn) writeCondemned(entry);
  writer.whole(reap.length);
  for (const id of reap) writer.hex32(id);
  if (voters === null) writer.whole(VOTER_CHANGES.none);
  else if (voters.kind === 'add') {
    writer.whole(VOTER_CHANGES.add);
    writer.hex32(voters.voter.id);
    writer.hex32(voters.voter.storeId);
  } else {
    writer.whole(VOTER_CHANGES.remove);
    writer.hex32(voters.id);
  }
  if (leader === null) writer.whole(LEADER_CHANGES.same);
  else if (leader.kind === 'none') writer.whole(LEADER_CHANGES.none);
  else {
    writer.whole(LEADER_CHANGES.name);
    writeCondemned(leader);
  }
}

function readChange(reader: PackedReader): Change {
  const condemn = reader.counted(LIMITS.changeEntriesMax, () => readCondemned(reader));
  const reap = reader.counted(LIMITS.changeEntriesMax - condemn.length, () => reader.hex32() as NodeId);
  return { condemn, reap, voters: readVoterChange(reader), leader: readLeaderChange(reader) };
}

function readVoterChange(reader: PackedReader): Change['voters'] {
  switch (reader.whole(VOTER_CHANGES.remove)) {
    case VOTER_CHANGES.add:
      return { kind: 'add', voter: readVoter(reader) };
    case VOTER_CHANGES.remove:
      return { kind: 'remove', id: reader.hex32() as NodeId };
    default:
      return null;
  }
}

function readLeaderChange(reader: PackedReader): Change['leader'] {
  switch (reader.whole(LEADER_CHANGES.none)) {
    case LEADER_CHANGES.name:
      return { kind: 'name', ...readCondemned(reader) };
    case LEADER_CHANGES.none:
      return { kind: 'none' };
    default:
      return null;
  }
}

function readVoter(reader: PackedReader): Voter {
  const id = reader.hex32() as NodeId;
  return { id, storeId: reader.hex32() };
}

function writeCondemned({ id, incarnation }: Condemned): void {
  writer.hex32(id);
  writer.whole(incarnation);
}

function readCondemned(reader: PackedReader): Condemned {
  const id = reader.hex32() as NodeId;
  return { id, incarnation: reader.whole(INCARNATION_MAX) as Incarnation };
}

/** Strictly by id, so no id twice. */
function isSorted(entries: readonly { readonly id: NodeId }[]): boolean {
  return entries.every((entry, i) => i === 0 || entries[i - 1]!.id < entry.id);
}

function atMost(ms: number): number {
  return Math.floor(Math.min(Math.max(ms, 0), DURATION_MS_MAX));
}

/** A wait: more is the safe side. */
export function atLeast(ms: number): number {
  return Math.ceil(Math.min(Math.max(ms, 0), DURATION_MS_MAX));
}
