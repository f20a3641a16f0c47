// How this node speaks: every packet gets its header (R1) here, and the members that a dev partition cuts off get none.

import type { Outbox } from '../effect.ts';
import type { Address } from '../ids.ts';
import type { Message } from '../message.ts';
import type { MonotonicMs } from '../time.ts';
import type { Self } from './self.ts';

export const EXCHANGE_TIMEOUT_MS = 3000;
/** Exchanges under way at once; who wants more waits for the next occasion. */
const EXCHANGES_MAX = 64;

/** What an exchange was opened for, so that its answer finds the way. */
export type Purpose =
  | { readonly kind: 'join'; readonly at: Address; readonly seed: string | null }
  | { readonly kind: 'sync'; readonly at: Address; readonly seed: string | null }
  | { readonly kind: 'deliver'; readonly at: Address; readonly seed: null }
  | { readonly kind: 'record'; readonly at: Address; readonly seed: null };

export class Voice {
  readonly #self: Self;
  readonly #recordVersion: () => number;
  readonly #open = new Map<number, Purpose>();
  #nextExchange = 1;
  #mutedTo: ReadonlySet<Address> = new Set();

  constructor(self: Self, recordVersion: () => number) {
    this.#self = self;
    this.#recordVersion = recordVersion;
  }

  get openExchanges(): number {
    return this.#open.size;
  }

  muteTo(addresses: ReadonlySet<Address>): void {
    this.#mutedTo = addresses;
  }

  isMuted(to: Address): boolean {
    return this.#mutedTo.has(to);
  }

  datagram(to: readonly Address[], message: Message, now: MonotonicMs, outbox: Outbox): void {
    const heardBy = this.#mutedTo.size === 0 ? to : to.filter((peer) => !this.#mutedTo.has(peer));
    if (heardBy.length > 0) outbox.push({ kind: 'send', to: heardBy, envelope: this.#envelope(message, now) });
  }

  /** False when too many exchanges are open, or the peer is cut off. */
  ask(purpose: Purpose, message: Message, now: MonotonicMs, outbox: Outbox): boolean {
    if (this.#open.size >= EXCHANGES_MAX || this.#mutedTo.has(purpose.at)) return false;
    const exchange = this.#nextExchange++;
    this.#open.set(exchange, purpose);
    outbox.push({ kind: 'exchange', exchange, to: purpose.at, envelope: this.#envelope(message, now), timeoutMs: EXCHANGE_TIMEOUT_MS });
    return true;
  }

  reply(exchange: number, message: Message, now: MonotonicMs, outbox: Outbox): void {
    outbox.push({ kind: 'reply', exchange, envelope: this.#envelope(message, now) });
  }

  /** The purpose of an exchange that has ended. */
  close(exchange: number): Purpose | null {
    const purpose = this.#open.get(exchange) ?? null;
    this.#open.delete(exchange);
    return purpose;
  }

  #envelope(
    message: Message,
    now: MonotonicMs,
  ): { clusterHash: number; sender: Self['tag']; counter: number; recordVersion: number; message: Message } {
    const { clusterHash, tag } = this.#self;
    return {
      clusterHash,
      sender: tag,
      counter: clusterHash === 0 ? 0 : this.#self.stamp(now),
      recordVersion: this.#recordVersion(),
      message,
    };
  }
}
