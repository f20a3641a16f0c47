// What a member does now and then: asks after the failed, tells which passages are blocked, clears away the long dead, has its peers remembered on disk.

import type { Outbox } from '../effect.ts';
import type { Address } from '../ids.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import { PassageNews } from './passage-news.ts';
import type { Roster } from './roster.ts';
import type { SeedBook } from './seeds.ts';
import type { Talk } from './talk.ts';

/** In heartbeats. */
const KNOCK_EVERY = 10;
/** At first, while they are few, and then: who crashes soon after it met its first peers must find them again. */
const REMEMBER_FIRST = 2;
const REMEMBER_A_FEW = 10;
const REMEMBER_EVERY = 60;
const REMEMBERED_PEERS = 16;

export class Upkeep {
  readonly #roster: Roster;
  readonly #talk: Talk;
  readonly #seeds: SeedBook;
  readonly #random: Random;
  readonly #passageNews: PassageNews;
  #timings: Timings;
  #hasBegun = false;
  #knockAt: MonotonicMs = NEVER;
  #sweepAt: MonotonicMs = NEVER;
  #rememberAt: MonotonicMs = NEVER;

  constructor(roster: Roster, talk: Talk, seeds: SeedBook, timings: Timings, random: Random) {
    this.#roster = roster;
    this.#talk = talk;
    this.#seeds = seeds;
    this.#timings = timings;
    this.#random = random;
    this.#passageNews = new PassageNews(roster.table);
  }

  get nextAt(): MonotonicMs {
    return at(Math.min(this.#knockAt, this.#sweepAt, this.#hasPeers ? this.#rememberAt : NEVER));
  }

  get #hasPeers(): boolean {
    return this.#roster.table.confirmedCount > 1;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  /** With the first life. */
  beginOnce(now: MonotonicMs): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { heartbeatMs, failMs } = this.#timings;
    this.#knockAt = at(now + KNOCK_EVERY * heartbeatMs * this.#random.unit());
    this.#sweepAt = at(now + 2 * failMs);
    this.#rememberAt = at(now + REMEMBER_FIRST * heartbeatMs);
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    const { heartbeatMs, failMs } = this.#timings;
    const { table } = this.#roster;
    if (now >= this.#knockAt) {
      this.#knockAt = at(now + KNOCK_EVERY * heartbeatMs * this.#random.between(0.75, 1.25));
      this.#talk.knock(now, outbox);
      this.#passageNews.look(this.#talk.passages.blocked(now, failMs), outbox);
    }
    if (now >= this.#sweepAt) {
      this.#sweepAt = at(now + 2 * failMs);
      this.#roster.sweep(now, (slot) => this.#seeds.rememberLost(table.addressOf(slot)));
    }
    // Who is alone does not wake up for it: it stays due until the first peer has come.
    if (now >= this.#rememberAt && this.#hasPeers) {
      const count = this.#rememberPeers(outbox);
      this.#rememberAt = at(now + (count < REMEMBERED_PEERS ? REMEMBER_A_FEW : REMEMBER_EVERY) * heartbeatMs);
    }
  }

  /** How many there were. */
  #rememberPeers(outbox: Outbox): number {
    const { table } = this.#roster;
    const addresses: Address[] = [];
    for (let slot = 0; slot < table.slotLimit && addresses.length < REMEMBERED_PEERS; slot++) {
      if (slot !== table.selfSlot && table.isConfirmed(slot)) addresses.push(table.addressOf(slot));
    }
    if (addresses.length > 0) outbox.push({ kind: 'remember-peers', addresses });
    return addresses.length;
  }
}
