// One attempt to decide the next version (R3): ask for promises, offer a value, count acceptances. It knows no clock and no
// network; node/ sends what it says and gives it what comes back. A value that an acceptor has accepted already is offered
// on: whoever is free to choose decides by `choose`, with the poll of phase 1 in hand (R9).

import type { NodeId } from '../ids.ts';
import type { Ballot, Change, Condemned } from '../record-shapes.ts';
import { compareBallots } from './ballot.ts';
import { majorityOf } from './quorum.ts';

export interface PromiseFrom {
  readonly accepted: { readonly ballot: Ballot; readonly change: Change } | null;
  readonly dwellLeftMs: number;
  readonly idleMs: readonly number[];
}

/** What phase 1 learned, when it leaves the choice free. */
export interface Poll {
  readonly suspects: readonly Condemned[];
  /** A majority's dwell is over, so a change of voters blocks nothing. */
  readonly isDwellOver: boolean;
  /** Per suspect: how long a majority at least has not seen it. */
  readonly idleMs: readonly number[];
}

export type Phase = 'preparing' | 'accepting' | 'chosen' | 'given-up';

export class Attempt {
  readonly version: number;
  readonly ballot: Ballot;
  readonly suspects: readonly Condemned[];
  readonly #voters: readonly NodeId[];
  readonly #promises = new Map<NodeId, PromiseFrom>();
  readonly #acceptances = new Map<NodeId, { readonly idleMs: readonly number[]; readonly heardAtMs: number }>();
  #phase: Phase = 'preparing';
  #change: Change | null = null;

  constructor(version: number, ballot: Ballot, voters: readonly NodeId[], suspects: readonly Condemned[]) {
    this.version = version;
    this.ballot = ballot;
    this.#voters = voters;
    this.suspects = suspects;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get change(): Change | null {
    return this.#change;
  }

  get voters(): readonly NodeId[] {
    return this.#voters;
  }

  /** Who has not answered the present phase. */
  get missing(): readonly NodeId[] {
    const heard = this.#phase === 'preparing' ? this.#promises : this.#acceptances;
    return this.#voters.filter((id) => !heard.has(id));
  }

  /** True when this promise made the majority: the value is fixed now. */
  hearPromise(from: NodeId, promise: PromiseFrom, choose: (poll: Poll) => Change | null): boolean {
    if (this.#phase !== 'preparing' || !this.#voters.includes(from)) return false;
    this.#promises.set(from, promise);
    if (this.#promises.size < majorityOf(this.#voters.length)) return false;
    this.#change = this.#boundValue() ?? choose(this.#poll());
    this.#phase = this.#change === null ? 'given-up' : 'accepting';
    return true;
  }

  /** True when this acceptance decided it. */
  hearAccepted(from: NodeId, idleMs: readonly number[], nowMs: number): boolean {
    if (this.#phase !== 'accepting' || !this.#voters.includes(from)) return false;
    this.#acceptances.set(from, { idleMs, heardAtMs: nowMs });
    if (this.#acceptances.size < majorityOf(this.#voters.length)) return false;
    this.#phase = 'chosen';
    return true;
  }

  /** Somebody promised a higher ballot: this attempt cannot win any more. */
  hearNack(): void {
    if (this.#phase !== 'chosen') this.#phase = 'given-up';
  }

  /**
   * R9: how long from `nowMs` until no acceptor of the deciding majority can have acked the i-th condemned within `failMs`:
   * the longest over the acceptors of T_fail less what each had waited already, counted from when it said so.
   */
  waitMs(index: number, failMs: number, nowMs: number): number {
    let wait = 0;
    for (const { idleMs, heardAtMs } of this.#acceptances.values())
      wait = Math.max(wait, heardAtMs + failMs - (idleMs[index] ?? 0) - nowMs);
    return wait;
  }

  #boundValue(): Change | null {
    let bound: PromiseFrom['accepted'] = null;
    for (const { accepted } of this.#promises.values()) {
      if (accepted !== null && (bound === null || compareBallots(accepted.ballot, bound.ballot) > 0)) bound = accepted;
    }
    return bound?.change ?? null;
  }

  #poll(): Poll {
    const promises = [...this.#promises.values()];
    const needed = majorityOf(this.#voters.length);
    const dwellsOver = promises.filter((promise) => promise.dwellLeftMs <= 0).length;
    const idleMs = this.suspects.map((_, i) => {
      const sorted = promises.map((promise) => promise.idleMs[i] ?? 0).sort((a, b) => b - a);
      // The majority's least: so long have at least that many not seen it.
      return sorted[needed - 1] ?? 0;
    });
    return { suspects: this.suspects, isDwellOver: dwellsOver >= needed, idleMs };
  }
}
