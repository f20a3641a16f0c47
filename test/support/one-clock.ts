// The one clock on which things in several processes are compared: CLOCK_MONOTONIC, which all processes of a machine share,
// in whatever namespace they run. `performance.now()` counts from each process's own start and cannot be compared.

/** Milliseconds since the machine started, not counting suspend. */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** When that was on the shared clock, as the wall clock stands now. */
export function sharedMsOf(wallClockMs: number): number {
  return wallClockMs + (sharedNowMs() - Date.now());
}
