// How doubt travels: a small datagram to a few peers, of whom is suspected and of who was suspected and is heard again, each with the
// counter that it rests on. Told at once, then again now and then until everyone has it; a short random wait lets the suspicions of one
// moment share a datagram. Who hears that it is suspected itself answers with its own counter.

import type { Outbox } from '../effect.ts';
import type { Address } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import type { Doubts, Sighting } from '../message.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

export class Whispers {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #random: Random;
  readonly #peers: () => readonly Address[];
  #timings: Timings;
  #tellAt: MonotonicMs = NEVER;

  constructor(self: Self, roster: Roster, voice: Voice, timings: Timings, random: Random, peers: () => readonly Address[]) {
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#timings = timings;
    this.#random = random;
    this.#peers = peers;
  }

  get nextAt(): MonotonicMs {
    return this.#tellAt;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  hear({ suspected, heard }: Doubts, now: MonotonicMs, outbox: Outbox): void {
    const { table, suspicions } = this.#roster;
    for (const { tag, counter } of suspected) {
      const slot = table.slotOfTag(tag);
      if (slot === NONE || !table.isConfirmed(slot)) continue;
      if (slot === table.selfSlot) suspicions.news.cleared(slot, table.confirmedCount);
      else suspicions.hearDoubt(slot, counter, now, outbox);
    }
    for (const { tag, counter } of heard) {
      const slot = table.slotOfTag(tag);
      if (slot !== NONE && slot !== table.selfSlot && table.isConfirmed(slot)) this.#roster.hearTold(slot, counter, now, outbox);
    }
    this.expedite(now);
  }

  /** What nobody was told yet does not wait for older news to be told again. */
  expedite(now: MonotonicMs): void {
    const { news } = this.#roster.suspicions;
    if (news.size === 0 || (this.#tellAt !== NEVER && !news.hasNews)) return;
    this.#tellAt = at(Math.min(this.#tellAt, now + this.#random.between(0.005, 0.03) * this.#timings.heartbeatMs));
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    this.expedite(now);
    if (now < this.#tellAt) return;
    this.#tellAt = NEVER;
    const { table, suspicions } = this.#roster;
    const { news } = suspicions;
    const suspected: Sighting[] = [];
    const heard: Sighting[] = [];
    for (const slot of news.take()) {
      if (!table.isConfirmed(slot)) continue;
      if (slot === table.selfSlot) heard.push({ tag: this.#self.tag, counter: this.#self.stamp(now) });
      else if (news.isPublic(slot)) suspected.push({ tag: table.tagOf(slot), counter: news.counterOf(slot) });
      else heard.push({ tag: table.tagOf(slot), counter: table.counterOf(slot) });
    }
    const to = this.#peers();
    if (to.length > 0 && suspected.length + heard.length > 0) this.#voice.datagram(to, { kind: 'doubts', suspected, heard }, now, outbox);
    if (news.size > 0) this.#tellAt = at(now + this.#random.between(0.3, 0.5) * this.#timings.heartbeatMs);
  }
}
