// The clocks of one host: a monotone one that stands still while the machine is suspended, one since boot that does not, both at
// one rate of their own (within 1 ± ρ), so that no two hosts' instants compare. The wall clock is off by a skew of its own, may
// jump, and is asked once, for a first incarnation; nothing else may depend on it.

import type { Clock } from '../agent/ports.ts';
import { at, CLOCK_RATE_ERROR, CLOCK_RESOLUTION_MS, type MonotonicMs, type Random } from '../core/index.ts';
import type { Scheduler } from './scheduler.ts';

export interface ClockSetting {
  readonly originMs: number;
  readonly rate: number;
  readonly wallOriginMs: number;
}

export class HostClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #originMs: number;
  readonly rate: number;
  #wallOriginMs: number;
  /** On some systems the uptime is what the wall clock says less when it was at boot: it jumps with it. */
  followsWall = false;
  #uptimeJumpMs = 0;
  /** Of the world, in all suspensions that are over. */
  #frozenMs = 0;
  #frozenSinceMs: number | null = null;
  #hasLeapt = false;

  constructor(scheduler: Scheduler, setting: ClockSetting) {
    this.#scheduler = scheduler;
    this.#originMs = setting.originMs;
    this.rate = setting.rate;
    this.#wallOriginMs = setting.wallOriginMs;
  }

  /** The two clocks may have run apart: what one of them tells need not be all that has passed. */
  get hasLeapt(): boolean {
    return this.#hasLeapt;
  }

  nowMs(): MonotonicMs {
    return at(this.#originMs + ((this.#frozenSinceMs ?? this.#scheduler.nowMs) - this.#frozenMs) * this.rate);
  }

  /** As coarse as os.uptime(). */
  bootMs(): number {
    return (
      Math.floor((this.#originMs + this.#uptimeJumpMs + this.#scheduler.nowMs * this.rate) / CLOCK_RESOLUTION_MS) * CLOCK_RESOLUTION_MS
    );
  }

  wallNowMs(): number {
    return Math.floor(this.#wallOriginMs + this.#scheduler.nowMs * this.rate);
  }

  /** The machine is suspended: hrtime stands still, uptime does not. */
  freeze(): void {
    this.#hasLeapt = true;
    this.#frozenSinceMs ??= this.#scheduler.nowMs;
  }

  thaw(): void {
    if (this.#frozenSinceMs === null) return;
    this.#frozenMs += this.#scheduler.nowMs - this.#frozenSinceMs;
    this.#frozenSinceMs = null;
  }

  jumpWallClock(byMs: number): void {
    this.#wallOriginMs += byMs;
    if (!this.followsWall) return;
    this.#hasLeapt = true;
    this.#uptimeJumpMs += byMs;
  }

  /**
   * The first instant of the world at which this clock shows `instant` or more, were it not suspended (again): a timer never
   * fires early.
   */
  worldMsOf(instant: MonotonicMs): number {
    const frozenMs = this.#frozenMs + (this.#frozenSinceMs === null ? 0 : this.#scheduler.nowMs - this.#frozenSinceMs);
    let worldMs = frozenMs + (instant - this.#originMs) / this.rate;
    // The division may round to just before the instant.
    while (this.#originMs + (worldMs - frozenMs) * this.rate < instant) worldMs += 1e-6;
    return worldMs;
  }
}

const WALL_2026_MS = 1_790_000_000_000;
const YEAR_MS = 365 * 86_400_000;

/** An uptime of up to 12 days, and a wall clock that is mostly right but may be off by a year. Every other rate is extreme: it is there that bounds are met. */
export function drawClock(scheduler: Scheduler, random: Random, givenRate: number | null = null): HostClock {
  const skewMs = random.chance(0.2) ? random.between(-YEAR_MS, YEAR_MS) : random.between(-500, 500);
  const originMs = Math.floor(random.between(0, 1e9));
  return new HostClock(scheduler, { originMs, rate: givenRate ?? drawRate(random), wallOriginMs: WALL_2026_MS + skewMs });
}

function drawRate(random: Random): number {
  if (random.chance(0.5)) return random.between(1 - CLOCK_RATE_ERROR, 1 + CLOCK_RATE_ERROR);
  return random.chance(0.5) ? 1 - CLOCK_RATE_ERROR : 1 + CLOCK_RATE_ERROR;
}
