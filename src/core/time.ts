// Instants of one monotone clock. The core is handed them and never reads a clock itself.

declare const brand: unique symbol;

/** Milliseconds of this process's (or simulated host's) monotone clock; comparable only with others of the same clock. */
export type MonotonicMs = number & { readonly [brand]: 'MonotonicMs' };

export const NEVER = Number.POSITIVE_INFINITY as MonotonicMs;

export function at(ms: number): MonotonicMs {
  return ms as MonotonicMs;
}

/** What one counter step stands for: the owner's clock in ticks since its incarnation began. */
export const TICK_MS = 10;
