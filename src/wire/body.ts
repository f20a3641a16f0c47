// Messages as rows of values and back: [kind, counter, recordVersion, …fields]. Newer minor versions append fields and kinds;
// the numbers of kinds and the order of fields never change. Sizes and depth were bounded before (scan.ts). Here stands what members
// say of the list; what they say of leases and the record is voting.ts.

import {
  type ClusterId,
  INCARNATION_MAX,
  type Incarnation,
  LIMITS,
  type Message,
  type NodeId,
  type RefusalReason,
  type RunNonce,
  type Tag,
} from '../core/index.ts';
import type { BeatsCodec } from './beats.ts';
import type { Check } from './check.ts';
import { entriesToRows, entryToRow, rowsToEntries, rowToEntry } from './entry.ts';
import { readUint32, writeUint32 } from './framing.ts';
import { hexToBytes } from './hex.ts';
import { KIND } from './kinds.ts';
import { recordToRow, rowToRecord } from './record.ts';
import { fieldsToVoting, rowToSuccession, successionToRow, votingToFields } from './voting.ts';

// Their order is what travels.
const REFUSAL_REASONS = ['no-cluster', 'self', 'cluster-name', 'other-cluster'] as const satisfies readonly RefusalReason[];

/** Kind, counter, record version. */
export const FIXED_VALUES = 3;

export function messageToRow(message: Message, counter: number, recordVersion: number, beatsCodec: BeatsCodec): unknown[] {
  const kind = KIND[message.kind];
  switch (message.kind) {
    case 'push': {
      const { listHash, entries, beats } = message;
      return [kind, counter, recordVersion, listHash.lo, listHash.hi, entriesToRows(entries), beatsCodec.write(beats, counter)];
    }
    case 'who':
      return [kind, counter, recordVersion, message.tag.lo, message.tag.hi];
    case 'hello':
      return [
        kind,
        counter,
        recordVersion,
        hexToBytes(message.clusterId),
        hexToBytes(message.nonce),
        entryToRow(message.entry),
        message.echo,
        successionToRow(message.previous),
      ];
    case 'superseded':
      return [kind, counter, recordVersion, hexToBytes(message.id), message.incarnation, message.tag.lo, message.tag.hi];
    case 'join':
      return [kind, counter, recordVersion, message.clusterName, entryToRow(message.entry)];
    case 'welcome': {
      const record = recordToRow(message.record);
      return [kind, counter, recordVersion, hexToBytes(message.clusterId), record, entriesToRows(message.entries)];
    }
    case 'sync': {
      const digest = message.digest === null ? null : hashesToBytes(message.digest);
      return [kind, counter, recordVersion, hexToBytes(message.clusterId), entriesToRows(message.entries), digest];
    }
    case 'sync-reply': {
      const wanted = hashesToBytes(message.wanted);
      return [kind, counter, recordVersion, hexToBytes(message.clusterId), entriesToRows(message.entries), wanted];
    }
    case 'refused':
      return [kind, counter, recordVersion, REFUSAL_REASONS.indexOf(message.reason), message.detail];
    default:
      return [kind, counter, recordVersion, ...votingToFields(message)];
  }
}

export interface Body {
  readonly counter: number;
  readonly recordVersion: number;
  readonly message: Message;
}

/** Only to be believed when `check.reason` is null afterwards; null itself for a kind that is not known here. */
export function rowToBody(value: unknown, beatsCodec: BeatsCodec, check: Check): Body | null {
  const row = check.row(value, FIXED_VALUES);
  const kind = check.uint32(row[0]);
  const counter = check.safe(row[1]);
  const recordVersion = check.safe(row[2]);
  if (check.reason !== null) return null;
  const message = rowToMessage(kind, counter, row, beatsCodec, check);
  return message === null ? null : { counter, recordVersion, message };
}

/** Null for a kind that is not known here. The casts of brands each follow the check that makes them true. */
export function rowToMessage(kind: number, counter: number, row: readonly unknown[], beatsCodec: BeatsCodec, check: Check): Message | null {
  switch (kind) {
    case KIND.push: {
      const listHash = tagOf(row, 3, check);
      const entries = rowsToEntries(row[5], check);
      if (!beatsCodec.read(check.bytes(row[6]), counter)) check.fail('malformed');
      return { kind: 'push', listHash, entries, beats: beatsCodec.columns };
    }
    case KIND.who:
      return { kind: 'who', tag: tagOf(row, 3, check) };
    case KIND.hello: {
      const clusterId = clusterIdOf(row[3], check);
      return {
        kind: 'hello',
        clusterId,
        nonce: check.hex32(row[4]) as RunNonce,
        entry: rowToEntry(row[5], check),
        echo: check.safe(row[6]),
        previous: rowToSuccession(row[7], check),
      };
    }
    case KIND.superseded: {
      const id = check.hex32(row[3]) as NodeId;
      return { kind: 'superseded', id, incarnation: check.whole(row[4], INCARNATION_MAX) as Incarnation, tag: tagOf(row, 5, check) };
    }
    case KIND.join:
      return { kind: 'join', clusterName: check.text(row[3], LIMITS.nameLengthMax), entry: rowToEntry(row[4], check) };
    case KIND.welcome: {
      const clusterId = clusterIdOf(row[3], check);
      return { kind: 'welcome', clusterId, record: rowToRecord(row[4], check), entries: rowsToEntries(row[5], check) };
    }
    case KIND.sync: {
      const digest = row[5] === null ? null : bytesToHashes(row[5], check);
      return { kind: 'sync', clusterId: clusterIdOf(row[3], check), entries: rowsToEntries(row[4], check), digest };
    }
    case KIND['sync-reply']: {
      const clusterId = clusterIdOf(row[3], check);
      return { kind: 'sync-reply', clusterId, entries: rowsToEntries(row[4], check), wanted: bytesToHashes(row[5], check) };
    }
    case KIND.refused: {
      const reason = check.choice(row[3], REFUSAL_REASONS);
      return { kind: 'refused', reason, detail: check.text(row[4], LIMITS.nameLengthMax) };
    }
    default:
      return fieldsToVoting(kind, row.slice(FIXED_VALUES), check);
  }
}

function tagOf(row: readonly unknown[], at: number, check: Check): Tag {
  return { lo: check.uint32(row[at]), hi: check.uint32(row[at + 1]) };
}

function clusterIdOf(value: unknown, check: Check): ClusterId {
  return check.hex32(value) as ClusterId;
}

// Many hashes as one binary, four bytes each: as msgpack numbers they would take five and a pass each.
function hashesToBytes(hashes: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(hashes.length * 4);
  for (let i = 0; i < hashes.length; i++) writeUint32(bytes, i * 4, hashes[i]!);
  return bytes;
}

function bytesToHashes(value: unknown, check: Check): Uint32Array {
  const bytes = check.bytes(value);
  const count = bytes.length / 4;
  if (!Number.isInteger(count)) check.fail('malformed');
  if (count > LIMITS.membersMax) check.fail('out-of-bounds');
  if (check.reason !== null) return new Uint32Array(0);
  const hashes = new Uint32Array(count);
  for (let i = 0; i < count; i++) hashes[i] = readUint32(bytes, i * 4);
  return hashes;
}
