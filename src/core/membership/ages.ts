// How old a member is, per row: age, not gap. A member is as old as its newest counter, now − (origin + tick × counter), where
// origin is the least arrival − tick × counter of the last one to two windows (Chen's freshness point). A late relay of an old
// counter is old when it comes, and all observers judge at the same instant.
// Two windows: `origin` is the least of both, `above` how far the present one's least lies above it.
// A window is 30 s, so that its least is a quick arrival, but short against T_fail: over two of them clocks that differ by 2 ρ drift
// apart by 4 ρ of a window, which looks like age (0.3 of 1.1 s in profile local, 1.2 of 4.5 s in lan).

import { at, type MonotonicMs, TICK_MS } from '../time.ts';
import { grown } from './columns.ts';

const WINDOW_MS_MAX = 30_000;
const SILENCES_PER_WINDOW = 100 / 9;
const ABOVE_MAX = 0xffff;

export class Ages {
  /** Of the living: the instant at which their counter was 0. Of the dead: the instant of the verdict. */
  #origin = new Float64Array(0);
  #above = new Uint16Array(0);
  #window = new Uint8Array(0);
  #windowMs: number;

  constructor(silenceMs: number) {
    this.#windowMs = windowMsOf(silenceMs);
  }

  /** Windows of another length: every living row has to `begin` anew. */
  retime(silenceMs: number): void {
    this.#windowMs = windowMsOf(silenceMs);
  }

  originOf(slot: number): MonotonicMs {
    return at(this.#origin[slot]!);
  }

  freshAt(slot: number, counter: number): MonotonicMs {
    return at(this.#origin[slot]! + TICK_MS * counter);
  }

  setVerdictAt(slot: number, instant: number): void {
    this.#origin[slot] = instant;
  }

  /** A first sample: of a new life, or after long silence. */
  begin(slot: number, counter: number, now: MonotonicMs): void {
    this.#origin[slot] = now - TICK_MS * counter;
    this.#above[slot] = 0;
    this.#window[slot] = this.#windowOf(now);
  }

  sample(slot: number, counter: number, now: MonotonicMs): void {
    const window = this.#windowOf(now);
    const passed = (window - this.#window[slot]!) & 0xff;
    if (passed > 1) {
      this.begin(slot, counter, now);
      return;
    }
    if (passed === 1) {
      this.#origin[slot]! += this.#above[slot]!;
      this.#above[slot] = ABOVE_MAX;
      this.#window[slot] = window;
    }
    const above = now - TICK_MS * counter - this.#origin[slot]!;
    if (above < 0) {
      this.#origin[slot]! += above;
      this.#above[slot] = 0;
    } else if (above < this.#above[slot]!) this.#above[slot] = above;
  }

  /** This counter was emitted at `earliest` or later, so its origin cannot lie before: older samples are of a clock that stood still. */
  emittedSince(slot: number, counter: number, earliest: number): void {
    const raisedBy = earliest - TICK_MS * counter - this.#origin[slot]!;
    if (raisedBy <= 0) return;
    this.#origin[slot]! += raisedBy;
    this.#above[slot] = Math.max(0, this.#above[slot]! - raisedBy);
  }

  reserve(length: number): void {
    this.#origin = grown(this.#origin, new Float64Array(length));
    this.#above = grown(this.#above, new Uint16Array(length));
    this.#window = grown(this.#window, new Uint8Array(length));
  }

  #windowOf(now: MonotonicMs): number {
    return Math.floor(now / this.#windowMs) & 0xff;
  }
}

export function windowMsOf(silenceMs: number): number {
  return Math.min(WINDOW_MS_MAX, Math.round(silenceMs * SILENCES_PER_WINDOW));
}
