// How long acks may take (R5): when what a majority stands behind is old, and how long to wait before asking again.

import type { NodeId } from '../ids.ts';
import { NONE } from '../membership/index.ts';
import type { Timings } from '../timings.ts';
import type { Roster } from './roster.ts';

/** In heartbeats: the soonest of retries, and the most that a slow answer may make of it. */
const RETRY = 1 / 4;
const RETRY_MAX = 2;
const RETRY_LEAST_MS = 20;
/** Two of them, in which acks may ride on the voters' own beats. */
const BEATS = 2;

/** Where voters answer at once. */
export function retryMs({ heartbeatMs }: Timings): number {
  return Math.max(RETRY_LEAST_MS, heartbeatMs * RETRY);
}

/** In calm nobody beats at every heartbeat: `periodMs` lies between two. */
export function oldMs(timings: Timings, periodMs: number): number {
  return Math.max(BEATS * timings.heartbeatMs, periodMs) + retryMs(timings);
}

/**
 * The round trip twice, to whichever voter answers soonest. Who asks a busy voter as often as an idle one keeps it busy: a hundred that do
 * take from each other the lease that they ask for.
 */
export function patienceMs(timings: Timings, { table, roundTrips }: Roster, voterIds: readonly NodeId[]): number {
  let soonestMs = Number.POSITIVE_INFINITY;
  for (const id of voterIds) {
    const slot = table.slotOf(id);
    // Of one that was never measured it is not known that it is slow.
    if (slot !== NONE && slot !== table.selfSlot) soonestMs = Math.min(soonestMs, roundTrips.of(slot) ?? 0);
  }
  return Math.max(retryMs(timings), Math.min(RETRY_MAX * timings.heartbeatMs, 2 * soonestMs));
}
