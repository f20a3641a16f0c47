// Anti-entropy: pushes bear a hash of the list, and whoever sees another one than its own asks for what differs, over a stream,
// soon when that taught something, ever more rarely while it did not. Whoever is where this list was a moment ago is only behind:
// a rumour is on its way there. Asking all of those would teach nothing, and make the one question late that is needed.

import type { Outbox } from '../effect.ts';
import { compareDigest, digestOf, entryBytesMax, slotsOfHashes } from '../gossip/index.ts';
import { sameTag, type Tag } from '../hash.ts';
import type { Address } from '../ids.ts';
import { LIMITS, type MemberEntry, type Sync } from '../message.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

/** A stream's message is filled to here at most. */
const FRAME_ROOM_BYTES = LIMITS.frameBytesMax / 4;
const DELAY_MAX_MS = 60_000;
/** In T_fail: no newcomer that the other has not heard of yet. */
const LONG_UNHEARD = 2;
/** In heartbeats: by then nearly everyone has heard a rumour, or was missed by it. */
const RUMOUR_ROUNDS = 4;
const HASHES_KEPT = 8;

/** Believes what was told and names the rows that the teller has wrong. */
type Believe = (entries: readonly MemberEntry[], now: MonotonicMs, outbox: Outbox) => number[];

export class Reconciler {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #random: Random;
  readonly #believe: Believe;
  #timings: Timings;
  #syncAt: MonotonicMs = NEVER;
  #syncDelayMs: number;
  /** Who was last seen with another list than ours. */
  #differing: { readonly peer: Address; readonly theirs: Tag } | null = null;
  /** What this list's hash was, and until when; the oldest first. */
  readonly #earlier: { readonly hash: Tag; readonly untilMs: number }[] = [];
  #hashSeen: Tag;

  constructor(self: Self, roster: Roster, voice: Voice, timings: Timings, random: Random, believe: Believe) {
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#timings = timings;
    this.#random = random;
    this.#believe = believe;
    this.#syncDelayMs = 2 * timings.heartbeatMs;
    this.#hashSeen = roster.table.listHash;
  }

  get nextAt(): MonotonicMs {
    return this.#syncAt;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
    this.#syncDelayMs = 2 * timings.heartbeatMs;
  }

  noteDifference(peer: Address, theirs: Tag, now: MonotonicMs): void {
    if (this.#wasEarlier(theirs, now)) return;
    this.#differing = { peer, theirs };
    if (this.#syncAt === NEVER) this.#syncAt = at(now + this.#syncDelayMs * this.#random.between(0.5, 1.5));
  }

  /** What was asked in vain is settled; where some lists never agree, others that do do not make the questions frequent. */
  noteAgreement(): void {
    this.#syncDelayMs = Math.max(2 * this.#timings.heartbeatMs, this.#syncDelayMs / 2);
  }

  /** Before another's hash is compared with it. */
  noteOwnHash(now: MonotonicMs): void {
    const { listHash } = this.#roster.table;
    if (sameTag(listHash, this.#hashSeen)) return;
    this.#earlier.push({ hash: this.#hashSeen, untilMs: now });
    if (this.#earlier.length > HASHES_KEPT) this.#earlier.shift();
    this.#hashSeen = listHash;
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    if (now < this.#syncAt) return;
    this.#syncAt = NEVER;
    const differing = this.#differing;
    this.#differing = null;
    if (differing === null) return;
    // Meanwhile this list has become like it, or gone on from there.
    this.noteOwnHash(now);
    if (sameTag(differing.theirs, this.#hashSeen) || this.#wasEarlier(differing.theirs, now)) return;
    this.syncWith(differing.peer, null, now, outbox);
  }

  #wasEarlier(theirs: Tag, now: MonotonicMs): boolean {
    const rumourMs = RUMOUR_ROUNDS * this.#timings.heartbeatMs;
    return this.#earlier.some(({ hash, untilMs }) => now < untilMs + rumourMs && sameTag(hash, theirs));
  }

  /** The other side's sync: what it lacks goes back, what it told is believed, what was wrong in it is corrected. */
  answerSync(exchange: number, message: Sync, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const cluster = this.#self.clusterId;
    if (cluster === null) return this.#voice.reply(exchange, { kind: 'refused', reason: 'no-cluster', detail: '' }, now, outbox);
    if (message.clusterId !== cluster)
      return this.#voice.reply(exchange, { kind: 'refused', reason: 'other-cluster', detail: cluster }, now, outbox);
    const corrections = this.#believe(message.entries, now, outbox);
    const difference = message.digest === null ? null : compareDigest(table, message.digest);
    const slots = difference === null ? corrections : [...corrections, ...difference.theyLack, ...this.#freshVerdicts(now)];
    this.#voice.reply(
      exchange,
      {
        kind: 'sync-reply',
        clusterId: cluster,
        entries: this.#entriesThatFit(slots, now),
        wanted: difference?.weLack ?? new Uint32Array(0),
      },
      now,
      outbox,
    );
  }

  hearSyncReply(from: Address, entries: readonly MemberEntry[], wanted: Uint32Array, now: MonotonicMs, outbox: Outbox): void {
    const cluster = this.#self.clusterId;
    if (cluster === null) return;
    const indexBefore = this.#roster.index;
    const corrections = this.#believe(entries, now, outbox);
    const lacking = wanted.length > 0 ? slotsOfHashes(this.#roster.table, wanted) : [];
    for (const slot of lacking) this.#wonderAbout(slot, now);
    const slots = [...corrections, ...lacking];
    if (slots.length > 0) {
      const told = this.#entriesThatFit(slots, now);
      this.#voice.ask(
        { kind: 'deliver', at: from, seed: null },
        { kind: 'sync', clusterId: cluster, digest: null, entries: told },
        now,
        outbox,
      );
    }
    const taughtNothing = this.#roster.index === indexBefore && slots.length === 0;
    this.#syncDelayMs = taughtNothing ? Math.min(DELAY_MAX_MS, this.#syncDelayMs * 2) : 2 * this.#timings.heartbeatMs;
  }

  /** Another list lacks it. If the voters do too, none of them will miss it. */
  #wonderAbout(slot: number, now: MonotonicMs): void {
    const { table, suspicions } = this.#roster;
    if (slot !== table.selfSlot && now - table.freshAt(slot) > LONG_UNHEARD * this.#timings.failMs) suspicions.trust.question(slot, now);
  }

  /** Asks for what differs, over a stream. */
  syncWith(peer: Address, seed: string | null, now: MonotonicMs, outbox: Outbox): boolean {
    const cluster = this.#self.clusterId;
    if (cluster === null) return false;
    const entries = this.#entriesThatFit([this.#roster.table.selfSlot, ...this.#freshVerdicts(now)], now);
    return this.#voice.ask(
      { kind: 'sync', at: peer, seed },
      { kind: 'sync', clusterId: cluster, digest: digestOf(this.#roster.table), entries },
      now,
      outbox,
    );
  }

  /** Is anybody there, over a stream? Says who asks, and wants to know nothing else. */
  touch(peer: Address, now: MonotonicMs, outbox: Outbox): void {
    const cluster = this.#self.clusterId;
    if (cluster === null) return;
    const entries = this.#entriesThatFit([this.#roster.table.selfSlot], now);
    this.#voice.ask({ kind: 'deliver', at: peer, seed: null }, { kind: 'sync', clusterId: cluster, digest: null, entries }, now, outbox);
  }

  wholeList(now: MonotonicMs): MemberEntry[] {
    const { table } = this.#roster;
    const slots: number[] = [];
    for (let slot = 0; slot < table.slotLimit; slot++) if (table.isConfirmed(slot)) slots.push(slot);
    return this.#entriesThatFit([...slots, ...this.#freshVerdicts(now)], now);
  }

  /** Verdicts young enough to matter to someone who slept through them. */
  #freshVerdicts(now: MonotonicMs): number[] {
    const { table } = this.#roster;
    return [...table.dead].filter((slot) => now - table.sinceOf(slot) <= 2 * this.#timings.failMs);
  }

  #entriesThatFit(slots: readonly number[], now: MonotonicMs): MemberEntry[] {
    const { table } = this.#roster;
    table.setOwnCounter(this.#self.stamp(now));
    const entries: MemberEntry[] = [];
    let bytes = 0;
    // From a random place on: what does not fit comes with another sync.
    const start = slots.length === 0 ? 0 : this.#random.below(slots.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[(start + i) % slots.length]!;
      if (!table.has(slot)) continue;
      const entry = table.entryOf(slot, now);
      bytes += entryBytesMax(entry);
      if (bytes > FRAME_ROOM_BYTES) break;
      entries.push(entry);
    }
    return entries;
  }
}
