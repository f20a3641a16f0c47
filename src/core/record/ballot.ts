// Ballots (R3): unique, because a node never uses a sequence number of one incarnation twice.

import type { Ballot } from '../record-shapes.ts';

export function compareBallots(a: Ballot, b: Ballot): number {
  if (a.round !== b.round) return a.round - b.round;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.incarnation !== b.incarnation) return a.incarnation - b.incarnation;
  return a.sequence - b.sequence;
}
