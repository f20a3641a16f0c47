// What the core wants done. The driver drains the outbox after every step, in order, before the next input.

import type { Address, ClusterId, Incarnation, NodeId } from './ids.ts';
import type { Envelope } from './message.ts';
import type { ProfileName } from './timings.ts';

export type Effect =
  /** One datagram to each address. The envelope may hold buffers that the core uses again: encode before the next step. */
  | { readonly kind: 'send'; readonly to: readonly Address[]; readonly envelope: Envelope }
  /** Ask over TCP; exactly one `answered` or `unanswered` comes back. */
  | { readonly kind: 'exchange'; readonly exchange: number; readonly to: Address; readonly envelope: Envelope; readonly timeoutMs: number }
  | { readonly kind: 'reply'; readonly exchange: number; readonly envelope: Envelope }
  /** Make it durable, then say `persisted`. Nothing that depends on it is said before (R14). */
  | { readonly kind: 'persist'; readonly ticket: number; readonly state: DurableState }
  /** Best effort: where to knock after a cold start of the whole cluster. */
  | { readonly kind: 'remember-peers'; readonly addresses: readonly Address[] }
  | { readonly kind: 'resolve'; readonly seed: string }
  | { readonly kind: 'event'; readonly event: CoreEvent }
  | { readonly kind: 'command-result'; readonly ticket: number; readonly result: CommandResult }
  /** The process is to end. Nothing follows it. */
  | { readonly kind: 'exit'; readonly reason: ExitReason; readonly message: string };

/** `left` and `stopped` are clean (exit code 0), the others end with 1. */
export type ExitReason = 'left' | 'stopped' | 'name-clash' | 'superseded' | 'two-clusters' | 'storage';

export type CommandResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly code: RefusedCommandCode; readonly message: string };

export type RefusedCommandCode =
  | 'no-such-member'
  | 'member-alive'
  | 'is-self'
  | 'invalid'
  | 'leaving'
  /** None of the seeds answered; they are tried on. */
  | 'unreachable'
  | 'other-cluster';

/** What must survive a crash. The store adds checksum and format version. */
export interface DurableState {
  readonly id: NodeId;
  readonly storeId: string;
  readonly clusterName: string;
  readonly clusterId: ClusterId | null;
  readonly profile: ProfileName;
  readonly incarnation: Incarnation;
  /** The id's first incarnation. */
  readonly bornIncarnation: Incarnation;
  /** True only in what is written after a clean leave or stop. */
  readonly isClean: boolean;
  /** Writes so far: others remember it, so that a restored old directory is noticed (R14). */
  readonly writeCount: number;
}

export type EventType =
  | 'member-joined'
  | 'member-suspect'
  | 'member-alive'
  | 'member-failed'
  | 'member-left'
  | 'member-stopped'
  | 'member-updated';

export interface CoreEvent {
  readonly type: EventType;
  readonly member: string;
  readonly id: NodeId;
  readonly incarnation: Incarnation;
  readonly address: Address;
  readonly reason: string;
}

/** Effects of one step, in order. */
export class Outbox {
  readonly #effects: Effect[] = [];

  get effects(): readonly Effect[] {
    return this.#effects;
  }

  push(effect: Effect): void {
    this.#effects.push(effect);
  }

  clear(): void {
    this.#effects.length = 0;
  }
}
