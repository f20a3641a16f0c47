// The gaps between what arrives of each member on one kind of way: mean and mean deviation, smoothed, O(1) an arrival, 8 bytes a row.
// Direct beats and counters told by others have one of these each: a slow list must not blur a quick beat.
// Before its own gaps are known, a member has the prior that the timings promise; an eighth of each gap goes in, as in TCP.
// Rows exist only once something arrived, so a member that judges nobody by these pays nothing.

import type { MonotonicMs } from '../time.ts';
import { ageAtPhi, phiOf } from './phi.ts';

const SHARE = 8;
const MS_MAX = 0xffff;
/** Of the expected gap: no rhythm is trusted to be more exact, because timers, queues and schedulers are not. */
const FLOOR_SHARE = 16;

export class Arrivals {
  /** When the last came, in ms modulo 2^32. */
  #lastAt = new Uint32Array(0);
  /** 0: nothing arrived yet. */
  #meanMs = new Uint16Array(0);
  #deviationMs = new Uint16Array(0);
  #expectedMs: number;

  /** `expectedMs`: the prior. */
  constructor(expectedMs: number) {
    this.#expectedMs = expectedMs;
  }

  /** The cluster's timings were learned. */
  retime(expectedMs: number): void {
    this.#expectedMs = expectedMs;
    this.#meanMs.fill(0);
  }

  has(slot: number): boolean {
    return slot < this.#meanMs.length && this.#meanMs[slot] !== 0;
  }

  hear(slot: number, now: MonotonicMs): void {
    if (slot >= this.#meanMs.length) this.#reach(slot);
    const lastAt = this.#lastAt[slot]!;
    this.#lastAt[slot] = now;
    const meanMs = this.#meanMs[slot]!;
    if (meanMs === 0) {
      this.#meanMs[slot] = this.#expectedMs;
      this.#deviationMs[slot] = this.#floorMs;
      return;
    }
    const gapMs = Math.min(MS_MAX, (now - lastAt) >>> 0);
    const offMs = Math.abs(gapMs - meanMs);
    this.#meanMs[slot] = Math.max(1, Math.round(meanMs + (gapMs - meanMs) / SHARE));
    this.#deviationMs[slot] = Math.round(this.#deviationMs[slot]! + (offMs - this.#deviationMs[slot]!) / SHARE);
  }

  /** Another life, or nobody: its rhythm is unknown. */
  forget(slot: number): void {
    if (slot < this.#meanMs.length) this.#meanMs[slot] = 0;
  }

  /** Only of one that `has`. */
  phi(slot: number, ageMs: number): number {
    return phiOf(ageMs, this.#meanMs[slot]!, this.#spreadMs(slot));
  }

  ageAtPhi(slot: number, phi: number): number {
    return ageAtPhi(phi, this.#meanMs[slot]!, this.#spreadMs(slot));
  }

  get #floorMs(): number {
    return this.#expectedMs / FLOOR_SHARE;
  }

  #spreadMs(slot: number): number {
    return Math.max(this.#floorMs, this.#deviationMs[slot]!);
  }

  #reach(slot: number): void {
    const length = Math.max(16, slot + 1, Math.ceil(this.#meanMs.length * 1.25));
    const grown = <T extends Uint16Array | Uint32Array>(old: T, larger: T): T => {
      larger.set(old);
      return larger;
    };
    this.#lastAt = grown(this.#lastAt, new Uint32Array(length));
    this.#meanMs = grown(this.#meanMs, new Uint16Array(length));
    this.#deviationMs = grown(this.#deviationMs, new Uint16Array(length));
  }
}
