// The clock and the one timer of the agent. The monotone clock decides everything; the wall clock is for people to read.

import { openSync, readSync } from 'node:fs';
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';
import { at, type MonotonicMs, NEVER } from '../core/index.ts';
import type { Clock, Timer } from './ports.ts';

const UPTIME_BYTES_MAX = 64;

export class HostClock implements Clock {
  readonly #readUptime = uptimeReader();

  nowMs(): MonotonicMs {
    return at(performance.now());
  }

  /** Counts suspension on Linux (CLOCK_BOOTTIME); elsewhere os.uptime() may follow the wall clock, which decides nothing. */
  bootMs(): number {
    return process.platform === 'linux' ? this.#readUptime() * 1000 : performance.now();
  }

  /** When that instant was, or will be, as the wall clock stands now. */
  wallClockMs(instant: MonotonicMs): number {
    return Date.now() - (performance.now() - instant);
  }
}

/** What os.uptime() reads, without opening the file at every step of the node. */
export function uptimeReader(path = '/proc/uptime'): () => number {
  if (process.platform !== 'linux') return uptime;
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return uptime;
  }
  const bytes = Buffer.allocUnsafe(UPTIME_BYTES_MAX);
  return () => {
    try {
      const length = readSync(descriptor, bytes, 0, UPTIME_BYTES_MAX, 0);
      const seconds = Number.parseFloat(bytes.toString('latin1', 0, length));
      return Number.isFinite(seconds) ? seconds : uptime();
    } catch {
      // In a container another program may stand behind the file, and be restarted.
      return uptime();
    }
  };
}

/** What setTimeout can hold; a longer one would fire at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * `arm` is called after every datagram and moves the instant mostly to later. So a timeout that runs out before the new instant is left
 * alone, and looks again when it fires: making one anew each time would cost more than the rest of the step.
 */
export class HostTimer implements Timer {
  readonly #clock: Pick<Clock, 'nowMs'>;
  #due: MonotonicMs = NEVER;
  #fire: () => void = () => {};
  #timeout: NodeJS.Timeout | null = null;
  #timeoutAt: MonotonicMs = NEVER;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  arm(instant: MonotonicMs, fire: () => void): void {
    this.#due = instant;
    this.#fire = fire;
    if (instant === NEVER || (this.#timeout !== null && this.#timeoutAt <= instant)) return;
    this.#setTimeout();
  }

  disarm(): void {
    this.#due = NEVER;
    this.#clearTimeout();
  }

  #setTimeout(): void {
    this.#clearTimeout();
    const now = this.#clock.nowMs();
    // Rounded up: setTimeout cuts fractions off, and to wake too early is to wake twice.
    const delayMs = Math.min(TIMEOUT_MS_MAX, Math.max(1, Math.ceil(this.#due - now)));
    this.#timeoutAt = at(now + delayMs);
    this.#timeout = setTimeout(this.#onTimeout, delayMs);
  }

  #clearTimeout(): void {
    if (this.#timeout === null) return;
    clearTimeout(this.#timeout);
    this.#timeout = null;
  }

  readonly #onTimeout = (): void => {
    this.#timeout = null;
    if (this.#due === NEVER) return;
    if (this.#clock.nowMs() < this.#due) {
      this.#setTimeout();
      return;
    }
    this.#due = NEVER;
    this.#fire();
  };
}
