// What moves bytes for an agent, as its driver sees it: the same for sockets and for the simulator's memory.

import type { Address } from '../core/index.ts';

/** Moves bytes; knows no membership. UDP and TCP on one port number in the agent. */
export interface Transport {
  /** A datagram. Never throws: what cannot be sent is counted by the transport. The bytes are the caller's again once it returns. */
  send(to: Address, bytes: Uint8Array): void;
  /** One frame there, one back, over a stream. `done` is called exactly once, never before this call returns; until then the bytes are the transport's. */
  exchange(to: Address, bytes: Uint8Array, timeoutMs: number, done: (answer: ExchangeAnswer) => void): void;
  /** Called once, before anything arrives. */
  listen(receiver: Receiver): void;
  close(): void;
}

export type ExchangeAnswer = { readonly kind: 'answer'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly reason: string };

export interface Receiver {
  /** The bytes are the transport's and are used again after the call returns. */
  datagram(from: Address, bytes: Uint8Array): void;
  /** A frame of a peer's exchange; answer at most once, later or at once, with bytes that stay as they are. Not answering closes it. */
  asked(from: Address, bytes: Uint8Array, answer: (bytes: Uint8Array) => void): void;
}
