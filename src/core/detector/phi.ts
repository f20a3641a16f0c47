// How surprising a silence is: phi = −log10 of the chance that the next counter is still on its way at this age (phi accrual).
// Up to the mean there is nothing to be surprised at; beyond it the tail is exponential, because losses come in runs and a normal tail
// calls two lost packets in a row impossible. What follows from a phi is decided in core/node.

/** At 1 one silence in ten is innocent: worth a question. At 2 one in a hundred; by then nobody and nothing got an answer either. */
export const PHI_ASK = 1;
export const PHI_SUSPECT = 2;

export function phiOf(ageMs: number, meanMs: number, deviationMs: number): number {
  return Math.max(0, ((ageMs - meanMs) / deviationMs) * Math.LOG10E);
}

/** The age at which phi reaches this. */
export function ageAtPhi(phi: number, meanMs: number, deviationMs: number): number {
  return meanMs + phi * deviationMs * Math.LN10;
}
