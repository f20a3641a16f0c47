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

export class Relays {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  /** What was passed on, and who brought it: the way back for an answer. */
  readonly #relayed = new Map<string, Address>();

  constructor(self: Self, roster: Roster, voice: Voice, chain: Chain) {
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
  }

  /** One that is short of acks was heard directly: its beat goes on to the voters, whole. */
  passOn(slot: number, beat: Beat, counter: number, recordVersion: number, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
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
      from,
      now,
      outbox,
    );
  }

  /** What somebody passes on: for this node it is unwrapped by the caller; for others it goes one hop further, once. */
  forwardRelayed(relayed: Relayed, from: Address, now: MonotonicMs, outbox: Outbox): void {
    if (relayed.hops >= HOPS_MAX) return;
    this.#forward({ ...relayed, hops: relayed.hops + 1 }, from, now, outbox);
  }

  /** The way an answer goes back: to whoever brought the question. */
  answer(via: Address, target: NodeId, inner: Relayed['inner'], now: MonotonicMs, outbox: Outbox): void {
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
    this.#voice.datagram([via], relayed, now, outbox);
  }

  #forward(relayed: Relayed, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const key = `${keyOf(relayed.originSender)} ${relayed.originCounter} ${relayed.target ?? ''} ${relayed.inner.kind}`;
    if (this.#relayed.has(key)) return;
    if (this.#relayed.size >= REMEMBERED_MAX)
      for (const oldest of [...this.#relayed.keys()].slice(0, REMEMBERED_MAX / 2)) this.#relayed.delete(oldest);
    this.#relayed.set(key, from);
    if (relayed.target !== null) {
      // Back to one that asked: straight to it, and to whoever brought its question here.
      const slot = table.slotOf(relayed.target);
      const way = new Set<Address>();
      if (slot !== NONE && slot !== table.selfSlot) way.add(table.addressOf(slot));
      for (const [asked, brought] of this.#relayed) if (slot !== NONE && asked.startsWith(`${keyOf(table.tagOf(slot))} `)) way.add(brought);
      this.#voice.datagram([...way].slice(0, WAYS_BACK_MAX), relayed, now, outbox);
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

function keyOf(tag: Tag): string {
  return `${tag.lo}.${tag.hi}`;
}
