// The door of census/.

export { Census } from './census.ts';
export { added, type Figures, mean, NOTHING, percentile } from './figures.ts';
export { TCP_HEADER_BYTES, TCP_PACKETS_A_SIDE, UDP_HEADER_BYTES } from './meter.ts';
