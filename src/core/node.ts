// The one dispatcher: inputs in, effects out, time passed in. (Being written.)

import type { Outbox } from './effect.ts';
import type { Address, ClusterId, Incarnation, NodeId, RunNonce } from './ids.ts';
import type { Input } from './input.ts';
import type { Facts } from './message.ts';
import type { MonotonicMs } from './time.ts';
import type { ProfileName } from './timings.ts';
import type { NodeView } from './view.ts';

export interface NodeOptions {
  readonly id: NodeId;
  readonly storeId: string;
  /** Of this run, drawn at its start. */
  readonly nonce: RunNonce;
  /** What this run is to live as: at a first start the wall clock's milliseconds, else the persisted one + 1. */
  readonly incarnation: Incarnation;
  readonly bornIncarnation: Incarnation;
  readonly clusterName: string;
  /** Null: it has to join first. */
  readonly clusterId: ClusterId | null;
  readonly profile: ProfileName;
  readonly facts: Facts;
  readonly seeds: readonly string[];
  /** From the cache file: where peers were before the restart. */
  readonly knownPeers: readonly Address[];
  readonly writeCount: number;
  /** Seeds the node's own chance. */
  readonly randomSeed: number;
  /** Given, it is shared by many nodes of one process (the simulator): what they hold of the same members is held once. */
  readonly directory?: unknown;
}

export interface Node extends NodeView {
  step(input: Input, now: MonotonicMs, outbox: Outbox): void;
  nextWakeupMs(): MonotonicMs;
  /** For tests and the simulator: throws when something inside does not fit together. */
  checkInvariants(): void;
}

/** Being written. */
export declare function createNode(options: NodeOptions): Node;
