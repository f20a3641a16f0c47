// To whom a packet goes: the members of these ids, or a few that live, by chance.

import type { Address, NodeId } from '../ids.ts';
import { type MemberTable, NONE } from '../membership/index.ts';
import type { Random } from '../random.ts';

/** Of those that are known, but for this node itself. */
export function addressesOf(table: MemberTable, ids: readonly NodeId[]): Address[] {
  const addresses: Address[] = [];
  for (const id of ids) {
    const slot = table.slotOf(id);
    if (slot !== NONE && slot !== table.selfSlot) addresses.push(table.addressOf(slot));
  }
  return addresses;
}

export function someLiving(table: MemberTable, count: number, random: Random): Address[] {
  const living: number[] = [];
  for (let slot = 0; slot < table.slotLimit; slot++) if (slot !== table.selfSlot && table.isConfirmed(slot)) living.push(slot);
  const some: Address[] = [];
  for (let i = 0; i < count && living.length > 0; i++) {
    const [slot] = living.splice(random.below(living.length), 1);
    if (slot !== undefined) some.push(table.addressOf(slot));
  }
  return some;
}
