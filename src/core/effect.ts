// What the core wants done. The driver drains the outbox after every step, in order, before the next input.

import type { Address, ClusterId, Incarnation, NodeId, RunNonce } from './ids.ts';
import type { Envelope } from './message.ts';
import type { AcceptorState, ClusterRecord } from './record-shapes.ts';
import type { ProfileName } from './timings.ts';
import type { FenceReason } from './view.ts';

export type Effect =
  /** One datagram to each address. The envelope may hold buffers that the core uses again: encode before the next step. */
  | { readonly kind: 'send'; readonly to: readonly Address[]; readonly envelope: Envelope }
  /** Ask over TCP; exactly one `answered` or `unanswered` comes back. */
  | { readonly kind: 'exchange'; readonly exchange: number; readonly to: Address; readonly envelope: Envelope; readonly timeoutMs: number }
  | { readonly kind: 'reply'; readonly exchange: number; readonly envelope: Envelope }
  /** Make it durable, then say `persisted`. Nothing that depends on it is said before (R14). */
  | { readonly kind: 'persist'; readonly ticket: number; readonly state: DurableState }
  /**
   * R7: this life is over. Supervised children are to be stopped (TERM at once, KILL so that they are dead at `deadMs` from
   * now at the latest), the `fenced` hook runs; then exactly one input `workloads-ended` with this incarnation.
   * `leader`: only what runs under `--leader` (a resignation, R10); the life goes on.
   */
  | { readonly kind: 'stop-workloads'; readonly incarnation: Incarnation; readonly deadMs: number; readonly scope: 'all' | 'leader' }
  /** Best effort: where to knock after a cold start of the whole cluster. */
  | { readonly kind: 'remember-peers'; readonly addresses: readonly Address[] }
  | { readonly kind: 'resolve'; readonly seed: string }
  | { readonly kind: 'event'; readonly event: CoreEvent }
  | { readonly kind: 'command-result'; readonly ticket: number; readonly result: CommandResult }
  /** The process is to end. Nothing follows it. */
  | { readonly kind: 'exit'; readonly reason: ExitReason; readonly message: string };

/** `left` and `stopped` are clean (exit code 0), the others end with 1. */
export type ExitReason = 'left' | 'stopped' | 'name-clash' | 'superseded' | 'two-clusters' | 'storage' | 'rolled-back';

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
  | 'other-cluster'
  | 'not-confirmed'
  | 'not-quorate'
  | 'would-lose-quorum'
  /** As many vote as the record allows (R11). */
  | 'voters-full';

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
  /** The nonce of the run that wrote this: the next run names it as its predecessor (R9). */
  readonly nonce: RunNonce;
  readonly record: ClusterRecord | null;
  readonly acceptor: AcceptorState | null;
  /** `--expect`: the one vote of this node, never changed (R12). */
  readonly vote: readonly NodeId[] | null;
  /** Why the last life was fenced, written before hooks run; null after a clean end. */
  readonly fence: { readonly reason: FenceReason; readonly message: string } | null;
}

export type MemberEventType =
  | 'member-joined'
  | 'member-suspect'
  | 'member-alive'
  | 'member-failed'
  | 'member-left'
  | 'member-stopped'
  | 'member-updated'
  /** Between it and this node only TCP, or only UDP, passes; or both do again. */
  | 'udp-blocked'
  | 'tcp-blocked'
  | 'unblocked';

export type CoreEvent = MemberEvent | StandingEvent | LeaderEvent | RecordEvent;

export interface MemberEvent {
  readonly type: MemberEventType;
  readonly member: string;
  readonly id: NodeId;
  readonly incarnation: Incarnation;
  readonly address: Address;
  readonly reason: string;
}

/** About this node itself. `fenced` is told once the fence record is durable; hooks run on it. */
export interface StandingEvent {
  readonly type: 'quorate' | 'fenced' | 'fence-failed';
  readonly member: string;
  readonly incarnation: Incarnation;
  readonly reason: string;
}

export interface LeaderEvent {
  readonly type: 'leader-changed';
  /** Null when the record names nobody. */
  readonly leader: string | null;
  readonly token: number | null;
  readonly isSelf: boolean;
  readonly reason: string;
}

export interface RecordEvent {
  readonly type: 'record-changed';
  readonly version: number;
  readonly epoch: number;
  readonly reason: string;
}

export type EventType = CoreEvent['type'];

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
