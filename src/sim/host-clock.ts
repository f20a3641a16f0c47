// The monotone clock of one host: its own origin, its own rate (within 1 ± ρ), so that no two hosts' instants compare.
// The wall clock is off by a skew of its own and is asked once, for a first incarnation; nothing else may depend on it.

import type { Clock } from '../agent/ports.ts';
import { at, CLOCK_RATE_ERROR, type MonotonicMs, type Random } from '../core/index.ts';
import type { Scheduler } from './scheduler.ts';

export class HostClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #originMs: number;
  readonly rate: number;
  readonly #wallOriginMs: number;

  constructor(scheduler: Scheduler, setting: { readonly originMs: number; readonly rate: number; readonly wallOriginMs: number }) {
    this.#scheduler = scheduler;
    this.#originMs = setting.originMs;
    this.rate = setting.rate;
    this.#wallOriginMs = setting.wallOriginMs;
  }

  nowMs(): MonotonicMs {
    return at(this.#originMs + this.#scheduler.nowMs * this.rate);
  }

  wallNowMs(): number {
    return Math.floor(this.#wallOriginMs + this.#scheduler.nowMs * this.rate);
  }

  /** The first instant of the world at which this clock shows `instant` or more: a timer never fires early. */
  worldMsOf(instant: MonotonicMs): number {
    let worldMs = (instant - this.#originMs) / this.rate;
    // The division may round to just before the instant.
    while (this.#originMs + worldMs * this.rate < instant) worldMs += 1e-6;
    return worldMs;
  }
}

const WALL_2026_MS = 1_790_000_000_000;
const YEAR_MS = 365 * 86_400_000;

/** A rate within ±ρ, an uptime of up to 12 days, and a wall clock that is mostly right but may be off by a year. */
export function drawClock(scheduler: Scheduler, random: Random): HostClock {
  const skewMs = random.chance(0.2) ? random.between(-YEAR_MS, YEAR_MS) : random.between(-500, 500);
  return new HostClock(scheduler, {
    originMs: Math.floor(random.between(0, 1e9)),
    rate: random.between(1 - CLOCK_RATE_ERROR, 1 + CLOCK_RATE_ERROR),
    wallOriginMs: WALL_2026_MS + skewMs,
  });
}
