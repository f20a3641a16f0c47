// Records, changes and ballots for tests: built with defaults, voters by ordinal.

import type { Incarnation } from '../../src/core/index.ts';
import {
  type Ballot,
  type Change,
  type ClusterRecord,
  type Condemned,
  genesis,
  NO_CHANGE,
  type Voter,
} from '../../src/core/record/index.ts';
import { idOf } from './members.ts';

export function voterOf(ordinal: number): Voter {
  return { id: idOf(ordinal), storeId: ordinal.toString(16).padStart(2, '0').repeat(16) };
}

/** In which these ordinals vote; version and epoch 1 unless changed. */
export function recordOfVoters(ordinals: readonly number[], change: Partial<ClusterRecord> = {}): ClusterRecord {
  return { ...genesis(ordinals.map(voterOf), 'lan', 7, 600_000), ...change };
}

export function changeOf(part: Partial<Change>): Change {
  return { ...NO_CHANGE, ...part };
}

export function lifeOf(ordinal: number, incarnation = 1): Condemned {
  return { id: idOf(ordinal), incarnation: incarnation as Incarnation };
}

export function ballotOf(round: number, ordinal = 0, sequence = 1, incarnation = 1): Ballot {
  return { round, id: idOf(ordinal), incarnation: incarnation as Incarnation, sequence };
}
