// What hearing costs: 1,000 counters heard, from the bytes of a push or from its columns, and 1,000 members merged in full.

import { at, type Beats, Directory, type Envelope, type MemberEntry, Outbox, PROFILES, Random } from '../../src/core/index.ts';
import { Roster } from '../../src/core/node/roster.ts';
import { Codec } from '../../src/wire/index.ts';
import { memberEntry } from './codec.ts';

export interface MergeFigure {
  readonly name: string;
  readonly microseconds: number;
}

const ENTRIES = 1000;
const ROUNDS = 400;

export function mergeBench(): MergeFigure[] {
  return [
    { name: 'decode, check and merge 1,000 beats', microseconds: best((roster, entries, round) => hearPush(roster, entries, round)) },
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
  const beats = beatsOf(entries, round);
  const [now, outbox] = [at(1_000_000 + 100 * round), new Outbox()];
  return () => roster.hearBeats(beats, now, outbox);
}

const codec = new Codec();

function hearPush(roster: Roster, entries: MemberEntry[], round: number): () => void {
  const message = { kind: 'push', listHash: { lo: 1, hi: 2 }, entries: [], beats: beatsOf(entries, round) } as const;
  const envelope: Envelope = { clusterHash: 1, sender: { lo: 3, hi: 4 }, counter: 75_000_000, recordVersion: 0, message };
  const bytes = codec.encodeFrame(envelope);
  const [now, outbox] = [at(1_000_000 + 100 * round), new Outbox()];
  return () => {
    const decoded = codec.decode(bytes);
    if (decoded.kind !== 'message' || decoded.envelope.message.kind !== 'push') throw new Error('the bench reads what it wrote');
    roster.hearBeats(decoded.envelope.message.beats, now, outbox);
  };
}

function beatsOf(entries: MemberEntry[], round: number): Beats {
  const tagLo = Uint32Array.from(entries, ({ tag }) => tag.lo);
  const counter = Float64Array.from(entries, (entry) => entry.counter + 10 * round);
  return { count: entries.length, tagLo, counter };
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
