// Where only one of UDP and TCP passes, as a firewall may have it: members that speak over streams while no datagram of them
// arrives, and members that are heard while no stream to them comes about. It tells the operator, and decides nothing.

import { assert } from '../assert.ts';
import { type Address, hostOf, type NodeId, portOf } from '../ids.ts';
import { type MemberTable, NONE } from '../membership/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Problem } from '../view.ts';
import { inWords, isSilence } from './difficulty.ts';
import type { Self } from './self.ts';

/** Of each kind; a firewall that stops more than these is understood from them. */
const KEPT_MAX = 16;
/** Streams are rarer than datagrams: a minute may pass between two, and a half more by chance. */
const STALE_MS = 180_000;
/** One connection may fail by chance. */
const TRIES_MIN = 3;

export interface Blocked extends Problem {
  readonly id: NodeId;
  readonly name: string;
  readonly address: Address;
  readonly code: 'udp-blocked' | 'tcp-blocked';
}

interface Unheard {
  readonly name: string;
  readonly address: Address;
  /** Its first stream after its last datagram. */
  readonly since: MonotonicMs;
  last: MonotonicMs;
}

interface Unreached {
  readonly address: Address;
  tries: number;
  reason: string;
  last: MonotonicMs;
}

export class Passages {
  readonly #self: Self;
  readonly #table: MemberTable;
  readonly #unheard = new Map<NodeId, Unheard>();
  readonly #unreached = new Map<NodeId, Unreached>();

  constructor(self: Self, table: MemberTable) {
    this.#self = self;
    this.#table = table;
  }

  /** Nothing is to be noted of a datagram while this is false, which is nearly always. */
  get awaitsDatagrams(): boolean {
    return this.#unheard.size > 0;
  }

  /** Whom to ask for a datagram again: the last may have been lost, and who is confirmed by what others tell need not send any other. */
  unheard(now: MonotonicMs): number[] {
    const slots: number[] = [];
    for (const [id, { last }] of this.#unheard) {
      const slot = this.#table.slotOf(id);
      if (now - last > STALE_MS || this.#hasGone(id)) this.#unheard.delete(id);
      else if (slot !== NONE) slots.push(slot);
    }
    return slots;
  }

  datagramFrom(id: NodeId): void {
    this.#unheard.delete(id);
  }

  /** True when it has been quiet otherwise: then a datagram is worth asking for, and none may come. */
  streamFrom(slot: number, now: MonotonicMs): boolean {
    if (slot === this.#table.selfSlot || !this.#isQuiet(slot, now)) return false;
    const id = this.#table.directory.idAt(slot);
    const known = this.#unheard.get(id);
    const isKnown = known !== undefined && now - known.last <= STALE_MS;
    const [name, address] = [this.#table.nameOf(slot), this.#table.addressOf(slot)];
    if (known === undefined) makeRoom(this.#unheard);
    this.#unheard.set(id, { name, address, since: isKnown ? known.since : now, last: now });
    return known?.last !== now;
  }

  /** Somebody answered over a stream there, whatever was said. True when that is a change, and others may be reached again too. */
  streamTo(to: Address): boolean {
    const { size } = this.#unreached;
    for (const [id, { address }] of this.#unreached) if (address === to) this.#unreached.delete(id);
    return this.#unreached.size < size;
  }

  noStreamTo(to: Address, reason: string, now: MonotonicMs): void {
    if (!isSilence(reason) && reason !== 'ECONNREFUSED') return;
    const slot = this.#heardAt(to, now);
    if (slot === NONE) return;
    const id = this.#table.directory.idAt(slot);
    const known = this.#unreached.get(id);
    this.#unreached.delete(id);
    makeRoom(this.#unreached);
    const isKnown = known !== undefined && known.address === to && now - known.last <= STALE_MS;
    this.#unreached.set(id, { address: to, tries: isKnown ? known.tries + 1 : 1, reason, last: now });
  }

  /** Where to try again, or null: without a word to say nobody might, and what was opened would be called blocked on. */
  longestUnreached(): Address | null {
    for (const [id, { address }] of this.#unreached) {
      if (this.#isHeardAt(id, address)) return address;
      this.#unreached.delete(id);
    }
    return null;
  }

  problems(now: MonotonicMs, failMs: number): Problem[] {
    return this.blocked(now, failMs).map(({ code, message, hint }) => ({ code, message, hint }));
  }

  blocked(now: MonotonicMs, failMs: number): Blocked[] {
    if (this.#unheard.size + this.#unreached.size === 0) return [];
    const here = this.#self.facts;
    const problems: Blocked[] = [];
    for (const [id, { name, address, since, last }] of this.#unheard) {
      if (now - since < failMs || now - last > STALE_MS || this.#hasGone(id)) continue;
      problems.push({
        ...{ id, name, address },
        code: 'udp-blocked',
        message: `${name}→${here.name}: ${name} answers over TCP, but no datagram of it arrives`,
        hint: `let UDP pass from ${hostOf(address)} to port ${portOf(here.address)} of this host, here and in every firewall between; heartbeats go by UDP`,
      });
    }
    for (const [id, { address, tries, reason, last }] of this.#unreached) {
      if (tries < TRIES_MIN || now - last > STALE_MS || !this.#isHeardAt(id, address)) continue;
      const name = this.#table.nameOf(this.#table.slotOf(id));
      problems.push({
        ...{ id, name, address },
        code: 'tcp-blocked',
        message: `${here.name}→${name}: ${name} is heard, but no connection to it comes about (${inWords({ kind: 'unanswered', reason })})`,
        hint: `let TCP pass from this host to port ${portOf(address)} of ${hostOf(address)}, there and in every firewall between; what is too large for a datagram goes by TCP`,
      });
    }
    return problems;
  }

  checkInvariants(): void {
    assert(this.#unheard.size <= KEPT_MAX && this.#unreached.size <= KEPT_MAX, 'what is noted of passages is bounded');
  }

  /** Failed, silent, or hearsay still. */
  #isQuiet(slot: number, now: MonotonicMs): boolean {
    const table = this.#table;
    if (!table.isAlive(slot)) return table.stateOf(slot) === 'failed';
    return !table.isConfirmed(slot) || !this.#isHeard(slot, now);
  }

  /** Who leaves doubt to the voters finds nobody silent, and is told nobody's counters. */
  #isHeard(slot: number, now: MonotonicMs): boolean {
    return !this.#table.silent.has(slot) && now - this.#table.freshAt(slot) <= STALE_MS;
  }

  /** By its own word, or because another lives under its name: what arrives late of it says nothing of the way. */
  #hasGone(id: NodeId): boolean {
    const table = this.#table;
    const slot = table.slotOf(id);
    if (slot === NONE) return false;
    return table.stateOf(slot) === 'left' || table.stateOf(slot) === 'stopped' || table.namesakeOf(slot) !== NONE;
  }

  #isHeardAt(id: NodeId, address: Address): boolean {
    const slot = this.#table.slotOf(id);
    return slot !== NONE && this.#table.isConfirmed(slot) && !this.#table.silent.has(slot) && this.#table.addressOf(slot) === address;
  }

  /** The member at this address whose counter grows, or NONE. */
  #heardAt(address: Address, now: MonotonicMs): number {
    const table = this.#table;
    for (let slot = 0; slot < table.slotLimit; slot++) {
      if (table.isConfirmed(slot) && slot !== table.selfSlot && table.addressOf(slot) === address && this.#isHeard(slot, now)) return slot;
    }
    return NONE;
  }
}

/** Whoever was noted first goes. */
function makeRoom(kept: Map<NodeId, unknown>): void {
  if (kept.size < KEPT_MAX) return;
  for (const first of kept.keys()) {
    kept.delete(first);
    return;
  }
}
