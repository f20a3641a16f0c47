// Watches a town at every instant for what must never be: two that lead (I5), one id quorate twice, a failure announced of a life that
// is still quorate or whose workloads still run (I1).

import { expect } from 'vitest';
import type { Resident, SmallTown } from './small-town.ts';

export function quorate(resident: Resident): boolean {
  const now = resident.nowMs();
  return resident.exit === null && resident.node.isQuorate(now, now);
}

export function leads(resident: Resident): boolean {
  const now = resident.nowMs();
  return resident.exit === null && resident.node.leader(now, now)?.isSelf === true;
}

export function watched(town: SmallTown): SmallTown {
  town.onInstant = () => {
    const leading = town.residents.filter(leads);
    if (leading.length > 1) expect.fail(`at ${town.scheduler.nowMs} ${leading.map(({ address }) => address).join(' and ')} lead`);
    const acting = town.residents.filter(quorate).map(({ node }) => node.id);
    if (new Set(acting).size < acting.length) expect.fail(`at ${town.scheduler.nowMs} two act under one id`);
  };
  return town;
}

/** The first instant at which anyone announced that this member failed. */
export function failedAt(town: SmallTown, of: Resident, sinceMs: number): number {
  const lines = town.chronicle.filter(({ atMs, what }) => atMs >= sinceMs && what === `member-failed ${of.node.name}`);
  return lines[0]?.atMs ?? Number.POSITIVE_INFINITY;
}
