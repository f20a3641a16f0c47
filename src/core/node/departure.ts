// The way out (R10, R11): first the workloads, then the leadership, then the vote, then the word. What each step waits for is
// here; life.ts walks it.

import type { CommandResult, ExitReason } from '../effect.ts';
import type { NodeId } from '../ids.ts';
import { type ClusterRecord, isVoter, majorityOf } from '../record/index.ts';
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

/** Why a voter may not leave now: no majority could take its vote back, or the rest could decide nothing any more. */
export function leaveRefusal(self: NodeId, isQuorate: boolean, { table }: Roster, { chain }: Government): CommandResult | null {
  const { record } = chain;
  if (record === null || !chain.isVoter) return null;
  const rest = record.voters.filter(({ id }) => id !== self);
  if (rest.length === 0) {
    if (table.confirmedCount === 1) return null;
    return wouldLoseQuorum('this agent is the only voter: no one could decide anything after it; wait until others vote');
  }
  if (!isQuorate) {
    const message =
      'this agent votes and is not quorate: no majority can take its vote back now; stop it instead, or leave once it is quorate';
    return { kind: 'refused', code: 'not-quorate', message };
  }
  const living = rest.filter(({ id }) => table.isConfirmed(table.slotOf(id)) && !table.isSuspect(table.slotOf(id))).length;
  const needed = majorityOf(rest.length);
  if (living >= needed) return null;
  return wouldLoseQuorum(`only ${living} of the ${rest.length} voters that would remain are alive, and ${needed} are needed`);
}

/** One look at what is waited for. True when nothing is any longer, and the last word may be said. */
export function walkOut(
  of: Departure,
  self: NodeId,
  isQuorate: boolean,
  hasResigned: boolean,
  government: Government,
  now: MonotonicMs,
  resign: () => void,
): boolean {
  const { record } = government.chain;
  const isInTime = now < of.until;
  if (of.phase === 'leadership') {
    // R10: stop leading for good, then propose; its `--leader` children are dead by now.
    if (government.isNamedLeader() && isQuorate && isInTime) {
      if (!hasResigned) {
        resign();
        government.council.look(now);
      }
      // Whose vote was taken meanwhile cannot propose it, but its last word says as much (L5: proof 3975).
      if (government.chain.isVoter) return false;
    }
    of.phase = of.kind === 'left' ? 'vote' : 'saying';
    if (of.phase === 'saying') return true;
  }
  if (of.phase !== 'vote') return false;
  const isStillVoter = record !== null && isVoter(record, self) && record.voters.length > 1;
  if (isStillVoter && isInTime) {
    government.wish('remove-voter', self, now);
    return false;
  }
  if (record !== null && !isStillVoter && !isAdoptedByMajority(record, self, government) && isInTime) return false;
  of.phase = 'saying';
  return true;
}

/** CE-c6: who removed itself stays until a majority of those who remain has the record that says so. */
function isAdoptedByMajority(record: ClusterRecord, self: NodeId, government: Government): boolean {
  const adopted = record.voters.filter(({ id }) => id === self || government.versionOf(id) >= record.version).length;
  return adopted >= majorityOf(record.voters.length);
}

function wouldLoseQuorum(message: string): CommandResult {
  return { kind: 'refused', code: 'would-lose-quorum', message };
}
