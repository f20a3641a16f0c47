// One node's list: a row a member, in columns of typed arrays. What does not move with the counter is held by the directory.
// 36 bytes a row: counter 8, origin 8, links of FreshOrder 8, tag 4, place of the life 4, window 3, state 1.
// It keeps rows and their order; what is believed is decided by merge.ts, who is told and who is judged by node.ts.

import { assert } from '../assert.ts';
import { mix32, type Tag } from '../hash.ts';
import type { Address, Incarnation, NodeId } from '../ids.ts';
import { type Facts, MEMBER_STATES, type MemberEntry, type MemberState } from '../message.ts';
import { at, type MonotonicMs } from '../time.ts';
import { Ages } from './ages.ts';
import { grown, rowsToReserve } from './columns.ts';
import type { Directory } from './directory.ts';
import { FreshOrder } from './fresh-order.ts';
import { ListHash } from './list-hash.ts';
import type { Lives } from './lives.ts';
import type { Account } from './merge.ts';
import type { ReadyRows } from './ready-rows.ts';
import { NONE } from './slot-index.ts';
import { checkTable } from './table-check.ts';

// The state column: 0 for no row, else 1 + the rank of the state, with flags above.
const STATE_MASK = 0x07;
const UNCONFIRMED = 0x08;
const SUSPECT = 0x10;
const ALIVE = 1;
/** 31 years: an age that was claimed at the edge of what a number holds must not grow over it on the way. */
const AGE_MAX_MS = 1e12;

export class MemberTable {
  readonly directory: Directory;
  readonly selfSlot: number;
  readonly #lives: Lives;
  #life = new Uint32Array(0);
  #counter = new Float64Array(0);
  readonly #ages: Ages;
  #tagLo = new Uint32Array(0);
  #state = new Uint8Array(0);
  #order: FreshOrder;
  #silenceMs: number;
  readonly #silent = new Set<number>();
  /** Living rows whose last news is older than `silenceMs`, the longest silent first. */
  readonly silent: ReadonlySet<number> = this.#silent;
  readonly #dead = new Set<number>();
  readonly dead: ReadonlySet<number> = this.#dead;
  #aliveCount = 0;
  #unconfirmedCount = 0;
  #suspectCount = 0;
  #rowCount = 0;
  readonly #hash = new ListHash();

  constructor(directory: Directory, self: NodeId, silenceMs: number, now: MonotonicMs) {
    this.directory = directory;
    this.#lives = directory.lives;
    this.selfSlot = directory.intern(self);
    this.#silenceMs = silenceMs;
    this.#order = new FreshOrder(silenceMs, now);
    this.#ages = new Ages(silenceMs);
    this.#reach(this.selfSlot);
    directory.onTable?.(this);
  }

  // ── reading ──

  has(slot: number): boolean {
    return slot >= 0 && slot < this.#state.length && this.#state[slot] !== 0;
  }

  isAlive(slot: number): boolean {
    return slot >= 0 && slot < this.#state.length && (this.#state[slot]! & STATE_MASK) === ALIVE;
  }

  /** Alive and heard of by more than one relay's word. */
  isConfirmed(slot: number): boolean {
    return this.isAlive(slot) && (this.#state[slot]! & UNCONFIRMED) === 0;
  }

  isSuspect(slot: number): boolean {
    return (this.#state[slot]! & SUSPECT) !== 0;
  }

  stateOf(slot: number): MemberState {
    const state = MEMBER_STATES[(this.#state[slot]! & STATE_MASK) - 1];
    assert(state !== undefined, 'a row has a state');
    return state;
  }

  factsOf(slot: number): Facts {
    const life = this.#life[slot]!;
    return { name: this.#lives.nameAt(life), address: this.#lives.addressAt(life), meta: this.#lives.metaAt(life) };
  }

  nameOf(slot: number): string {
    return this.#lives.nameAt(this.#life[slot]!);
  }

  addressOf(slot: number): Address {
    return this.#lives.addressAt(this.#life[slot]!);
  }

  incarnationOf(slot: number): Incarnation {
    return this.#lives.incarnationAt(this.#life[slot]!);
  }

  counterOf(slot: number): number {
    return this.#counter[slot]!;
  }

  /** Whether it would be news of whatever row is there; says nothing of whether it may be believed. */
  isNewer(slot: number, counter: number): boolean {
    return slot < this.#counter.length && counter > this.#counter[slot]!;
  }

  tagLoOf(slot: number): number {
    return this.#tagLo[slot]!;
  }

  tagOf(slot: number): Tag {
    return { lo: this.#tagLo[slot]!, hi: this.#tagHiOf(slot) };
  }

  hasTag(slot: number, tag: Tag): boolean {
    return this.has(slot) && this.#tagLo[slot] === tag.lo && this.#tagHiOf(slot) === tag.hi;
  }

  /** When the newest counter was emitted, as far as the clocks tell. */
  freshAt(slot: number): MonotonicMs {
    return this.#ages.freshAt(slot, this.#counter[slot]!);
  }

  /** Since when the row is in its state: the living since their incarnation began, the suspect since they fell silent. */
  sinceOf(slot: number): MonotonicMs {
    if (this.isAlive(slot) && this.isSuspect(slot)) return this.freshAt(slot);
    return this.#ages.originOf(slot);
  }

  accountOf(slot: number): Account {
    return {
      incarnation: this.incarnationOf(slot),
      tag: this.tagOf(slot),
      state: this.stateOf(slot),
      counter: this.#counter[slot]!,
      facts: this.factsOf(slot),
    };
  }

  entryOf(slot: number, now: MonotonicMs): MemberEntry {
    const state = this.stateOf(slot);
    return {
      id: this.directory.idAt(slot),
      incarnation: this.incarnationOf(slot),
      tag: this.tagOf(slot),
      counter: this.#counter[slot]!,
      state,
      stateAgeMs: state === 'alive' ? 0 : Math.min(AGE_MAX_MS, Math.max(0, Math.round(now - this.#ages.originOf(slot)))),
      facts: this.factsOf(slot),
    };
  }

  slotOf(id: NodeId): number {
    const slot = this.directory.slotOf(id);
    return this.has(slot) ? slot : NONE;
  }

  /** The member whose run has this tag; NONE when it is unknown here or not certain. */
  slotOfTag(tag: Tag): number {
    const slot = this.directory.slotOfTag(tag.lo);
    return slot >= 0 && this.hasTag(slot, tag) ? slot : NONE;
  }

  /** Another living, confirmed member under the name of this one. */
  namesakeOf(slot: number): number {
    const name = this.nameOf(slot);
    return this.directory.findByName(name, (other) => other !== slot && this.isConfirmed(other) && this.nameOf(other) === name);
  }

  get aliveCount(): number {
    return this.#aliveCount;
  }

  get confirmedCount(): number {
    return this.#aliveCount - this.#unconfirmedCount;
  }

  get suspectCount(): number {
    return this.#suspectCount;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** Slots that may hold a row are below this. */
  get slotLimit(): number {
    return this.#state.length;
  }

  /** A sum over (tag, facts version) of the confirmed living: equal lists have equal hashes, counters play no part. */
  get listHash(): Tag {
    return this.#hash.sum;
  }

  /** What this row adds to the list hash; also its name in a digest. */
  rowHash(slot: number): number {
    return mix32(this.#tagLo[slot]! ^ mix32(this.#lives.metaAt(this.#life[slot]!).version + 1));
  }

  /** When somebody falls silent next, if nothing is heard meanwhile. */
  get silentAt(): MonotonicMs {
    return at(this.#order.oldestMs() + this.#silenceMs);
  }

  freshest(into: Uint32Array, limit: number): number {
    return this.#order.freshest(into, limit);
  }

  // ── changing ──

  /** Moves those whose silence has grown too long from the order into `silent`. Before anything else of a step. */
  advance(now: MonotonicMs): void {
    this.#order.drain(now - this.#silenceMs, this.#fellSilent);
  }

  readonly #fellSilent = (slot: number): void => {
    this.#silent.add(slot);
  };

  /** A life that was not known, or is higher than the known one. Its own earlier row, if any, is replaced. */
  put(entry: MemberEntry, isConfirmed: boolean, now: MonotonicMs): number {
    const slot = this.directory.intern(entry.id);
    this.#reach(slot);
    if (this.has(slot)) this.#take(slot);
    this.#counter[slot] = entry.counter;
    this.#tagLo[slot] = entry.tag.lo;
    this.#life[slot] = this.#lives.hold(slot, entry.incarnation, entry.tag.hi, entry.facts);
    this.directory.addTag(entry.tag.lo, slot);
    this.#rowCount += 1;
    if (entry.state === 'alive') {
      this.#state[slot] = ALIVE | (isConfirmed ? 0 : UNCONFIRMED);
      this.#aliveCount += 1;
      if (isConfirmed) this.#hash.add(this.rowHash(slot), this.#tagHiOf(slot));
      else this.#unconfirmedCount += 1;
      this.#ages.begin(slot, entry.counter, now);
      if (slot !== this.selfSlot) this.#place(slot);
    } else {
      this.#state[slot] = 1 + MEMBER_STATES.indexOf(entry.state);
      this.#ages.setVerdictAt(slot, now - entry.stateAgeMs);
      this.#dead.add(slot);
    }
    return slot;
  }

  /** A counter of a living member; true when it is news. Only a strictly higher one is: duplicates and late relays refresh nothing. */
  hearCounter(slot: number, counter: number, now: MonotonicMs): boolean {
    if (counter <= this.#counter[slot]!) return false;
    this.#counter[slot] = counter;
    this.#ages.sample(slot, counter, now);
    this.#place(slot);
    return true;
  }

  /** Proof that its newest counter is no older than `earliest`: it answered what was asked then. */
  emittedSince(slot: number, counter: number, earliest: number): void {
    if (!this.isAlive(slot) || counter !== this.#counter[slot]) return;
    this.#ages.emittedSince(slot, counter, earliest);
    this.#place(slot);
  }

  /** Its counter rose, or it spoke for itself: no mere hearsay any more. */
  confirm(slot: number): void {
    assert(this.isAlive(slot) && !this.isConfirmed(slot), 'only an unconfirmed living member is confirmed');
    this.#state[slot]! &= ~UNCONFIRMED;
    this.#unconfirmedCount -= 1;
    this.#hash.add(this.rowHash(slot), this.#tagHiOf(slot));
  }

  setSuspect(slot: number, isSuspect: boolean): void {
    if (this.isSuspect(slot) === isSuspect) return;
    this.#state[slot]! ^= SUSPECT;
    this.#suspectCount += isSuspect ? 1 : -1;
  }

  setFacts(slot: number, facts: Facts): void {
    if (this.isConfirmed(slot)) this.#hash.subtract(this.rowHash(slot), this.#tagHiOf(slot));
    this.#life[slot] = this.#lives.hold(slot, this.incarnationOf(slot), this.#tagHiOf(slot), facts);
    if (this.isConfirmed(slot)) this.#hash.add(this.rowHash(slot), this.#tagHiOf(slot));
  }

  /** The end of this life: no counter of it is heard any more. */
  setVerdict(slot: number, state: Exclude<MemberState, 'alive'>, ageMs: number, now: MonotonicMs): void {
    this.#takeFromLiving(slot);
    this.#state[slot] = 1 + MEMBER_STATES.indexOf(state);
    this.#ages.setVerdictAt(slot, now - ageMs);
    this.#dead.add(slot);
  }

  /** How far an ended life had counted: to be shown and told, its age is the verdict's. */
  setLastCounter(slot: number, counter: number): void {
    assert(this.has(slot) && !this.isAlive(slot), 'the living are heard');
    this.#counter[slot] = counter;
  }

  /** The owner's own counter, as stamped on what it sends. */
  setOwnCounter(counter: number): void {
    this.#counter[this.selfSlot] = counter;
  }

  /** The row is gone, as if never heard of. */
  drop(slot: number): void {
    assert(slot !== this.selfSlot, 'its owner stays in the list');
    this.#take(slot);
    this.#state[slot] = 0;
    this.directory.release(slot);
  }

  /** Only into an empty list, and only in a shared directory: each row as `put` and `confirm` leave it when its member was heard at this instant. */
  adopt({ slots, lives, tagsLo, counters }: ReadyRows, now: MonotonicMs): void {
    assert(this.directory.isShared && this.#rowCount === 1 && this.has(this.selfSlot), 'a ready list is for who knows nobody yet');
    this.#reach(this.directory.slotCount - 1);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (slot === this.selfSlot) continue;
      this.#life[slot] = lives[i]!;
      this.#tagLo[slot] = tagsLo[i]!;
      this.#counter[slot] = counters[i]!;
      this.#state[slot] = ALIVE;
      this.#rowCount += 1;
      this.#aliveCount += 1;
      this.#hash.add(this.rowHash(slot), this.#tagHiOf(slot));
      this.#ages.begin(slot, counters[i]!, now);
      this.#place(slot);
    }
  }

  /** Where its life is held. */
  lifeOf(slot: number): number {
    return this.#life[slot]!;
  }

  /** The cluster's timings were learned: ages begin anew under them. */
  retime(silenceMs: number, now: MonotonicMs): void {
    this.#ages.retime(silenceMs);
    for (let slot = 0; slot < this.#state.length; slot++) {
      if (slot !== this.selfSlot && this.isAlive(slot)) this.#ages.begin(slot, this.#counter[slot]!, now);
    }
    this.setSilence(silenceMs, now);
  }

  /** From now on this long a silence counts; nobody is older or younger for it. */
  setSilence(silenceMs: number, now: MonotonicMs): void {
    this.#silenceMs = silenceMs;
    this.#order = new FreshOrder(silenceMs, now);
    this.#order.reserve(this.#state.length);
    this.#silent.clear();
    for (let slot = 0; slot < this.#state.length; slot++) if (slot !== this.selfSlot && this.isAlive(slot)) this.#place(slot);
  }

  checkInvariants(): void {
    checkTable(this, this.#order.slots(), (slot) => this.#lives.slotAt(this.#life[slot]!));
  }

  #place(slot: number): void {
    if (this.#order.place(slot, this.freshAt(slot))) this.#silent.delete(slot);
    else this.#silent.add(slot);
  }

  /** Takes a row out of all orders, sums and indexes. */
  #take(slot: number): void {
    if (this.isAlive(slot)) this.#takeFromLiving(slot);
    this.#dead.delete(slot);
    this.#rowCount -= 1;
    this.directory.removeTag(this.#tagLo[slot]!, slot);
  }

  #takeFromLiving(slot: number): void {
    if (!this.isAlive(slot)) return;
    this.setSuspect(slot, false);
    if (this.isConfirmed(slot)) this.#hash.subtract(this.rowHash(slot), this.#tagHiOf(slot));
    else this.#unconfirmedCount -= 1;
    this.#aliveCount -= 1;
    this.#order.remove(slot);
    this.#silent.delete(slot);
  }

  #tagHiOf(slot: number): number {
    return this.#lives.tagHiAt(this.#life[slot]!);
  }

  #reach(slot: number): void {
    if (slot < this.#state.length) return;
    const length = rowsToReserve(this.#state.length, slot + 1, this.directory.isShared ? this.directory.slotCount : 0);
    this.#life = grown(this.#life, new Uint32Array(length));
    this.#counter = grown(this.#counter, new Float64Array(length));
    this.#ages.reserve(length);
    this.#tagLo = grown(this.#tagLo, new Uint32Array(length));
    this.#state = grown(this.#state, new Uint8Array(length));
    this.#order.reserve(length);
  }
}
