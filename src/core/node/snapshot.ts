// What of a life goes to disk (R14): as it is when the write begins.

import type { DurableState } from '../effect.ts';
import type { StandingMachine } from '../fence/index.ts';
import type { ClusterId, Incarnation } from '../ids.ts';
import type { ClusterRecord } from '../record/index.ts';
import type { LifeParts } from './life.ts';

export interface Lived {
  readonly clusterId: ClusterId | null;
  readonly incarnation: Incarnation;
  readonly isClean: boolean;
  /** After `recover --force`: what the next start is to find. */
  readonly recovered: { readonly cluster: ClusterId; readonly record: ClusterRecord } | null;
  readonly standing: StandingMachine;
}

export function snapshotOf({ options, government, self, timings, vote }: LifeParts, lived: Lived, writeCount: number): DurableState {
  const { clusterId, incarnation, isClean, recovered, standing } = lived;
  const { chain } = government();
  const fence = standing.isFencing || standing.shown === 'fenced' ? standing.fence : null;
  return {
    id: self.id,
    storeId: options.storeId,
    clusterName: options.clusterName,
    clusterId: recovered?.cluster ?? clusterId,
    profile: timings().profile,
    incarnation,
    bornIncarnation: options.bornIncarnation,
    isClean,
    writeCount,
    nonce: options.nonce,
    record: recovered?.record ?? chain.newest,
    acceptor: recovered === null ? chain.acceptor.state : null,
    vote: vote(),
    fence: fence === null ? null : { reason: fence.reason, message: fence.message },
  };
}
