// I7: each (id, incarnation) is quorate for one contiguous interval, in one process; the lives that are quorate only grow.

import type { Effect, Input } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

interface Interval {
  incarnation: number;
  hostIndex: number;
  run: number;
  /** Of the world; the interval is over when this has passed. */
  untilMs: number;
}

export class OneInterval implements Checker {
  readonly rule = 'I7-one-interval-a-life';
  readonly #world: CheckedWorld;
  readonly #intervals = new Map<string, Interval>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  stepped(host: Host, _input: Input, _effects: readonly Effect[]): string | null {
    const lease = this.#world.leases.of(host);
    const known = this.#intervals.get(lease.id);
    if (lease.remainingMs <= 0) {
      if (known !== undefined && known.hostIndex === host.index && known.run === lease.run && known.incarnation === lease.incarnation)
        known.untilMs = Number.NEGATIVE_INFINITY;
      return null;
    }
    const { incarnation, run, untilMs } = lease;
    if (known === undefined || incarnation > known.incarnation) {
      this.#intervals.set(lease.id, { incarnation, hostIndex: host.index, run, untilMs });
      return null;
    }
    if (incarnation < known.incarnation) return `is quorate as ${incarnation} after it was as ${known.incarnation}`;
    if (known.hostIndex !== host.index || known.run !== run) return `is quorate as ${incarnation}, which another process was`;
    if (known.untilMs < this.#world.nowMs) return `is quorate again as ${incarnation}, whose lease was over`;
    known.untilMs = untilMs;
    return null;
  }
}
