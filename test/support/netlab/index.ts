// The door: hosts on one machine, and what can happen to the network between them.

export { command } from './command.ts';
export { Netlab, netlabObstacle, type Traffic } from './netlab.ts';
export { type Counted, type Drop, dropRules, readCounters, trafficRules } from './rules.ts';
