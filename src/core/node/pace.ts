// How often a member beats to the voters (R5), inside the timings: slower while everything is calm and where many beat to few, at the
// full rate as soon as anything is in doubt. Every lease is renewed three times before it would end at the slowest of these.

import type { Timings } from '../timings.ts';

/** From so many members on who does not vote beats at a third of the rate: what a voter hears and answers grows by that much less. */
const MANY = 16;
/** Who watches allows for the slower beat a little before anyone takes it up: lists are never quite the same length. */
const MANY_FOR_WATCHERS = 14;

/** In heartbeats. */
const SLOW = 2;
const SLOW_OF_MANY = 3;
/** Who does not vote keeps its place after the voters' peal, so that thousands do not come at once: as they are many, and at most so much of a beat. */
const SPREAD_MS_A_MEMBER = 0.25;
const SPREAD_SHARE_MAX = 1 / 3;
/** A hint this close to the beat before it is about that beat, and one this much too late will do. */
const EARLIEST_SHARE = 0.1;
const LATEST_SHARE = 1.02;

export function beatPeriodMs({ heartbeatMs }: Timings, isVoter: boolean, isCalm: boolean, memberCount: number): number {
  if (isVoter && !isCalm) return heartbeatMs;
  return (memberCount > MANY ? SLOW_OF_MANY : SLOW) * heartbeatMs;
}

/** The slowest beat that a voter has to expect of anybody. */
export function slowestBeatMs({ heartbeatMs }: Timings, memberCount: number): number {
  return (memberCount > MANY_FOR_WATCHERS ? SLOW_OF_MANY : SLOW) * heartbeatMs;
}

/**
 * For how long nobody may have acked anything new of a member before it is condemned. T_condemn, which lets a stall of three seconds pass
 * where a beat comes every other heartbeat; where beats are slower, the last one before the stall lies further back by as much.
 */
export function condemnAfterMs(timings: Timings, memberCount: number): number {
  return timings.condemnMs + slowestBeatMs(timings, memberCount) - SLOW * timings.heartbeatMs;
}

/** When one that does not vote and beats every `periodMs` best beats again: with the voters' peal, which is due in `dueMs` and then every `everyMs`. */
export function againMs(dueMs: number, everyMs: number, periodMs: number): number {
  const turns = Math.floor((LATEST_SHARE * periodMs - dueMs) / everyMs);
  const hintMs = Math.round(dueMs + Math.max(0, turns) * everyMs);
  return hintMs < EARLIEST_SHARE * periodMs || hintMs > LATEST_SHARE * periodMs ? 0 : hintMs;
}

/** Beating by such a hint: never later than without it, and no sooner after the beat before than any voter asks for, whatever a hint says. */
export function hintedAtMs(wishedAtMs: number, beatenAtMs: number, periodMs: number): number {
  return beatenAtMs + Math.min(periodMs, Math.max(EARLIEST_SHARE * periodMs, wishedAtMs - beatenAtMs));
}

/** How long after the peal: `place` is in [0, 1), and always the same of one member. */
export function spreadMs(place: number, memberCount: number, periodMs: number): number {
  return place * Math.min(SPREAD_SHARE_MAX * periodMs, SPREAD_MS_A_MEMBER * memberCount);
}
