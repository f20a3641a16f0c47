// What a node is made with, for tests: a first start of member `ordinal` that belongs to no cluster yet, unless changed.

import type { Incarnation, NodeOptions, RunNonce } from '../../src/core/index.ts';
import { factsOf, idOf } from './members.ts';
import { voterOf } from './records.ts';

/** Of every first life here. */
export const BORN = 1_790_000_000_000;

export function optionsOf(ordinal: number, change: Partial<NodeOptions> = {}): NodeOptions {
  return {
    id: idOf(ordinal),
    storeId: voterOf(ordinal).storeId,
    nonce: 'ab'.repeat(16) as RunNonce,
    incarnation: BORN as Incarnation,
    bornIncarnation: BORN as Incarnation,
    clusterName: 'default',
    clusterId: null,
    profile: 'lan',
    facts: factsOf(ordinal),
    seeds: [],
    knownPeers: [],
    writeCount: 0,
    previous: null,
    record: null,
    acceptor: null,
    vote: null,
    lastFence: null,
    mustStaySilent: false,
    maxVoters: 7,
    expect: null,
    canLead: true,
    randomSeed: 1,
    ...change,
  };
}
