// The profiles and the inequality that makes "fenced before failed" true (DESIGN, R16).
// Timings belong to the cluster, not to a node: per-node values would break safety.

export type ProfileName = 'local' | 'lan' | 'wan';

export interface Timings {
  readonly profile: ProfileName;
  /** Between two pushes of a member. */
  readonly heartbeatMs: number;
  readonly fenceMs: number;
  readonly lagMs: number;
  readonly stopMs: number;
  readonly condemnMs: number;
  readonly failMs: number;
  readonly dwellMs: number;
}

/** Clock rates are within 1 ± ρ. */
export const CLOCK_RATE_ERROR = 0.01;
export const CLOCK_RESOLUTION_MS = 10;

export const PROFILES: Readonly<Record<ProfileName, Timings>> = {
  local: { profile: 'local', heartbeatMs: 100, fenceMs: 600, lagMs: 100, stopMs: 300, condemnMs: 900, failMs: 1100, dwellMs: 1100 },
  lan: { profile: 'lan', heartbeatMs: 500, fenceMs: 3000, lagMs: 250, stopMs: 1000, condemnMs: 4200, failMs: 4500, dwellMs: 4500 },
  wan: { profile: 'wan', heartbeatMs: 1500, fenceMs: 9000, lagMs: 500, stopMs: 3000, condemnMs: 12000, failMs: 13000, dwellMs: 13000 },
};

export function isProfileName(text: string): text is ProfileName {
  return text === 'local' || text === 'lan' || text === 'wan';
}

/** The least T_fail that still lies after every clock's end of the lease and of its children. */
export function failBoundMs(of: Timings): number {
  const guardMs = of.fenceMs + of.lagMs + of.stopMs;
  return (guardMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR) + 2 * CLOCK_RESOLUTION_MS;
}

/** Null when the inequality holds, else the sentence that says which part does not. */
export function timingsProblem(of: Timings): string | null {
  const boundMs = failBoundMs(of);
  if (!(of.failMs >= boundMs)) return `failMs ${of.failMs} is below ${boundMs.toFixed(0)}, the bound that fenceMs, lagMs and stopMs set`;
  if (!(of.dwellMs >= of.failMs)) return `dwellMs ${of.dwellMs} is below failMs ${of.failMs}`;
  const condemnBoundMs = (of.fenceMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR);
  if (!(of.condemnMs >= condemnBoundMs))
    return `condemnMs ${of.condemnMs} is below ${condemnBoundMs.toFixed(0)}, the bound that fenceMs sets`;
  return null;
}
