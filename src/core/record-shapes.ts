// The shapes of the record (R2), of what is decided about it and of what a voter must not forget. Messages, effects and the disk
// know them; the rules are in record/.

import type { Incarnation, NodeId } from './ids.ts';
import type { ProfileName } from './timings.ts';

export interface Voter {
  readonly id: NodeId;
  /** Drawn with the state directory: one who lost it is another voter (R14). */
  readonly storeId: string;
}

export interface Condemned {
  readonly id: NodeId;
  readonly incarnation: Incarnation;
}

export interface Leadership {
  readonly id: NodeId;
  readonly incarnation: Incarnation;
  /** The record version at which it was named: fences old leaders off at the resource (R10). */
  readonly token: number;
}

export interface ClusterRecord {
  readonly version: number;
  /** Grows with every change of the voters. */
  readonly epoch: number;
  /** Sorted by id. */
  readonly voters: readonly Voter[];
  readonly profile: ProfileName;
  readonly maxVoters: number;
  readonly replaceAfterMs: number;
  /** Sorted by id, one entry an id. */
  readonly condemned: readonly Condemned[];
  /** Every incarnation up to here of an id that nobody knows any more is over: what reaping leaves behind. */
  readonly floor: Incarnation;
  readonly leader: Leadership | null;
}

/** What one version adds to the one before. */
export interface Change {
  readonly condemn: readonly Condemned[];
  /** Entries that nobody can need any more. */
  readonly reap: readonly NodeId[];
  readonly voters: { readonly kind: 'add'; readonly voter: Voter } | { readonly kind: 'remove'; readonly id: NodeId } | null;
  readonly leader: { readonly kind: 'name'; readonly id: NodeId; readonly incarnation: Incarnation } | { readonly kind: 'none' } | null;
}

/** Unique (R3): a node never uses a sequence number of one incarnation twice. */
export interface Ballot {
  readonly round: number;
  readonly id: NodeId;
  readonly incarnation: Incarnation;
  readonly sequence: number;
}

/** Durable. Of version `version`, the one after the adopted record. */
export interface AcceptorState {
  readonly version: number;
  readonly promised: Ballot | null;
  readonly accepted: { readonly ballot: Ballot; readonly change: Change } | null;
}
