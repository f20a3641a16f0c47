// Asks the silent (DESIGN, section 2): straight, then through others and over a stream at once, so that a cut way or a stopped kind of
// packet is not taken for a dead member. Whom to ask and when, doubt.ts says; an answer is news like any other.

import type { Outbox } from '../effect.ts';
import type { Address } from '../ids.ts';
import type { Ping } from '../message.ts';
import type { Random } from '../random.ts';
import type { MonotonicMs } from '../time.ts';
import { someLiving } from './choosing.ts';
import type { Reconciler } from './reconcile.ts';
import type { Roster } from './roster.ts';
import { echoOf } from './round-trips.ts';
import type { Voice } from './voice.ts';

const HELPERS = 3;

/** By a relay's last hop (relays.ts). */
export type AskThrough = (helpers: readonly Address[], slot: number, ping: Ping, now: MonotonicMs, outbox: Outbox) => void;

export class Inquiry {
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #reconciler: Reconciler;
  readonly #random: Random;
  readonly #askThrough: AskThrough;
  #heardCount = 0;

  constructor(roster: Roster, voice: Voice, reconciler: Reconciler, random: Random, askThrough: AskThrough) {
    this.#roster = roster;
    this.#voice = voice;
    this.#reconciler = reconciler;
    this.#random = random;
    this.#askThrough = askThrough;
  }

  /** Any packet of anybody. */
  heard(): void {
    this.#heardCount += 1;
  }

  tick(now: MonotonicMs, outbox: Outbox): void {
    const { suspicions, table } = this.#roster;
    if (now < suspicions.judgeAt) return;
    // What waits in the socket is read before anyone is judged by it.
    if (table.silent.size > 0 && !suspicions.doubt.health.hasDrained(this.#heardCount)) return suspicions.doubt.look(now);
    for (const { slot, finding } of this.#roster.judge(now, outbox)) {
      if (finding === 'ask') this.ask(slot, now, outbox);
      else if (finding === 'ask-around') this.#askAround(slot, now, outbox);
    }
  }

  ask(slot: number, now: MonotonicMs, outbox: Outbox): void {
    this.#voice.datagram([this.#roster.table.addressOf(slot)], this.#ping(slot, now), now, outbox);
  }

  #askAround(slot: number, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const address = table.addressOf(slot);
    const helpers = someLiving(table, HELPERS + 1, this.#random).filter((helper) => helper !== address);
    this.#askThrough(helpers.slice(0, HELPERS), slot, this.#ping(slot, now), now, outbox);
    this.#reconciler.touch(address, now, outbox);
  }

  #ping(slot: number, now: MonotonicMs): Ping {
    return { kind: 'ping', target: this.#roster.table.tagOf(slot), echo: echoOf(now) };
  }
}
