// What the driver needs of the world. The agent fills these with sockets, files and clocks, the simulator with its own;
// the driver cannot tell which. No node:, no pino here.

import type { Address, DurableState, MonotonicMs } from '../core/index.ts';

/** The monotone clock: hrtime in the agent. It decides everything; the wall clock decides nothing. */
export interface Clock {
  nowMs(): MonotonicMs;
}

/** One timer, set anew by every call. */
export interface Timer {
  arm(at: MonotonicMs, fire: () => void): void;
  disarm(): void;
}

/** Moves bytes; knows no membership. UDP and TCP on one port number in the agent. */
export interface Transport {
  /** A datagram. Never throws: what cannot be sent is counted by the transport. The bytes are used again after the call returns. */
  send(to: Address, bytes: Uint8Array): void;
  /** One frame there, one back, over a stream. `done` is called exactly once, never before this call returns. */
  exchange(to: Address, bytes: Uint8Array, timeoutMs: number, done: (answer: ExchangeAnswer) => void): void;
  /** Called once, before anything arrives. */
  listen(receiver: Receiver): void;
  close(): void;
}

export type ExchangeAnswer = { readonly kind: 'answer'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly reason: string };

export interface Receiver {
  /** The bytes are the transport's and are used again after the call returns. */
  datagram(from: Address, bytes: Uint8Array): void;
  /** A frame of a peer's exchange; answer at most once, later or at once. Not answering closes it. */
  asked(from: Address, bytes: Uint8Array, answer: (bytes: Uint8Array) => void): void;
}

/** The state directory. */
export interface Store {
  /** Durable when `done(null)` is called: written, fsynced, renamed, directory fsynced. One at a time, in order. */
  save(state: DurableState, done: (problem: string | null) => void): void;
  /** Best effort. */
  rememberPeers(addresses: readonly Address[]): void;
}

/** Names to addresses, asked anew at every try. */
export interface Resolver {
  /** `seed` is HOST, HOST:PORT, ADDRESS or [ADDRESS]:PORT; all its addresses come back in canonical text. */
  resolve(seed: string, done: (addresses: readonly Address[], problem: string | null) => void): void;
}
