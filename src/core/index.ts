// The only door to the core.

export { AssertionError, assert, assertNever } from './assert.ts';
export {
  type CommandResult,
  type CoreEvent,
  type DurableState,
  type Effect,
  type EventType,
  type ExitReason,
  Outbox,
  type RefusedCommandCode,
} from './effect.ts';
export { factsProblem, travelProblem } from './facts.ts';
export { hash32, hash64, mix32, NO_TAG, sameTag, type Tag } from './hash.ts';
export {
  type Address,
  address,
  type ClusterId,
  clusterHashOf,
  clusterId,
  formatAddress,
  hostOf,
  INCARNATION_MAX,
  type Incarnation,
  incarnation,
  isHex32,
  type NodeId,
  nodeId,
  portOf,
  type RunNonce,
  runNonce,
  tagOf,
} from './ids.ts';
export type { Command, Input } from './input.ts';
export { Directory, type MemberTable, type ReadyRows, readyRows } from './membership/index.ts';
export * from './message.ts';
export type { NodeOptions } from './node/node-options.ts';
export { createNode, type Node } from './node.ts';
export { Random } from './random.ts';
export {
  type AcceptorState,
  applyChange,
  type Ballot,
  type Change,
  type ClusterRecord,
  type Condemned,
  genesis,
  type Leadership,
  majorityOf,
  quorumsIntersect,
  type Voter,
} from './record/index.ts';
export { at, type MonotonicMs, NEVER, TICK_MS } from './time.ts';
export {
  CLOCK_RATE_ERROR,
  CLOCK_RESOLUTION_MS,
  failBoundMs,
  isProfileName,
  PROFILES,
  type ProfileName,
  type Timings,
  timingsProblem,
} from './timings.ts';
export type { MemberCounts, MemberView, NodeView, Problem, ShownState, Standing } from './view.ts';
