// The last words of a life that ends by itself: told a few times, to whoever is next in the ring, then the process may go.

import type { ExitReason, Outbox } from '../effect.ts';
import { at, type MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Roster } from './roster.ts';
import type { Talk } from './talk.ts';

/** One more costs the leaver a fifth of a heartbeat; each goes to three peers, who tell it on. */
const TELLINGS = 4;

export class Farewell {
  readonly exit: ExitReason;
  readonly message: string;
  /** The command that asked for it, if one did. */
  readonly ticket: number | null;
  #left: number;
  #nextAt: MonotonicMs;

  constructor(exit: ExitReason, message: string, ticket: number | null, isHeard: boolean, now: MonotonicMs) {
    this.exit = exit;
    this.message = message;
    this.ticket = ticket;
    this.#left = isHeard ? TELLINGS : 0;
    this.#nextAt = now;
  }

  get nextAt(): MonotonicMs {
    return this.#nextAt;
  }

  /** True when all is said, and whoever asked for it has been answered. */
  say(roster: Roster, talk: Talk, timings: Timings, now: MonotonicMs, outbox: Outbox): boolean {
    if (now < this.#nextAt) return false;
    if (this.#left === 0) {
      if (this.ticket !== null) outbox.push({ kind: 'command-result', ticket: this.ticket, result: { kind: 'done' } });
      return true;
    }
    this.#left -= 1;
    roster.rumours.addOnce(roster.table.selfSlot);
    talk.flush(now, outbox);
    this.#nextAt = at(now + timings.heartbeatMs / 5);
    return false;
  }
}
