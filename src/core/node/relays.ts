// Passing on for members whose direct way is cut (L1): whole packets, their sender's tag and counter with them, two hops at most,
// each packet once. What is carried proves nothing of its bearer: acks are bound to runs and counters, ballots are unique.
// One hop is cheap: a question goes to the voters, its answer back the way it came. Two hops flood, so they are rare and rationed:
// a crowd that is short only because its hosts are busy must not be kept busy by its own cries for help.

import type { Outbox } from '../effect.ts';
import { sameTag, type Tag } from '../hash.ts';
import type { Address, NodeId } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import type { Beat, Ping, Relayed } from '../message.ts';
import type { MonotonicMs } from '../time.ts';
import type { Introductions } from './callbacks.ts';
import type { Chain } from './chain.ts';
import { addressesOf } from './choosing.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

const REMEMBERED_MAX = 128;
/** A packet that bears this goes straight to whom it is for, and no further. */
const LAST_HOP = 2;
const WAYS_BACK_MAX = 4;
/** Members for whom this node floods in one heartbeat. */
const FLOODED_FOR_MAX = 8;

/** In heartbeats: as often as a beat, with room for its jitter. */
const TURN = 0.7;

export class Relays {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  /** What was passed on, and who brought it: the way back for an answer. */
  readonly #relayed = new Map<string, Address>();
  readonly #taken = new Set<string>();
  readonly #passedAt = new Map<string, number>();
  readonly #acksFloodedAt = new Map<string, number>();
  readonly #ballotsFloodedAt = new Map<string, number>();
  readonly #helpers: () => readonly Address[];
  readonly #introductions: Introductions;
  #heartbeatMs: number;

  constructor(
    self: Self,
    roster: Roster,
    voice: Voice,
    chain: Chain,
    heartbeatMs: number,
    helpers: () => readonly Address[],
    introductions: Introductions,
  ) {
    this.#introductions = introductions;
    this.#heartbeatMs = heartbeatMs;
    this.#helpers = helpers;
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
  }

  retime(heartbeatMs: number): void {
    this.#heartbeatMs = heartbeatMs;
  }

  /** One that is short of acks was heard directly: its beat goes on to the voters, whole. */
  passOn(slot: number, beat: Beat, counter: number, recordVersion: number, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    if (!this.#isTurn(this.#passedAt, table.directory.idAt(slot), now)) return;
    const relayed: Relayed = {
      kind: 'relayed',
      hops: beat.isLost ? 1 : LAST_HOP,
      originSender: table.tagOf(slot),
      originCounter: counter,
      originRecordVersion: recordVersion,
      target: null,
      inner: beat,
    };
    if (this.#isNew(relayed, from)) this.#toVoters(slot, relayed, from, now, outbox);
  }

  /** What somebody passes on: for this node it is unwrapped by the caller; for others it goes on, once. */
  forwardRelayed(relayed: Relayed, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const isLast = relayed.hops >= LAST_HOP;
    if (isLast && relayed.target === null) return;
    if (!this.#isNew(relayed, from)) return;
    const next = { ...relayed, hops: LAST_HOP };
    const { table } = this.#roster;
    if (relayed.target === null) return this.#toVoters(table.slotOfTag(relayed.originSender), next, from, now, outbox);
    const slot = table.slotOf(relayed.target);
    if (slot === NONE || slot === table.selfSlot) return;
    const straight = table.addressOf(slot);
    this.#voice.datagram(isLast ? [straight] : [...new Set([straight, ...this.#waysTo(slot), ...this.#helpers()])], next, now, outbox);
  }

  /** Not taken before, by whatever way it came. */
  isFirst({ originSender, originCounter, inner, target }: Relayed): boolean {
    const key = `${keyOf(originSender)} ${originCounter} ${target === null ? '' : 'self'} ${inner.kind}`;
    if (this.#taken.has(key)) return false;
    forgetOldest(this.#taken);
    this.#taken.add(key);
    return true;
  }

  /** Back the way that the question came. */
  sendBack(via: Address, target: NodeId, inner: Relayed['inner'], now: MonotonicMs, outbox: Outbox): void {
    this.#voice.datagram([via], this.#own(LAST_HOP, target, inner, now), now, outbox);
  }

  /** Straight from whoever is asked to the one who is to answer, and back (an indirect probe). */
  askThrough(helpers: readonly Address[], target: NodeId, inner: Ping, now: MonotonicMs, outbox: Outbox): void {
    if (helpers.length > 0) this.#voice.datagram(helpers, this.#own(LAST_HOP, target, inner, now), now, outbox);
  }

  /** By any way: the way back need not be the way here. About once a heartbeat for each, which is enough for a lease, and for few. */
  flood(target: NodeId, inner: Relayed['inner'], now: MonotonicMs, outbox: Outbox): void {
    // Decisions and leases do not take each other's turns.
    const flooded = inner.kind === 'ack' ? this.#acksFloodedAt : this.#ballotsFloodedAt;
    let others = 0;
    for (const since of flooded.values()) if (now - since < this.#heartbeatMs * TURN) others += 1;
    if (others >= FLOODED_FOR_MAX || !this.#isTurn(flooded, `${target} ${inner.kind}`, now)) return;
    const slot = this.#roster.table.slotOf(target);
    const ways = slot === NONE ? [] : this.#waysTo(slot);
    const voters = addressesOf(this.#roster.table, this.#chain.voterIds);
    this.#voice.datagram([...new Set([...ways, ...voters, ...this.#helpers()])], this.#own(1, target, inner, now), now, outbox);
  }

  #own(hops: number, target: NodeId, inner: Relayed['inner'], now: MonotonicMs): Relayed {
    const originCounter = this.#self.stamp(now);
    return {
      kind: 'relayed',
      hops,
      originSender: this.#self.tag,
      originCounter,
      originRecordVersion: this.#chain.version,
      target,
      inner,
    };
  }

  /** Who is short cries often. */
  #isTurn(last: Map<string, number>, key: string, now: MonotonicMs): boolean {
    if (now - (last.get(key) ?? Number.NEGATIVE_INFINITY) < this.#heartbeatMs * TURN) return false;
    last.delete(key);
    forgetOldest(last);
    last.set(key, now);
    return true;
  }

  #isNew({ originSender, originCounter, target, inner }: Relayed, from: Address): boolean {
    const key = `${keyOf(originSender)} ${originCounter} ${target ?? ''} ${inner.kind}`;
    if (this.#relayed.has(key)) return false;
    forgetOldest(this.#relayed);
    this.#relayed.set(key, from);
    return true;
  }

  /** Who is lost may have begun another life, which no way but this leads to: it is introduced by whoever carries its cry. */
  #toVoters(slot: number, relayed: Relayed, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const to = this.#votersBut(relayed.originSender, from);
    if (slot !== NONE && relayed.inner.kind === 'beat' && relayed.inner.isLost) this.#introductions.tellOf(slot, to, now, outbox);
    this.#voice.datagram(to, relayed, now, outbox);
  }

  #votersBut(origin: Tag, from: Address): Address[] {
    const { table } = this.#roster;
    const to: Address[] = [];
    for (const { id } of this.#chain.record?.voters ?? []) {
      const slot = table.slotOf(id);
      if (slot !== NONE && slot !== table.selfSlot && !sameTag(table.tagOf(slot), origin) && table.addressOf(slot) !== from)
        to.push(table.addressOf(slot));
    }
    return to;
  }

  /** Whoever brought here what it sent. */
  #waysTo(slot: number): Address[] {
    const prefix = `${keyOf(this.#roster.table.tagOf(slot))} `;
    const ways = new Set<Address>();
    for (const [asked, brought] of this.#relayed) if (asked.startsWith(prefix)) ways.add(brought);
    return [...ways].slice(-WAYS_BACK_MAX);
  }
}

/** Makes room for one more: the older half goes. */
function forgetOldest(remembered: { size: number; keys(): Iterable<string>; delete(key: string): boolean }): void {
  if (remembered.size < REMEMBERED_MAX) return;
  for (const oldest of [...remembered.keys()].slice(0, REMEMBERED_MAX / 2)) remembered.delete(oldest);
}

function keyOf(tag: Tag): string {
  return `${tag.lo}.${tag.hi}`;
}
