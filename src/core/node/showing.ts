// How a list looks from outside: who is shown, under which state, since when. Reads only.

import type { NodeId } from '../ids.ts';
import { type MemberTable, NONE } from '../membership/index.ts';
import { type ClusterRecord, isVoter } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { MemberCounts, MemberView } from '../view.ts';
import type { Graveyard } from './graveyard.ts';

/** What is measured of a way, and how surprising an age is; null while unknown. */
type RttOf = (slot: number) => number | null;
type PhiOf = (slot: number, ageMs: number) => number | null;

/** What the record says of members. */
export interface Roles {
  isVoter(id: NodeId): boolean;
  isLeader(id: NodeId, incarnation: number): boolean;
}

export function rolesOf(recordNow: () => ClusterRecord | null): Roles {
  return {
    isVoter: (id) => {
      const record = recordNow();
      return record !== null && isVoter(record, id);
    },
    isLeader: (id, incarnation) => {
      const leader = recordNow()?.leader ?? null;
      return leader !== null && leader.id === id && leader.incarnation === incarnation;
    },
  };
}

export class Showing {
  readonly #table: MemberTable;
  readonly #graveyard: Graveyard;

  readonly #rttOf: RttOf;
  readonly #phiOf: PhiOf;

  constructor(table: MemberTable, graveyard: Graveyard, rttOf: RttOf, phiOf: PhiOf) {
    this.#table = table;
    this.#graveyard = graveyard;
    this.#rttOf = rttOf;
    this.#phiOf = phiOf;
  }

  /** The living bearer of a name, else a dead one that is still shown, else NONE. */
  slotByName(name: string, now: MonotonicMs): number {
    const { directory } = this.#table;
    const bears = (slot: number): boolean => this.#table.has(slot) && this.#table.nameOf(slot) === name;
    const living = directory.findByName(name, (slot) => bears(slot) && this.#table.isConfirmed(slot));
    if (living !== NONE) return living;
    return directory.findByName(name, (slot) => bears(slot) && this.#isDeadAndShown(slot, now));
  }

  members(now: MonotonicMs, roles: Roles): MemberView[] {
    const views: MemberView[] = [];
    for (let slot = 0; slot < this.#table.slotLimit; slot++) {
      if (this.#table.isConfirmed(slot) || this.#isDeadAndShown(slot, now)) views.push(this.view(slot, now, roles));
    }
    return views.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
  }

  view(slot: number, now: MonotonicMs, roles: Roles): MemberView {
    const table = this.#table;
    const facts = table.factsOf(slot);
    const state = table.stateOf(slot);
    const isSelf = slot === table.selfSlot;
    const id = table.directory.idAt(slot);
    const ageMs = isSelf ? 0 : Math.max(0, now - (state === 'alive' ? table.freshAt(slot) : table.sinceOf(slot)));
    return {
      id,
      name: facts.name,
      address: facts.address,
      state: state === 'alive' && table.isSuspect(slot) ? 'suspect' : state,
      incarnation: table.incarnationOf(slot),
      counter: table.counterOf(slot),
      ageMs,
      phi: isSelf || state !== 'alive' ? null : this.#phiOf(slot, ageMs),
      rttMs: isSelf ? null : this.#rttOf(slot),
      zone: facts.meta.zone,
      tags: facts.meta.tags,
      software: facts.meta.software,
      since: table.sinceOf(slot),
      isSelf,
      isVoter: roles.isVoter(id),
      isLeader: roles.isLeader(id, table.incarnationOf(slot)),
    };
  }

  counts(now: MonotonicMs): MemberCounts {
    const counts = { failed: 0, left: 0, stopped: 0 };
    for (const slot of this.#table.dead) {
      const state = this.#table.stateOf(slot);
      if (state !== 'alive' && this.#graveyard.isShown(slot, now)) counts[state] += 1;
    }
    const suspect = this.#table.suspectCount;
    return { alive: this.#table.confirmedCount - suspect, suspect, ...counts };
  }

  #isDeadAndShown(slot: number, now: MonotonicMs): boolean {
    return this.#table.has(slot) && !this.#table.isAlive(slot) && this.#graveyard.isShown(slot, now);
  }
}
