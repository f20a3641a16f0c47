// How often a member beats to the voters (R5), inside the timings: slower while everything is calm and where many beat to few, at the
// full rate as soon as anything is in doubt. Every lease is renewed three times before it would end at the slowest of these.

import type { Timings } from '../timings.ts';

/** From so many members on who does not vote beats at a third of the rate: what a voter hears and answers grows by that much less. */
const MANY = 24;
/** Who watches allows for the slower beat a little before anyone takes it up: lists are never quite the same length. */
const MANY_FOR_WATCHERS = 20;

/** In heartbeats. */
const CALM_VOTER = 2;
const NON_VOTER = 2;
const NON_VOTER_OF_MANY = 3;

export function beatPeriodMs({ heartbeatMs }: Timings, isVoter: boolean, isCalm: boolean, memberCount: number): number {
  if (isVoter) return isCalm ? CALM_VOTER * heartbeatMs : heartbeatMs;
  return (memberCount > MANY ? NON_VOTER_OF_MANY : NON_VOTER) * heartbeatMs;
}

/** The slowest beat that a voter has to expect of anybody. */
export function slowestBeatMs({ heartbeatMs }: Timings, memberCount: number): number {
  return (memberCount > MANY_FOR_WATCHERS ? NON_VOTER_OF_MANY : NON_VOTER) * heartbeatMs;
}
