// What one run of a row comes to, as plain data: it travels between workers, and several runs add up to one row.

import type { Opinions } from './opinions.ts';

export interface Figures {
  /** Of each victim: until the last live member showed it so; null when that did not come to pass. */
  readonly suspectedMs: readonly (number | null)[];
  readonly failedMs: readonly (number | null)[];
  /** Of each run: until all showed the newcomer, or all showed exactly all. */
  readonly shownMs: readonly (number | null)[];
  /** Until all were quorate. */
  readonly quorateMs: readonly (number | null)[];
  readonly opinions: Opinions;
  /** Of each member and run, a second. */
  readonly bytes: readonly number[];
  readonly packets: readonly number[];
  /** Record versions decided, of each run, but for those that named a leader. */
  readonly views: readonly number[];
  /** What broke a rule of the simulator. */
  readonly violations: readonly string[];
}

export const NOTHING: Figures = {
  suspectedMs: [],
  failedMs: [],
  shownMs: [],
  quorateMs: [],
  opinions: { suspicions: 0, wrongSuspicions: 0, wrongByHealthy: 0, wronged: 0, verdicts: 0, wrongVerdicts: 0 },
  bytes: [],
  packets: [],
  views: [],
  violations: [],
};

export function added(a: Figures, b: Figures): Figures {
  return {
    suspectedMs: [...a.suspectedMs, ...b.suspectedMs],
    failedMs: [...a.failedMs, ...b.failedMs],
    shownMs: [...a.shownMs, ...b.shownMs],
    quorateMs: [...a.quorateMs, ...b.quorateMs],
    opinions: {
      suspicions: a.opinions.suspicions + b.opinions.suspicions,
      wrongSuspicions: a.opinions.wrongSuspicions + b.opinions.wrongSuspicions,
      wrongByHealthy: a.opinions.wrongByHealthy + b.opinions.wrongByHealthy,
      wronged: a.opinions.wronged + b.opinions.wronged,
      verdicts: a.opinions.verdicts + b.opinions.verdicts,
      wrongVerdicts: a.opinions.wrongVerdicts + b.opinions.wrongVerdicts,
    },
    bytes: [...a.bytes, ...b.bytes],
    packets: [...a.packets, ...b.packets],
    views: [...a.views, ...b.views],
    violations: [...a.violations, ...b.violations],
  };
}

/** The least value that this share of all does not exceed; what never came to pass exceeds everything. */
export function percentile(values: readonly (number | null)[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
