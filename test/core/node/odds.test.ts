// How unlikely a wrong verdict is where packets get lost by chance: a member is condemned only when nothing that it sent for T_condemn
// has reached a majority of the voters. Here all that it sends is lost until it is condemned, and counted: so many in a row have to be
// lost on the way to each voter of a majority. README multiplies them.

import { expect, test } from 'vitest';
import { said } from '../../support/said.ts';
import { type Resident, SmallTown } from '../../support/small-town.ts';

/** README names it. */
const LOSSES_IN_A_ROW = 10;

/** How many of the victim's packets each voter missed until somebody showed it as failed. */
function missedUntilFailed(count: number, victimAt: number): { readonly missed: number[]; readonly majority: number } {
  const town = new SmallTown();
  const all = town.settleAll(count);
  town.pass(40_000);
  const victim = all[victimAt]!;
  const voters = all.slice(0, 7).filter((one) => one !== victim);
  const others = all.filter((one) => one !== victim);
  for (const other of others) town.cuts.add(`${victim.address} > ${other.address}`);
  town.isCapturing = true;
  const fromMs = town.scheduler.nowMs;
  const isFailed = (one: Resident): boolean => town.told(one, `member-failed ${victim.node.name}`, fromMs).length > 0;
  for (let ms = 0; ms < 10_000 && !others.some(isFailed); ms += 10) town.pass(10);
  expect(others.some(isFailed)).toBe(true);
  const missed = voters.map(
    ({ address }) =>
      town.captured.filter(({ from, to, bytes }) => {
        if (from !== victim.address || to !== address) return false;
        return said(bytes).some(({ message }) => message.kind === 'beat');
      }).length,
  );
  return { missed: missed.sort((a, b) => b - a), majority: Math.floor(Math.min(count, 7) / 2) + 1 };
}

test.each([
  [3, 2],
  [5, 4],
  [7, 6],
  [12, 11],
  [40, 39],
])('among %i a member is condemned only after many of its beats in a row were lost on the way to each of a majority', (count, victimAt) => {
  const { missed, majority } = missedUntilFailed(count, victimAt);
  // The verdict needs a majority, so the least of the majority that missed most is what chance has to bring about.
  expect(missed[majority - 1]).toBeGreaterThanOrEqual(LOSSES_IN_A_ROW);
});
