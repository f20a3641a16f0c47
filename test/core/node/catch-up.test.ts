// R2: whoever is behind is told by one voter, by the hash of its id; where that one is gone, by the others two heartbeats later.

import { expect, test } from 'vitest';
import { hash32 } from '../../../src/core/hash.ts';
import { PROFILES } from '../../../src/core/index.ts';
import { said } from '../../support/said.ts';
import { SmallTown } from '../../support/small-town.ts';

const { heartbeatMs } = PROFILES.lan;

/** Five voters and one that does not vote; a voter dies while the sixth is cut off. Who tells the sixth of it, and when. */
function tellersAfterDeathOf(ordinal: number): {
  readonly isChosen: boolean;
  readonly told: { readonly atMs: number; readonly by: string }[];
} {
  const town = new SmallTown();
  const all = town.settleAll(6, () => ({ maxVoters: 5 }));
  const [dying, late] = [all[ordinal - 1]!, all[5]!];
  const others = all.filter((one) => one !== late);
  town.pass(20_000);
  const voters = all[0]!.node.record!.voters.map(({ id }) => id);
  expect(voters).not.toContain(late.node.id);
  town.cut([late], others);
  dying.driver.halt();
  town.pass(12_000);
  town.isCapturing = true;
  const healedMs = town.scheduler.nowMs;
  town.heal();
  town.pass(4 * heartbeatMs);
  const told: { atMs: number; by: string }[] = [];
  for (const { atMs, from, to, bytes } of town.captured) {
    for (const { message } of said(bytes))
      if (to === late.address && message.kind === 'deltas') told.push({ atMs: atMs - healedMs, by: from });
  }
  expect(late.node.record?.version).toBe(all.find((one) => one !== dying && one !== late)!.node.record?.version);
  return { isChosen: voters[hash32(late.node.id, 0) % voters.length] === dying.node.id, told };
}

test('one voter tells, and where it is dead the others do', () => {
  const outcomes = [2, 3, 4, 5].map(tellersAfterDeathOf);
  for (const { isChosen, told } of outcomes) {
    if (!isChosen) expect(new Set(told.map(({ by }) => by)).size).toBe(1);
    else expect(Math.min(...told.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(2 * heartbeatMs);
  }
  expect(outcomes.some(({ isChosen }) => isChosen)).toBe(true);
});
