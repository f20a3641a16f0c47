// Small judgements on what was told of a member; they hold nothing.

import type { MemberEventType } from '../effect.ts';
import type { MemberTable } from '../membership/index.ts';
import type { Facts, MemberEntry, MemberState } from '../message.ts';

export function verdictEvent(state: Exclude<MemberState, 'alive'>): MemberEventType {
  return state === 'failed' ? 'member-failed' : state === 'left' ? 'member-left' : 'member-stopped';
}

/** A new life told without its tags has those of the one before until a stream brings them: nobody is to lose a role for a second. */
export function withTags(entry: MemberEntry, before: Facts): MemberEntry {
  const { facts } = entry;
  if (facts.meta.version !== 0) return entry;
  return { ...entry, facts: { ...facts, meta: { ...facts.meta, tags: before.meta.tags } } };
}

/** Of two under one name the earlier born has more right to it, then the one of the lower id. */
export function precedes(table: MemberTable, slot: number, other: number): boolean {
  const born = (of: number): number => table.incarnationOf(of) - table.factsOf(of).meta.restarts;
  const difference = born(slot) - born(other);
  return difference < 0 || (difference === 0 && table.directory.compareIds(slot, other) < 0);
}
