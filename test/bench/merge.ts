// What hearing costs, and what a member costs in memory: 1,000 counters heard, 1,000 members merged in full, and the bytes that a
// list of 10,000 takes, alone in a real agent and as one of many views over the simulator's shared directory.

import { at, Directory, type Envelope, type MemberEntry, Outbox, PROFILES, Random } from '../../src/core/index.ts';
import { MemberTable } from '../../src/core/membership/index.ts';
import { Roster } from '../../src/core/node/roster.ts';
import { Codec } from '../../src/wire/index.ts';
import { memberEntry, syncOf } from './codec.ts';

export interface MergeFigure {
  readonly name: string;
  readonly microseconds: number;
}

export interface MemoryFigure {
  readonly name: string;
  readonly bytes: number;
}

const ENTRIES = 1000;
const ROUNDS = 400;

export function mergeBench(): MergeFigure[] {
  return [
    { name: 'hear 1,000 counters that are news', microseconds: best((roster, entries, round) => hearBeats(roster, entries, round)) },
    { name: 'hear 1,000 counters that are known', microseconds: best((roster, entries) => hearBeats(roster, entries, 0)) },
    { name: 'merge 1,000 members with newer counters', microseconds: best((roster, entries, round) => believe(roster, entries, round)) },
    { name: 'merge 1,000 members that are known', microseconds: best((roster, entries) => believe(roster, entries, 0)) },
    { name: 'take one datagram of 1,000 rumours', microseconds: rumoursBench() },
  ];
}

type Act = (roster: Roster, entries: MemberEntry[], round: number) => () => void;

/** Best of many rounds: what is heard is made before the clock runs. */
function best(prepare: Act): number {
  const { roster, entries } = filledRoster(ENTRIES);
  let bestUs = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS; round++) {
    const act = prepare(roster, entries, round);
    const startNs = process.hrtime.bigint();
    act();
    bestUs = Math.min(bestUs, Number(process.hrtime.bigint() - startNs) / 1000);
  }
  return bestUs;
}

function hearBeats(roster: Roster, entries: MemberEntry[], round: number): () => void {
  const tagLo = Uint32Array.from(entries, ({ tag }) => tag.lo);
  const counter = Float64Array.from(entries, (entry) => entry.counter + 10 * round);
  const [now, outbox] = [at(1_000_000 + 100 * round), new Outbox()];
  return () => roster.hearBeats({ count: entries.length, tagLo, counter }, now, outbox);
}

function believe(roster: Roster, entries: MemberEntry[], round: number): () => void {
  const heard = entries.map((entry) => ({
    ...entry,
    counter: entry.counter + 10 * round,
    facts: { ...entry.facts, meta: { ...entry.facts.meta } },
  }));
  const [now, outbox] = [at(1_000_000 + 100 * round), new Outbox()];
  return () => {
    for (const entry of heard) roster.believe(entry, 'relay', now, outbox);
  };
}

function rumoursBench(): number {
  const { roster } = filledRoster(ENTRIES);
  let bestUs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round++) {
    const startNs = process.hrtime.bigint();
    roster.rumours.take(roster.table, 1136, at(1_000_000));
    bestUs = Math.min(bestUs, Number(process.hrtime.bigint() - startNs) / 1000);
  }
  return bestUs;
}

/** All of them confirmed, and with the rumours that made. */
function filledRoster(count: number): { roster: Roster; entries: MemberEntry[] } {
  const random = new Random(3);
  const now = at(1_000_000);
  const outbox = new Outbox();
  const self = memberEntry(random, count);
  const roster = new Roster(new Directory(), self.id, PROFILES.lan, now, () => {});
  roster.putSelf(self, now, outbox);
  const entries = Array.from({ length: count }, (_, i) => memberEntry(random, i));
  for (const entry of entries) roster.believe(entry, 'itself', now, outbox);
  return { roster, entries };
}

const codec = new Codec();
const GROWN = 10_000;
const VIEWS = 200;

/** Null where the collector cannot be asked for (`--expose-gc`): without it nothing of this can be told. */
export function memoryBench(): MemoryFigure[] | null {
  if (globalThis.gc === undefined) return null;
  return [
    // The second time, because the first one's bytes are also the code that it made warm.
    { name: 'a member of a list of its own', bytes: [ownListBytes(), ownListBytes()][1]! },
    { name: 'a row of one view over a shared directory', bytes: [sharedRowBytes(), sharedRowBytes()][1]! },
  ];
}

function usedBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
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
