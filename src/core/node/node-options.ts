// What a node is made with: who it is, drawn or loaded by its host, and where it may find others.

import type { DurableState } from '../effect.ts';
import type { Address, ClusterId, Incarnation, NodeId, RunNonce } from '../ids.ts';
import type { Directory } from '../membership/index.ts';
import type { Facts, Succession } from '../message.ts';
import type { AcceptorState, ClusterRecord } from '../record/index.ts';
import type { ProfileName } from '../timings.ts';

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
  /** The life that the state directory remembers (R9); null at a first start. */
  readonly previous: Succession | null;
  readonly record: ClusterRecord | null;
  readonly acceptor: AcceptorState | null;
  readonly vote: readonly NodeId[] | null;
  /** Why the last life was fenced, so that a restart can still say it. */
  readonly lastFence: DurableState['fence'];
  /** R13: unclean exit on the same boot: orphans may still run, so T_fail of silence before the first heartbeat. */
  readonly mustStaySilent: boolean;
  /** Of a new cluster, and of a first vote. */
  readonly maxVoters: number;
  /** `--expect N`: null without. */
  readonly expect: number | null;
  readonly canLead: boolean;
  /** Seeds the node's own chance. */
  readonly randomSeed: number;
  /** Given, it is shared by many nodes of one process (the simulator): what they hold of the same members is held once. */
  readonly directory?: Directory;
}
