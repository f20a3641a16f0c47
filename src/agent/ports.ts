// What the driver needs of the world. The agent fills these with sockets, files and clocks, the simulator with its own;
// the driver cannot tell which. No node:, no pino here.

import type { Address, DurableState, Effect, MonotonicMs } from '../core/index.ts';

export type { ExchangeAnswer, Receiver, Transport } from '../transport/index.ts';

/** The monotone clock: hrtime in the agent. It decides everything; the wall clock decides nothing. */
export interface Clock {
  nowMs(): MonotonicMs;
  /**
   * Milliseconds since boot, suspension included (os.uptime on Linux, 10 ms fine). The lease takes whichever of the two clocks
   * ran further (R6); everything that waits takes `nowMs` alone. Elsewhere: the same as `nowMs`.
   */
  bootMs(): number;
}

/** One timer, set anew by every call. */
export interface Timer {
  arm(at: MonotonicMs, fire: () => void): void;
  disarm(): void;
}

/** The state directory. */
export interface Store {
  /** Durable when `done(null)` is called: written, fsynced, renamed, directory fsynced. One at a time, in order. */
  save(state: DurableState, done: (problem: string | null) => void): void;
  /** Best effort. */
  rememberPeers(addresses: readonly Address[]): void;
}

/** What runs under this agent's lease (R7). */
export interface Workloads {
  /**
   * Ends it. `ended(true)` once all of it is confirmed dead; where that is not so after `deadMs`, `ended(false)` then and
   * `ended(true)` whenever it is.
   */
  stop(wish: StopWish, ended: (areDead: boolean) => void): void;
}

export type StopWish = Pick<Extract<Effect, { kind: 'stop-workloads' }>, 'incarnation' | 'deadMs' | 'scope'>;

/** Names to addresses, asked anew at every try. */
export interface Resolver {
  /** `seed` is HOST, HOST:PORT, ADDRESS or [ADDRESS]:PORT; all its addresses come back in canonical text. */
  resolve(seed: string, done: (addresses: readonly Address[], problem: string | null) => void): void;
}
