// Passing on for members whose direct way is cut (L1): whole packets, their sender's tag and counter with them, two hops at most,
// each packet once. What is carried proves nothing of its bearer: acks are bound to runs and counters, ballots are unique.

import type { Outbox } from '../effect.ts';
import { sameTag, type Tag } from '../hash.ts';
import type { Address, NodeId } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import type { Beat, Relayed } from '../message.ts';
import type { MonotonicMs } from '../time.ts';
import type { Chain } from './chain.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

const REMEMBERED_MAX = 128;
const HOPS_MAX = 2;
const WAYS_BACK_MAX = 4;

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
  readonly #passedAt = new Map<NodeId, number>();
  readonly #answeredAt = new Map<NodeId, number>();
  readonly #helpers: () => readonly Address[];
  #heartbeatMs: number;

  constructor(self: Self, roster: Roster, voice: Voice, chain: Chain, heartbeatMs: number, helpers: () => readonly Address[]) {
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
    const sender = table.tagOf(slot);
    this.#forward(
      {
        kind: 'relayed',
        hops: 1,
        originSender: sender,
        originCounter: counter,
        originRecordVersion: recordVersion,
        target: null,
        inner: beat,
      },
      false,
      from,
      now,
      outbox,
    );
  }

  /** What somebody passes on: for this node it is unwrapped by the caller; for others it goes one hop further, once. */
  forwardRelayed(relayed: Relayed, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const isLast = relayed.hops >= HOPS_MAX;
    if (isLast && relayed.target === null) return;
    this.#forward(isLast ? relayed : { ...relayed, hops: relayed.hops + 1 }, isLast, from, now, outbox);
  }

  /** Not taken before, by whatever way it came. */
  isFirst({ originSender, originCounter, inner, target }: Relayed): boolean {
    const key = `${keyOf(originSender)} ${originCounter} ${target === null ? '' : 'self'} ${inner.kind}`;
    if (this.#taken.has(key)) return false;
    forgetOldest(this.#taken);
    this.#taken.add(key);
    return true;
  }

  /** The way back need not be the way here: through whoever brought the question, if anybody, and through some others. */
  answer(via: Address | null, target: NodeId, inner: Relayed['inner'], now: MonotonicMs, outbox: Outbox): void {
    if (!this.#isTurn(this.#answeredAt, target, now)) return;
    const { tag } = this.#self;
    const relayed: Relayed = {
      kind: 'relayed',
      hops: 1,
      originSender: tag,
      originCounter: this.#self.stamp(now),
      originRecordVersion: this.#chain.version,
      target,
      inner,
    };
    this.#voice.datagram(this.#andHelpers(via === null ? [] : [via]), relayed, now, outbox);
  }

  /** Who is short retries often; to do something for it about once a heartbeat is enough for a lease. */
  #isTurn(last: Map<NodeId, number>, id: NodeId, now: MonotonicMs): boolean {
    if (now - (last.get(id) ?? Number.NEGATIVE_INFINITY) < this.#heartbeatMs * TURN) return false;
    last.delete(id);
    forgetOldest(last);
    last.set(id, now);
    return true;
  }

  #andHelpers(ways: readonly Address[]): Address[] {
    return [...new Set([...ways, ...this.#helpers()])];
  }

  #forward(relayed: Relayed, isLast: boolean, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const key = `${keyOf(relayed.originSender)} ${relayed.originCounter} ${relayed.target ?? ''} ${relayed.inner.kind}`;
    if (this.#relayed.has(key)) return;
    forgetOldest(this.#relayed);
    this.#relayed.set(key, from);
    if (relayed.target !== null) {
      // Back to one that asked: straight to it, and to whoever brought its question here.
      const slot = table.slotOf(relayed.target);
      const way = new Set<Address>();
      if (slot !== NONE && slot !== table.selfSlot) way.add(table.addressOf(slot));
      for (const [asked, brought] of this.#relayed) if (slot !== NONE && asked.startsWith(`${keyOf(table.tagOf(slot))} `)) way.add(brought);
      const ways = [...way].slice(0, WAYS_BACK_MAX);
      this.#voice.datagram(isLast ? ways : this.#andHelpers(ways), relayed, now, outbox);
      return;
    }
    const to: Address[] = [];
    for (const { id } of this.#chain.record?.voters ?? []) {
      const slot = table.slotOf(id);
      if (slot !== NONE && slot !== table.selfSlot && !sameTag(table.tagOf(slot), relayed.originSender) && table.addressOf(slot) !== from)
        to.push(table.addressOf(slot));
    }
    this.#voice.datagram(to, relayed, now, outbox);
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
