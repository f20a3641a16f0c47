// The door of lease/.

export { elapsedMs, type Instant, instant, Lease } from './lease.ts';
export { type Claim, Witness, type WitnessVerdict } from './witness.ts';
