// The door of detector/.

export { Arrivals } from './arrivals.ts';
export { LocalHealth } from './local-health.ts';
export { ageAtPhi, PHI_ASK, PHI_SUSPECT, phiOf } from './phi.ts';
export { type ProbeStep, Probes } from './probes.ts';
