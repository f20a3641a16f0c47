// The way out (R10, R11): first the workloads, then the leadership, then the vote, then the word. What each step waits for is
// here; life.ts walks it.

import type { ExitReason } from '../effect.ts';
import type { NodeId } from '../ids.ts';
import { type ClusterRecord, majorityOf } from '../record/index.ts';
import { at, type MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Government } from './government.ts';
import type { Roster } from './roster.ts';

export interface Departure {
  readonly kind: 'left' | 'stopped';
  readonly ticket: number | null;
  readonly exit: ExitReason;
  readonly message: string;
  phase: 'workloads' | 'leadership' | 'vote' | 'saying';
  /** Nothing of the record is waited for any longer. */
  readonly until: MonotonicMs;
}

/** A stop waits so long for the record without a leader; a leave, which changes the voters, for several dwells. */
const RESIGN_MS = 1000;
const LEAVE_FAILS = 10;

export function departure(kind: Departure['kind'], ticket: number, timings: Timings, now: MonotonicMs): Departure {
  const untilMs = kind === 'left' ? LEAVE_FAILS * timings.failMs : RESIGN_MS;
  const message = kind === 'left' ? 'left the cluster' : 'stopped';
  return { kind, ticket, exit: kind, message, phase: 'workloads', until: at(now + timings.stopMs + untilMs) };
}

/** Why a quorate voter may not leave now: the rest could decide nothing any more. */
export function leaveRefusal(self: NodeId, { table }: Roster, { chain }: Government): string | null {
  const { record } = chain;
  if (record === null || !chain.isVoter) return null;
  const rest = record.voters.filter(({ id }) => id !== self);
  if (rest.length === 0) {
    return table.confirmedCount === 1
      ? null
      : 'this agent is the only voter: no one could decide anything after it; wait until others vote';
  }
  const living = rest.filter(({ id }) => table.isConfirmed(table.slotOf(id)) && !table.isSuspect(table.slotOf(id))).length;
  const needed = majorityOf(rest.length);
  return living >= needed ? null : `only ${living} of the ${rest.length} voters that would remain are alive, and ${needed} are needed`;
}

/** CE-c6: who removed itself stays until a majority of those who remain has the record that says so. */
export function isAdoptedByMajority(record: ClusterRecord, self: NodeId, government: Government): boolean {
  const adopted = record.voters.filter(({ id }) => id === self || government.versionOf(id) >= record.version).length;
  return adopted >= majorityOf(record.voters.length);
}
