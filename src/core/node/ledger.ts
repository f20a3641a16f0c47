// What must be durable before it is said (R14): a continuation runs once everything decided up to its call is on disk.
// One write at a time; what comes meanwhile goes into the next one together.

import type { DurableState, Outbox } from '../effect.ts';
import type { MonotonicMs } from '../time.ts';

export type Continuation = (now: MonotonicMs, outbox: Outbox) => void;

export class Ledger {
  readonly #snapshot: (writeCount: number) => DurableState;
  #writeCount: number;
  #nextTicket = 1;
  #inFlight: { readonly ticket: number; readonly after: readonly Continuation[] } | null = null;
  #waiting: Continuation[] = [];
  #isGathering = false;

  constructor(writeCount: number, snapshot: (writeCount: number) => DurableState) {
    this.#writeCount = writeCount;
    this.#snapshot = snapshot;
  }

  /** Of what is durable: what others are told, they hold against a disk that knows less (R14). */
  get writeCount(): number {
    return Math.max(0, this.#inFlight === null ? this.#writeCount : this.#writeCount - 1);
  }

  /**
   * R14: from its next write on this state directory counts as the oldest there is, however often it is started: each start is a
   * write of its own, and would else catch up with what others remember.
   */
  renounce(): void {
    this.#writeCount = -1;
  }

  /** The state as it is now becomes durable, then `after` runs. */
  write(outbox: Outbox, after: Continuation): void {
    this.#waiting.push(after);
    if (this.#inFlight === null && !this.#isGathering) this.#start(outbox);
  }

  /** What `decide` writes becomes durable in one write, and is said in its order. */
  together(outbox: Outbox, decide: () => void): void {
    this.#isGathering = true;
    decide();
    this.#isGathering = false;
    if (this.#inFlight === null && this.#waiting.length > 0) this.#start(outbox);
  }

  persisted(ticket: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.#inFlight?.ticket !== ticket) return;
    const { after } = this.#inFlight;
    this.#inFlight = null;
    // Before anything new is decided, so that its own write comes after.
    if (this.#waiting.length > 0) this.#start(outbox);
    for (const continuation of after) continuation(now, outbox);
  }

  #start(outbox: Outbox): void {
    const ticket = this.#nextTicket++;
    this.#writeCount += 1;
    this.#inFlight = { ticket, after: this.#waiting };
    this.#waiting = [];
    outbox.push({ kind: 'persist', ticket, state: this.#snapshot(this.#writeCount) });
  }
}
