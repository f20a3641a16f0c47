// A voter that one member's packets do not reach leaves the others' disks alone after a while, and nobody's end is told later for it.

import { describe, expect, test } from 'vitest';
import type { Condemned, Incarnation, MonotonicMs } from '../../../src/core/index.ts';
import { PROFILES } from '../../../src/core/index.ts';
import { VainPolls } from '../../../src/core/node/vain-polls.ts';
import { idOf } from '../../support/members.ts';
import { type Resident, SmallTown } from '../../support/small-town.ts';
import { failedAt, watched } from '../../support/watch.ts';

const { failMs, heartbeatMs } = PROFILES.lan;
const MINUTE_MS = 60_000;

const life = (ordinal: number): Condemned => ({ id: idOf(ordinal), incarnation: 1 as Incarnation });
const at = (ms: number): MonotonicMs => ms as MonotonicMs;

describe('polls in vain', () => {
  function pollsAbout(count: number): VainPolls {
    const polls = new VainPolls();
    for (let i = 0; i < count; i++) polls.note([life(1)], heartbeatMs, at(1000));
    return polls;
  }

  test.each([
    [1, 0],
    [3, 0],
    [4, 1000 + 2 * heartbeatMs],
    [6, 1000 + 8 * heartbeatMs],
    [40, 1000 + 16 * heartbeatMs],
  ])('%i about the same life let it rest until %i', (count, until) => {
    expect(pollsAbout(count).restUntil([life(1)])).toBe(until);
  });

  test('hold back no question about anyone else, nor about the same once it was heard meanwhile', () => {
    const polls = pollsAbout(6);
    expect(polls.restUntil([life(1), life(2)])).toBe(0);
    expect(polls.restUntil([])).toBe(0);
    expect(polls.restUntil([life(1)])).toBe(0);
  });
});

describe('one voter that does not hear one member', () => {
  function cutOneWay(count: number, ms: number): { town: SmallTown; all: Resident[]; mute: Resident; deaf: Resident } {
    const town = watched(new SmallTown());
    const all = town.settleAll(count);
    town.pass(20_000);
    const [deaf, mute] = [all[0]!, all.at(-1)!];
    town.cuts.add(`${mute.address} > ${deaf.address}`);
    town.pass(ms);
    return { town, all, mute, deaf };
  }

  test('makes the voters write a few times a minute, and no more', () => {
    const { town, all } = cutOneWay(5, MINUTE_MS);
    const before = all.map(({ saved }) => saved.length);
    town.pass(MINUTE_MS);
    for (const [i, { saved }] of all.entries()) expect(saved.length - before[i]!).toBeLessThan(12);
  });

  test.each([
    ['that member', (mute: Resident) => mute],
    ['another one', (_mute: Resident, all: readonly Resident[]) => all[2]!],
  ])('does not make the crash of %s be told later', (_whose, victimOf) => {
    const { town, all, mute } = cutOneWay(5, MINUTE_MS);
    const victim = victimOf(mute, all);
    victim.driver.halt();
    const crashedAt = town.scheduler.nowMs;
    town.pass(10_000);
    expect(failedAt(town, victim, crashedAt) - crashedAt).toBeLessThan(failMs + 2 * heartbeatMs);
  });
});
