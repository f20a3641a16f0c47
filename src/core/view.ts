// What may be read of a node from outside, at any time, without changing it. api/ turns it into JSON.

import type { Address, ClusterId, Incarnation, NodeId } from './ids.ts';
import type { MonotonicMs } from './time.ts';
import type { Timings } from './timings.ts';

export type Standing = 'joining' | 'quorate' | 'fenced' | 'fence-failed' | 'leaving' | 'left';

/** As shown: `suspect` is this node's own opinion and never travels. */
export type ShownState = 'alive' | 'suspect' | 'failed' | 'left' | 'stopped';

export interface MemberView {
  readonly id: NodeId;
  readonly name: string;
  readonly address: Address;
  readonly state: ShownState;
  readonly incarnation: Incarnation;
  readonly counter: number;
  readonly ageMs: number;
  readonly phi: number | null;
  readonly rttMs: number | null;
  readonly zone: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly software: string;
  /** Since when it is in this state, on the node's own monotone clock. */
  readonly since: MonotonicMs;
  readonly isSelf: boolean;
  readonly isVoter: boolean;
  readonly isLeader: boolean;
}

/** Null fields of NodeView until there is a record. */
export interface QuorumView {
  readonly voters: number;
  readonly needed: number;
  /** Voters whose acks are fresh, counted for the epoch that holds the lease. */
  readonly acking: number;
  readonly canLose: number;
  readonly isVoter: boolean;
}

export interface LeaderView {
  readonly name: string;
  readonly id: NodeId;
  readonly token: number;
  /** Leads at this very instant: quorate and named (R10). */
  readonly isSelf: boolean;
}

export interface RecordView {
  readonly version: number;
  readonly epoch: number;
  readonly maxVoters: number;
  readonly voters: readonly { readonly id: NodeId; readonly name: string; readonly ackAgeMs: number | null }[];
}

/** The present or last fencing (R7). */
export interface FenceView {
  readonly since: MonotonicMs;
  readonly reason: FenceReason;
  readonly message: string;
  /** Per voter: how old its newest ack was. */
  readonly evidence: readonly { readonly voter: string; readonly ackAgeMs: number | null }[];
}

export type FenceReason = 'lease-lapsed' | 'condemned' | 'superseded' | 'storage';

/** A standing difficulty that an operator should see: what it is, and what to type next. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface MemberCounts {
  readonly alive: number;
  readonly suspect: number;
  readonly failed: number;
  readonly left: number;
  readonly stopped: number;
}

export interface NodeView {
  readonly id: NodeId;
  readonly name: string;
  readonly clusterName: string;
  readonly clusterId: ClusterId | null;
  readonly incarnation: Incarnation;
  readonly address: Address;
  readonly standing: Standing;
  readonly timings: Timings;
  /** Grows with every visible change of the list. */
  readonly index: number;
  counts(nowMs: MonotonicMs): MemberCounts;
  /** Sorted by name. */
  members(nowMs: MonotonicMs): MemberView[];
  member(name: string, nowMs: MonotonicMs): MemberView | null;
  /** Evaluated at this instant (R6): a reading is good only until `leaseRemainingMs` is over. */
  isQuorate(nowMs: MonotonicMs, bootMs: number): boolean;
  /** 0 when not quorate. */
  leaseRemainingMs(nowMs: MonotonicMs, bootMs: number): number;
  quorum(nowMs: MonotonicMs, bootMs: number): QuorumView | null;
  leader(nowMs: MonotonicMs, bootMs: number): LeaderView | null;
  readonly record: RecordView | null;
  readonly fence: FenceView | null;
  problems(nowMs: MonotonicMs): Problem[];
  /** What was dropped and why, for /metrics and for doubt: reason → count. */
  readonly refusals: ReadonlyMap<string, number>;
}
