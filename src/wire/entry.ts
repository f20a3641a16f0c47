// One member in full, as a row of values and back. Newer minor versions append; nothing here is ever reordered.

import {
  type Address,
  INCARNATION_MAX,
  type Incarnation,
  LIMITS,
  MEMBER_STATES,
  type MemberEntry,
  NAME_PATTERN,
  type NodeId,
} from '../core/index.ts';
import { ADDRESS_BYTES_MAX, isMemberAddress } from './address.ts';
import { type Check, utf8Bytes } from './check.ts';
import { hexToBytes } from './hex.ts';

const ENTRY_VALUES = 15;

type Tags = MemberEntry['facts']['meta']['tags'];
const NO_TAGS: Tags = [];

export function entryToRow(entry: MemberEntry): unknown[] {
  const { facts } = entry;
  const { meta } = facts;
  return [
    // 16 raw bytes: two shorter than four numbers, and read in two thirds of their time.
    hexToBytes(entry.id),
    entry.incarnation,
    entry.tag.lo,
    entry.tag.hi,
    entry.counter,
    MEMBER_STATES.indexOf(entry.state),
    entry.stateAgeMs,
    facts.name,
    facts.address,
    meta.version,
    meta.restarts,
    meta.zone,
    meta.software,
    meta.canVote,
    meta.tags.flat(),
  ];
}

export function entriesToRows(entries: readonly MemberEntry[]): unknown[] {
  return entries.map(entryToRow);
}

export function rowsToEntries(value: unknown, check: Check): MemberEntry[] {
  const rows = check.list(value, LIMITS.membersMax);
  const entries: MemberEntry[] = [];
  for (let i = 0; i < rows.length && check.reason === null; i++) entries.push(rowToEntry(rows[i], check));
  return entries;
}

// The casts of brands below each follow the check that makes them true; after a failed one the entry is thrown away.
export function rowToEntry(value: unknown, check: Check): MemberEntry {
  const row = check.row(value, ENTRY_VALUES);
  return {
    id: check.hex32(row[0]) as NodeId,
    incarnation: check.whole(row[1], INCARNATION_MAX) as Incarnation,
    tag: { lo: check.uint32(row[2]), hi: check.uint32(row[3]) },
    counter: check.safe(row[4]),
    state: check.choice(row[5], MEMBER_STATES),
    stateAgeMs: check.safe(row[6]),
    facts: {
      name: nameOf(row[7], check),
      address: addressOf(row[8], check),
      meta: {
        version: check.safe(row[9]),
        restarts: check.whole(row[10], INCARNATION_MAX),
        zone: check.text(row[11], LIMITS.zoneLengthMax),
        software: check.text(row[12], LIMITS.softwareLengthMax),
        canVote: check.flag(row[13]),
        tags: tagsOf(row[14], check),
      },
    },
  };
}

function nameOf(value: unknown, check: Check): string {
  const name = check.text(value, LIMITS.nameLengthMax);
  if (check.reason === null && !NAME_PATTERN.test(name)) check.fail('out-of-bounds');
  return name;
}

function addressOf(value: unknown, check: Check): Address {
  const text = check.text(value, ADDRESS_BYTES_MAX);
  if (check.reason === null && !isMemberAddress(text)) check.fail('out-of-bounds');
  return text as Address;
}

function tagsOf(value: unknown, check: Check): Tags {
  const flat = check.list(value, LIMITS.tagsMax * 2);
  if (flat.length === 0) return NO_TAGS;
  if (flat.length % 2 !== 0) check.fail('malformed');
  const tags: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < flat.length && check.reason === null; i += 2) {
    const key = check.text(flat[i], LIMITS.tagKeyBytesMax);
    const text = check.text(flat[i + 1], LIMITS.tagBytesMax - utf8Bytes(key));
    const before = tags.at(-1);
    // Sorted without repeats, so that equal tags are equal bytes.
    if (before !== undefined && !(before[0] < key)) check.fail('out-of-bounds');
    tags.push([key, text]);
  }
  return tags;
}
