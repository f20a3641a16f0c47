// The door of membership/.

export { Directory } from './directory.ts';
export { type Account, compareFacts, compareLives, INCARNATION_LEAP_MAX, type MergeVerdict, mergeMember, stateRank } from './merge.ts';
export { type ReadyRows, readyRows } from './ready-rows.ts';
export { NONE } from './slot-index.ts';
export { MemberTable } from './table.ts';
export type { Zone } from './zones.ts';
