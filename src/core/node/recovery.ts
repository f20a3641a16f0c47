// After the majority is lost for good (R12): what a new cluster begins with, and when it may not be made.

import type { CommandResult } from '../effect.ts';
import type { StandingMachine } from '../fence/index.ts';
import type { NodeId } from '../ids.ts';
import { type ClusterRecord, genesis } from '../record/index.ts';

export function recoveryRefusal(record: ClusterRecord | null, standing: StandingMachine, hasBegun: boolean): CommandResult | null {
  if (record === null) return { kind: 'refused', code: 'not-quorate', message: 'this agent has no record to recover from' };
  if (standing.isQuorate) return { kind: 'refused', code: 'invalid', message: 'this agent is quorate: there is nothing to recover from' };
  // What is written as clean is not waited for at the next start (R13).
  if (!standing.isFencing && hasBegun) return null;
  return { kind: 'refused', code: 'invalid', message: 'processes of the last lease may still run: try again when they are stopped' };
}

/** Versions go on, so that tokens grow; the floor stays, so that no life of before is let in again. */
export function recoveredRecord(record: ClusterRecord, id: NodeId, storeId: string): ClusterRecord {
  const { profile, maxVoters, replaceAfterMs, version, floor } = record;
  return { ...genesis([{ id, storeId }], profile, maxVoters, replaceAfterMs), version: version + 1, floor };
}
