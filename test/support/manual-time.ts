// Clocks and timers that stand still until the test moves them.

import { at, type MonotonicMs } from '../../src/core/index.ts';

interface Due {
  readonly atMs: number;
  readonly callback: () => void;
}

export class ManualTime {
  #now = 10_000;
  /** How far the clock that counts suspension is ahead. */
  #suspendedMs = 50_000;
  readonly #due = new Set<Due>();

  nowMs = (): MonotonicMs => at(this.#now);
  hrMs = (): number => this.#now;
  bootMs = (): number => this.#now + this.#suspendedMs;

  after = (ms: number, callback: () => void): (() => void) => {
    const due = { atMs: this.#now + ms, callback };
    this.#due.add(due);
    return () => void this.#due.delete(due);
  };

  get timerCount(): number {
    return this.#due.size;
  }

  /** Runs what falls due on the way, in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#due].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.atMs);
      next.callback();
    }
    this.#now = end;
  }

  /** The machine sleeps: timers and the monotone clock stand still. */
  suspend(ms: number): void {
    this.#suspendedMs += ms;
  }
}
