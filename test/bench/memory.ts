// What a member costs in memory: of a list of 10,000 in a real agent, and in one of many lists over a simulation's shared directory.
// A program of its own, so that the collector can be asked for and nothing else is counted: `node --expose-gc`, one line of JSON.

import { at, Directory, type Envelope, type MemberEntry, Outbox, PROFILES, Random } from '../../src/core/index.ts';
import { MemberTable } from '../../src/core/membership/index.ts';
import { Roster } from '../../src/core/node/roster.ts';
import { Codec } from '../../src/wire/index.ts';
import { memberEntry, syncOf } from './codec.ts';

export interface MemoryBytes {
  readonly member: number;
  readonly row: number;
}

const codec = new Codec();
const GROWN = 10_000;
const VIEWS = 200;

// The second time, because the first one's bytes are also the code that it made warm.
const bytes: MemoryBytes = {
  member: [ownListBytes(), ownListBytes()][1]!,
  row: [sharedRowBytes(), sharedRowBytes()][1]!,
};
process.stdout.write(JSON.stringify(bytes));

function usedBytes(): number {
  if (globalThis.gc === undefined) throw new Error('without the collector nothing of this can be told: node --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Names and addresses all differ, metas are alike, as in a real cluster; nothing but the list holds them. */
function ownListBytes(): number {
  const random = new Random(4);
  const now = at(1_000_000);
  const outbox = new Outbox();
  const self = memberEntry(random, GROWN);
  const roster = new Roster(new Directory(), self.id, PROFILES.lan, now, () => {});
  roster.putSelf(self, now, outbox);
  const grow = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      outbox.clear();
      roster.believe(asReceived(memberEntry(random, i)), 'itself', now, outbox);
    }
    // Rumours wear off; a list at rest has none.
    for (let slot = 0; slot < roster.table.slotLimit; slot++) for (let told = 0; told < 8; told++) roster.rumours.heardAgain(slot);
    outbox.clear();
  };
  grow(0, 10);
  const before = usedBytes();
  grow(10, GROWN);
  const bytes = (usedBytes() - before) / (GROWN - 10);
  if (roster.table.rowCount !== GROWN + 1) throw new Error('the list was held while it was measured');
  return bytes;
}

/** Off the wire, because a text that was put together here would take other bytes than one that was read. */
function asReceived(entry: MemberEntry): MemberEntry {
  const envelope = syncOf(0);
  const message = { ...envelope.message, entries: [entry] } as Envelope['message'];
  const decoded = codec.decode(codec.encodeFrame({ ...envelope, message }));
  if (decoded.kind !== 'message' || decoded.envelope.message.kind !== 'sync') throw new Error('the bench reads what it wrote');
  return decoded.envelope.message.entries[0]!;
}

/** What each further view of the same members takes, a member. */
function sharedRowBytes(): number {
  const random = new Random(5);
  const now = at(1_000_000);
  const directory = new Directory({ isShared: true });
  const members = 1000;
  const entries = Array.from({ length: members }, (_, i) => memberEntry(random, i));
  const newView = (): MemberTable => {
    const table = new MemberTable(directory, entries[0]!.id, 2_700, now);
    for (const entry of entries) table.put(entry, true, now);
    return table;
  };
  const views = [newView(), newView()];
  const before = usedBytes();
  for (let i = 0; i < VIEWS; i++) views.push(newView());
  const bytes = (usedBytes() - before) / (VIEWS * members);
  if (views.some(({ rowCount }) => rowCount !== members)) throw new Error('the views were held while they were measured');
  return bytes;
}
