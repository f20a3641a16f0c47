// A voter that is busy is asked no more often than it can answer: else those that wait for it keep it busy, long after what made it late
// is over, and nobody gets a lease from it. So it was when a hundred agents started on two cores: some starts took minutes.

import { expect, test } from 'vitest';
import { PROFILES } from '../../../src/core/index.ts';
import { said } from '../../support/said.ts';
import { SmallTown } from '../../support/small-town.ts';
import { quorate } from '../../support/watch.ts';

const { fenceMs, heartbeatMs } = PROFILES.lan;
const MEMBERS = 60;

/** A lone voter with so many members, each of which takes so long for a datagram; then the voter is kept from its socket for a while. */
function busyTown(workMs: number, stallMs: number): SmallTown {
  const town = new SmallTown();
  const voter = town.settle({ name: 'n1', maxVoters: 1 });
  for (let i = 2; i <= MEMBERS + 1; i++) town.settle({ name: `n${i}`, cluster: null, seeds: [voter.address] });
  town.pass(20_000);
  town.workMs = workMs;
  town.pass(10_000);
  expect(town.residents.every(quorate)).toBe(true);
  town.chronicle.length = 0;
  town.isCapturing = true;
  town.occupy(voter, stallMs);
  town.pass(20 * heartbeatMs);
  return town;
}

test.each([
  [7, 2000],
  [9, 1500],
])('with %d ms for each datagram a voter recovers from a stall of %d ms, and nobody is fenced', (workMs, stallMs) => {
  const town = busyTown(workMs, stallMs);
  expect(town.chronicle.filter(({ what }) => what.startsWith('fenced'))).toStrictEqual([]);
  expect(town.residents.every(quorate)).toBe(true);
});

/** How often a member beats to its one voter in the length of a lease in which nothing passes; before, each datagram took them so long. */
function beatsInVain(workMs: number): number {
  const town = new SmallTown();
  const [voter, member] = town.settleAll(2, () => ({ maxVoters: 1 }));
  if (voter === undefined || member === undefined) throw new Error('two were settled');
  town.pass(5000);
  town.workMs = workMs;
  town.pass(20_000);
  expect(quorate(member)).toBe(true);
  town.isCapturing = true;
  town.cut([voter], [member]);
  town.pass(fenceMs);
  const counters = new Set<number>();
  for (const { from, bytes } of town.captured) {
    for (const { message, counter } of said(bytes)) if (from === member.address && message.kind === 'beat') counters.add(counter);
  }
  return counters.size;
}

test('retries wait for twice the time that answers take', () => {
  const atOnce = beatsInVain(0);
  expect(beatsInVain(40)).toBe(atOnce);
  expect(beatsInVain(150)).toBeLessThanOrEqual(atOnce / 2);
});
