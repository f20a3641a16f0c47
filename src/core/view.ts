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
}

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
  problems(nowMs: MonotonicMs): Problem[];
  /** What was dropped and why, for /metrics and for doubt: reason → count. */
  readonly refusals: ReadonlyMap<string, number>;
}
