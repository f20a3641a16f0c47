// A state of a voter in its prime, to be altered by tests.

import { clusterId, type DurableState, incarnation, nodeId, runNonce } from '../../src/core/index.ts';

export function durableState(part: Partial<DurableState> = {}): DurableState {
  return {
    id: nodeId('00112233445566778899aabbccddeeff'),
    storeId: 'ffeeddccbbaa99887766554433221100',
    clusterName: 'default',
    clusterId: clusterId('0123456789abcdef0123456789abcdef'),
    profile: 'lan',
    incarnation: incarnation(1_790_000_000_001),
    bornIncarnation: incarnation(1_790_000_000_000),
    isClean: false,
    writeCount: 7,
    nonce: runNonce('a1'.repeat(16)),
    record: null,
    acceptor: null,
    vote: null,
    fence: null,
    ...part,
  };
}
