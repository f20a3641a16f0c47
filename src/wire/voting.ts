// What is said about leases and the record, and what may be passed on for others, as rows of fields and back: everything behind kind,
// counter and record version. A relayed packet bears another member's row whole, with that member's counter and version at its head (R5).

import {
  type Ack,
  type AckRow,
  assertNever,
  type Beat,
  type ClusterId,
  INCARNATION_MAX,
  type Incarnation,
  LIMITS,
  type Message,
  type NodeId,
  type Relayed,
  type Request,
  type RunNonce,
  type Sighting,
  type Succession,
  type Vote,
} from '../core/index.ts';
import type { Check } from './check.ts';
import { entryToRow, rowToEntry } from './entry.ts';
import { hexToBytes } from './hex.ts';
import { KIND } from './kinds.ts';
import { PackedReader, PackedWriter } from './packed.ts';
import {
  acceptedToBytes,
  atLeast,
  ballotToBytes,
  bytesToAccepted,
  bytesToBallot,
  bytesToChange,
  bytesToCondemned,
  bytesToDeltas,
  bytesToIdles,
  bytesToWaits,
  changeToBytes,
  condemnedToBytes,
  DURATION_MS_MAX,
  deltasToBytes,
  idlesToBytes,
  recordToRow,
  rowToRecord,
  waitsToBytes,
} from './record.ts';

export type Voting = Exclude<
  Message,
  { readonly kind: 'push' | 'who' | 'hello' | 'superseded' | 'join' | 'welcome' | 'sync' | 'sync-reply' | 'refused' }
>;

/** From it to the voter, and back. */
const HOPS_MAX = 2;
/** Kind, counter, record version. */
const FIXED_VALUES = 3;
const SUCCESSION_VALUES = 3;

// Their order is what travels.
const WISHES = ['remove-voter', 'add-voter', 'forget'] as const satisfies readonly Request['wish']['kind'][];
const FLAGS = ['isShort', 'isStable', 'canVote', 'canLead', 'isLost'] as const satisfies readonly (keyof Beat)[];

const writer = new PackedWriter();

export function votingToFields(message: Voting): unknown[] {
  switch (message.kind) {
    case 'beat':
      return [
        flagsOf(message),
        message.storeId === null ? null : hexToBytes(message.storeId),
        message.writeCount,
        acksToBytes(message.acks),
      ];
    case 'ack':
      return [acksToBytes(message.acks), message.againMs];
    case 'ping':
      return [message.target.lo, message.target.hi, message.echo];
    case 'pong':
      return [message.echo];
    case 'doubts':
      return [sightingsToBytes(message.suspected), sightingsToBytes(message.heard)];
    case 'relayed': {
      const { hops, originSender, originCounter, originRecordVersion, target, inner } = message;
      const row: unknown[] = [KIND[inner.kind], originCounter, originRecordVersion, ...votingToFields(inner)];
      return [hops, originSender.lo, originSender.hi, target === null ? null : hexToBytes(target), row];
    }
    case 'prepare':
      return [message.version, ballotToBytes(message.ballot), condemnedToBytes(message.suspects)];
    case 'promise': {
      const accepted = message.accepted === null ? null : acceptedToBytes(message.accepted);
      return [message.version, ballotToBytes(message.ballot), accepted, atLeast(message.dwellLeftMs), idlesToBytes(message.idleMs)];
    }
    case 'nack':
      return [message.version, ballotToBytes(message.ballot), ballotToBytes(message.promised)];
    case 'accept':
      return [message.version, ballotToBytes(message.ballot), changeToBytes(message.change)];
    case 'accepted':
      return [message.version, ballotToBytes(message.ballot), idlesToBytes(message.idleMs)];
    case 'deltas':
      return [message.base, deltasToBytes(message.changes)];
    case 'ask-record':
      return [hexToBytes(message.clusterId)];
    case 'whole-record':
      return [hexToBytes(message.clusterId), recordToRow(message.record), waitsToBytes(message.waits)];
    case 'confirm':
      return [message.nonce];
    case 'confirmed':
      return [message.nonce, message.epoch, message.counter];
    case 'recall':
      return [];
    case 'recalled':
      return [message.tag.lo, message.tag.hi, message.incarnation, message.writeCount];
    case 'request':
      return [WISHES.indexOf(message.wish.kind), hexToBytes(message.wish.id)];
    case 'vote':
      return [message.clusterName, entryToRow(message.entry), hexToBytes(message.storeId), message.expected, votesToBytes(message.votes)];
    default:
      return assertNever(message);
  }
}

/** `fields` begin behind the three fixed values. Null for a kind that is not known here. */
export function fieldsToVoting(kind: number, fields: readonly unknown[], check: Check): Voting | null {
  switch (kind) {
    case KIND.relayed:
      return relayedOf(fields, check);
    case KIND['ask-record']:
      return { kind: 'ask-record', clusterId: check.hex32(fields[0]) as ClusterId };
    case KIND['whole-record']: {
      const clusterId = check.hex32(fields[0]) as ClusterId;
      return { kind: 'whole-record', clusterId, record: rowToRecord(fields[1], check), waits: bytesToWaits(fields[2], check) };
    }
    case KIND.confirm:
      return { kind: 'confirm', nonce: check.safe(fields[0]) };
    case KIND.confirmed:
      return { kind: 'confirmed', nonce: check.safe(fields[0]), epoch: check.safe(fields[1]), counter: check.safe(fields[2]) };
    case KIND.request:
      return { kind: 'request', wish: { kind: check.choice(fields[0], WISHES), id: check.hex32(fields[1]) as NodeId } };
    case KIND.recall:
      return { kind: 'recall' };
    case KIND.recalled: {
      const tag = { lo: check.uint32(fields[0]), hi: check.uint32(fields[1]) };
      return { kind: 'recalled', tag, incarnation: check.whole(fields[2], INCARNATION_MAX), writeCount: check.safe(fields[3]) };
    }
    case KIND.vote:
      return voteOf(fields, check);
    case KIND.doubts:
      return { kind: 'doubts', suspected: bytesToSightings(fields[0], check), heard: bytesToSightings(fields[1], check) };
    default:
      return innerOf(kind, fields, check);
  }
}

// What a relay may carry; nothing else, and no relay in a relay.
function innerOf(kind: number, fields: readonly unknown[], check: Check): Relayed['inner'] | null {
  switch (kind) {
    case KIND.beat:
      return beatOf(fields, check);
    case KIND.ack:
      return { kind: 'ack', acks: bytesToAcks(fields[0], check), againMs: check.whole(fields[1], DURATION_MS_MAX) } satisfies Ack;
    case KIND.prepare: {
      const suspects = bytesToCondemned(fields[2], LIMITS.changeEntriesMax, check);
      return { kind: 'prepare', version: check.safe(fields[0]), ballot: bytesToBallot(fields[1], check), suspects };
    }
    case KIND.promise:
      return {
        kind: 'promise',
        version: check.safe(fields[0]),
        ballot: bytesToBallot(fields[1], check),
        accepted: fields[2] === null ? null : bytesToAccepted(fields[2], check),
        dwellLeftMs: check.whole(fields[3], DURATION_MS_MAX),
        idleMs: bytesToIdles(fields[4], check),
      };
    case KIND.nack: {
      const promised = bytesToBallot(fields[2], check);
      return { kind: 'nack', version: check.safe(fields[0]), ballot: bytesToBallot(fields[1], check), promised };
    }
    case KIND.accept: {
      const change = bytesToChange(fields[2], check);
      return { kind: 'accept', version: check.safe(fields[0]), ballot: bytesToBallot(fields[1], check), change };
    }
    case KIND.accepted: {
      const idleMs = bytesToIdles(fields[2], check);
      return { kind: 'accepted', version: check.safe(fields[0]), ballot: bytesToBallot(fields[1], check), idleMs };
    }
    case KIND.ping:
      return { kind: 'ping', target: { lo: check.uint32(fields[0]), hi: check.uint32(fields[1]) }, echo: check.safe(fields[2]) };
    case KIND.pong:
      return { kind: 'pong', echo: check.safe(fields[0]) };
    case KIND.deltas:
      return { kind: 'deltas', base: check.safe(fields[0]), changes: bytesToDeltas(fields[1], check) };
    default:
      check.fail('unknown-kind');
      return null;
  }
}

function relayedOf(fields: readonly unknown[], check: Check): Relayed | null {
  const hops = check.whole(fields[0], HOPS_MAX);
  const originSender = { lo: check.uint32(fields[1]), hi: check.uint32(fields[2]) };
  const target = fields[3] === null ? null : (check.hex32(fields[3]) as NodeId);
  const row = check.row(fields[4], FIXED_VALUES);
  const originCounter = check.safe(row[1]);
  const originRecordVersion = check.safe(row[2]);
  const inner = innerOf(check.uint32(row[0]), row.slice(FIXED_VALUES), check);
  return inner === null ? null : { kind: 'relayed', hops, originSender, originCounter, originRecordVersion, target, inner };
}

function beatOf(fields: readonly unknown[], check: Check): Beat {
  // Bits of a newer version are skipped.
  const bits = check.uint32(fields[0]);
  const flag = (name: (typeof FLAGS)[number]): boolean => ((bits >>> FLAGS.indexOf(name)) & 1) === 1;
  return {
    kind: 'beat',
    isShort: flag('isShort'),
    isLost: flag('isLost'),
    isStable: flag('isStable'),
    canVote: flag('canVote'),
    canLead: flag('canLead'),
    storeId: fields[1] === null ? null : check.hex32(fields[1]),
    writeCount: check.safe(fields[2]),
    acks: bytesToAcks(fields[3], check),
  };
}

function flagsOf(beat: Beat): number {
  let bits = 0;
  for (let place = 0; place < FLAGS.length; place++) if (beat[FLAGS[place]!]) bits |= 1 << place;
  return bits;
}

function acksToBytes(acks: readonly AckRow[]): Uint8Array {
  for (const { tag, counter, epoch } of acks) {
    writer.tag(tag);
    writer.whole(counter);
    writer.whole(epoch);
  }
  return writer.take();
}

function bytesToAcks(value: unknown, check: Check): AckRow[] {
  const bytes = check.bytes(value);
  // Most beats bear none.
  if (bytes.length === 0) return [];
  const reader = new PackedReader(bytes, check);
  return reader.rest(LIMITS.acksMax, () => {
    const tag = reader.tag();
    const counter = reader.whole(Number.MAX_SAFE_INTEGER);
    return { tag, counter, epoch: reader.whole(Number.MAX_SAFE_INTEGER) };
  });
}

function sightingsToBytes(sightings: readonly Sighting[]): Uint8Array {
  for (const { tag, counter } of sightings) {
    writer.tag(tag);
    writer.whole(counter);
  }
  return writer.take();
}

function bytesToSightings(value: unknown, check: Check): Sighting[] {
  const reader = new PackedReader(check.bytes(value), check);
  return reader.rest(LIMITS.doubtsMax, () => ({ tag: reader.tag(), counter: reader.whole(Number.MAX_SAFE_INTEGER) }));
}

function votesToBytes(votes: Vote['votes']): Uint8Array {
  for (const { id, storeId, ids } of votes) {
    writer.hex32(id);
    writer.hex32(storeId);
    writer.whole(ids.length);
    for (const other of ids) writer.hex32(other);
  }
  return writer.take();
}

function voteOf(fields: readonly unknown[], check: Check): Vote {
  const clusterName = check.text(fields[0], LIMITS.nameLengthMax);
  const entry = rowToEntry(fields[1], check);
  const storeId = check.hex32(fields[2]);
  const expected = check.whole(fields[3], LIMITS.votersMax);
  const reader = new PackedReader(check.bytes(fields[4]), check);
  const votes = reader.rest(LIMITS.votersMax, () => {
    const id = reader.hex32() as NodeId;
    return { id, storeId: reader.hex32(), ids: reader.counted(LIMITS.votersMax, () => reader.hex32() as NodeId) };
  });
  return { kind: 'vote', clusterName, entry, storeId, expected, votes };
}

export function successionToRow(previous: Succession | null): unknown[] | null {
  return previous === null ? null : [previous.incarnation, hexToBytes(previous.nonce), previous.isClean];
}

export function rowToSuccession(value: unknown, check: Check): Succession | null {
  if (value === null) return null;
  const row = check.row(value, SUCCESSION_VALUES);
  const incarnation = check.whole(row[0], INCARNATION_MAX) as Incarnation;
  return { incarnation, nonce: check.hex32(row[1]) as RunNonce, isClean: check.flag(row[2]) };
}
