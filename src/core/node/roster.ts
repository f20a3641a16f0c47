// The list with its voice: what is believed of what is heard, who is judged silent, and what is told of it, as events to
// the operator and as rumours to peers. Sending, timers and this node's own life are node.ts's.

import type { MemberEventType, Outbox } from '../effect.ts';
import { Rumours } from '../gossip/index.ts';
import type { NodeId } from '../ids.ts';
import { compareLives, type Directory, INCARNATION_LEAP_MAX, MemberTable, mergeMember, NONE } from '../membership/index.ts';
import { type Beats, LIMITS, type MemberEntry, type MemberState } from '../message.ts';
import type { MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import { precedes, verdictEvent, withTags } from './accounts.ts';
import { Doubt, type Finding } from './doubt.ts';
import { FORGOTTEN_AGE_MS, Graveyard } from './graveyard.ts';
import { RoundTrips } from './round-trips.ts';
import { Showing } from './showing.ts';
import { Strangers } from './strangers.ts';
import { Suspicions } from './suspicions.ts';

/** How an account came: from the member itself, or told by another. */
export type Source = 'itself' | 'relay';

export type Belief =
  /** Merged, or known already. */
  | 'taken'
  /** The teller does not know of a later life or of the end of this one. */
  | 'teller-behind'
  /** It is about this node, and above what it is. */
  | 'self-superseded'
  /** It says that this life of this node has ended. */
  | 'self-ended'
  | 'refused';

export class Roster {
  readonly table: MemberTable;
  readonly graveyard: Graveyard;
  readonly strangers = new Strangers();
  readonly showing: Showing;
  readonly roundTrips: RoundTrips;
  readonly suspicions: Suspicions;
  readonly rumours = new Rumours();
  readonly #refuse: (reason: string) => void;
  #dropped: (id: NodeId) => void = () => {};
  #isBelowFloor: (id: NodeId, incarnation: number, now: MonotonicMs) => boolean = () => false;
  #timings: Timings;
  #index = 1;
  #nameLostTo: number = NONE;

  constructor(directory: Directory, self: NodeId, timings: Timings, now: MonotonicMs, refuse: (reason: string) => void) {
    this.#timings = timings;
    this.#refuse = refuse;
    const doubt = new Doubt(timings, (slot) => this.roundTrips.timeoutMs(slot));
    this.table = new MemberTable(directory, self, doubt.silenceMs, now);
    this.roundTrips = new RoundTrips(this.table, timings.heartbeatMs);
    this.suspicions = new Suspicions(this.table, doubt, timings, (slot, type, reason, outbox) => this.#event(slot, type, reason, outbox));
    this.graveyard = new Graveyard(this.table);
    this.showing = new Showing(
      this.table,
      this.graveyard,
      (slot) => this.roundTrips.of(slot),
      (slot, ageMs) => doubt.phi(slot, ageMs),
    );
  }

  /** Told of each id whose row is dropped. */
  onDrop(dropped: (id: NodeId) => void): void {
    this.#dropped = dropped;
  }

  /** Such a life may have been reaped (R2): nobody's word lets it in. */
  keepOut(isBelowFloor: (id: NodeId, incarnation: number, now: MonotonicMs) => boolean): void {
    this.#isBelowFloor = isBelowFloor;
  }

  get silenceMs(): number {
    return this.suspicions.doubt.silenceMs;
  }

  /** How closely the others are watched. Who is quorate and does not vote leaves doubt to the voters (R8). */
  watch(isVoter: boolean, isQuorate: boolean, now: MonotonicMs): void {
    this.suspicions.watch(isVoter, isQuorate, now);
  }

  get index(): number {
    return this.#index;
  }

  get judgeAt(): MonotonicMs {
    return this.suspicions.judgeAt;
  }

  /** The member that has this node's name with more right, or NONE. */
  get nameLostTo(): number {
    return this.#nameLostTo;
  }

  retime(timings: Timings, now: MonotonicMs): void {
    this.#timings = timings;
    this.roundTrips.retime(timings.heartbeatMs);
    this.suspicions.retime(timings);
    this.table.retime(this.silenceMs, now);
  }

  /** R15: this process did not run for a while, so everyone's age begins anew. */
  resume(now: MonotonicMs): void {
    this.suspicions.doubt.resume(now);
  }

  advance(now: MonotonicMs): void {
    const silentCount = this.table.silent.size;
    this.table.advance(now);
    if (this.table.silent.size > silentCount) this.suspicions.doubt.look(now);
  }

  // ── hearing ──

  /** This node's own entry: the beginning of a life, or its changed facts. */
  putSelf(entry: MemberEntry, now: MonotonicMs, outbox: Outbox): void {
    const { selfSlot } = this.table;
    const isFirst = !this.table.has(selfSlot);
    const isNewLife = isFirst || this.table.incarnationOf(selfSlot) !== entry.incarnation || !this.table.isAlive(selfSlot);
    if (isNewLife) this.table.put(entry, true, now);
    else this.table.setFacts(selfSlot, entry.facts);
    this.#tell(selfSlot);
    this.#event(
      selfSlot,
      isFirst ? 'member-joined' : 'member-updated',
      isFirst ? 'this agent' : isNewLife ? `incarnation ${entry.incarnation}` : 'facts changed',
      outbox,
    );
  }

  /** This node's own end, to be told. */
  endSelf(state: 'left' | 'stopped', now: MonotonicMs, outbox: Outbox): void {
    this.table.setVerdict(this.table.selfSlot, state, 0, now);
    this.#tell(this.table.selfSlot);
    this.#event(this.table.selfSlot, state === 'left' ? 'member-left' : 'member-stopped', 'this agent', outbox);
  }

  believe(entry: MemberEntry, source: Source, now: MonotonicMs, outbox: Outbox): Belief {
    const slot = this.table.slotOf(entry.id);
    if (slot === NONE) return this.#meet(entry, source, now, outbox);
    const known = this.table.accountOf(slot);
    if (entry.incarnation > known.incarnation + INCARNATION_LEAP_MAX) {
      this.#refuse('absurd-incarnation');
      return 'refused';
    }
    if (slot === this.table.selfSlot) {
      if (compareLives(entry.incarnation, entry.tag, known.incarnation, known.tag) > 0) return 'self-superseded';
      if (mergeMember(known, entry).life === 'lower') return 'taken';
      return entry.state !== 'alive' && known.state === 'alive' ? 'self-ended' : 'taken';
    }
    const merge = mergeMember(known, entry);
    if (merge.life === 'lower') return 'teller-behind';
    if (merge.life === 'higher') {
      this.#succeed(slot, entry, now, outbox);
      return 'taken';
    }
    if (known.state !== 'alive' || entry.state !== 'alive') {
      // Facts and last counter of the ended grow like those of the living, or lists would differ by the order of hearing.
      if (merge.areFactsNews) {
        this.table.setFacts(slot, entry.facts);
        this.#index += 1;
      }
      if (merge.isVerdictNews && entry.state !== 'alive') this.#end(slot, entry.state, entry.stateAgeMs, 'told by a peer', now, outbox);
      else if (entry.state === known.state) this.#ageVerdict(slot, entry, now);
      if (merge.isCounterNews) this.table.setLastCounter(slot, entry.counter);
      return merge.isTellerBehind ? 'teller-behind' : 'taken';
    }
    if (merge.areFactsNews) {
      this.table.setFacts(slot, entry.facts);
      if (this.table.isConfirmed(slot)) {
        this.#tell(slot);
        this.#event(slot, 'member-updated', 'facts changed', outbox);
        this.#checkName(slot);
      }
    } else if (source === 'relay') this.rumours.heardAgain(slot);
    if (merge.isCounterNews) this.#heard(slot, entry.counter, now, outbox);
    if (source === 'itself' && !this.table.isConfirmed(slot)) this.#appear(slot, outbox);
    return 'taken';
  }

  /** The header of any packet of a known member: it speaks for itself. False when this life of it has ended. */
  hearDirect(slot: number, counter: number, now: MonotonicMs, outbox: Outbox): boolean {
    if (!this.table.isAlive(slot)) return false;
    this.#heard(slot, counter, now, outbox);
    if (!this.table.isConfirmed(slot)) this.#appear(slot, outbox);
    this.suspicions.doubt.heardDirectly(slot);
    return true;
  }

  hearBeats(beats: Beats, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this;
    const { directory, selfSlot } = table;
    for (let i = 0; i < beats.count; i++) {
      const tagLo = beats.tagLo[i]!;
      const slot = directory.slotOfTag(tagLo);
      // Most of what is heard is known already, so that is asked first: one column is touched instead of four.
      if (slot < 0 || slot === selfSlot || !table.isNewer(slot, beats.counter[i]!)) continue;
      if (!table.isAlive(slot) || table.tagLoOf(slot) !== tagLo) continue;
      this.hearTold(slot, beats.counter[i]!, now, outbox);
    }
  }

  /** A counter of a living member, as another tells it. */
  hearTold(slot: number, counter: number, now: MonotonicMs, outbox: Outbox): void {
    if (!this.table.hearCounter(slot, counter, now)) return;
    this.suspicions.heardOf(slot, now, outbox);
    if (!this.table.isConfirmed(slot)) this.#appear(slot, outbox);
  }

  // ── judging ──

  /** Looks at the silent only: whoever stays silent is suspect, hearsay is forgotten; whom to ask, and how, is handed back. */
  judge(now: MonotonicMs, outbox: Outbox): Finding[] {
    const findings = this.suspicions.judge(now, outbox);
    for (const { slot, finding } of findings) if (finding === 'forget') this.#drop(slot);
    return findings;
  }

  /** R9: the record condemned this life, and the wait is over. A later life of it goes on. */
  announceFailed(id: NodeId, incarnation: number, now: MonotonicMs, outbox: Outbox): void {
    const slot = this.table.slotOf(id);
    if (slot === NONE || slot === this.table.selfSlot || !this.table.isAlive(slot) || this.table.incarnationOf(slot) > incarnation) return;
    this.#end(slot, 'failed', 0, 'the majority had not heard it', now, outbox);
  }

  /** `lost`: one that failed long ago is shown no longer; where it was is worth remembering. */
  sweep(now: MonotonicMs, lost: (slot: number) => void): void {
    const faded = (slot: number): void => {
      if (this.table.stateOf(slot) === 'failed') lost(slot);
      this.#index += 1;
    };
    this.graveyard.sweep(now, 2 * this.#timings.failMs, faded, (slot) => this.#drop(slot));
  }

  forget(slot: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.table.stateOf(slot) === 'left') this.table.setVerdict(slot, 'left', FORGOTTEN_AGE_MS, now);
    else this.#end(slot, 'left', FORGOTTEN_AGE_MS, 'forgotten by an operator', now, outbox);
    this.#tell(slot);
    this.#index += 1;
  }

  /** One of those that failed, by chance: whoever is asked may have come back. */
  someFailed(pick: (count: number) => number): number {
    const failed: number[] = [];
    for (const slot of this.table.dead) if (this.table.stateOf(slot) === 'failed') failed.push(slot);
    return failed[pick(failed.length)] ?? NONE;
  }

  checkInvariants(): void {
    this.table.checkInvariants();
  }

  // ── inside ──

  #meet(entry: MemberEntry, source: Source, now: MonotonicMs, outbox: Outbox): Belief {
    // An old verdict about someone never heard of guards nothing: who would bring that life back has not been heard either.
    if (entry.state !== 'alive' && entry.stateAgeMs > 2 * this.#timings.failMs) return 'taken';
    // Nor is it let in by others: a voter that held it in its list would acknowledge it.
    if (entry.state === 'alive' && this.#isBelowFloor(entry.id, entry.incarnation, now)) {
      this.#refuse('below-floor');
      return 'refused';
    }
    if (this.table.rowCount >= LIMITS.membersMax && !this.#makeRoom(source)) {
      this.#refuse('list-full');
      return 'refused';
    }
    const slot = this.table.put(entry, false, now);
    if (entry.state !== 'alive') this.#index += 1;
    else if (source === 'itself') this.#appear(slot, outbox);
    else this.strangers.add(slot, now);
    return 'taken';
  }

  #heard(slot: number, counter: number, now: MonotonicMs, outbox: Outbox): void {
    if (!this.table.hearCounter(slot, counter, now)) return;
    this.suspicions.heard(slot, now, outbox);
    if (!this.table.isConfirmed(slot)) this.#appear(slot, outbox);
  }

  #appear(slot: number, outbox: Outbox): void {
    this.strangers.delete(slot);
    const namesake = this.table.namesakeOf(slot);
    // It will find out that it lost the name and go; until then nobody is to take it for the one who has it.
    if (namesake !== NONE && precedes(this.table, namesake, slot)) return this.#refuse('name-taken');
    this.table.confirm(slot);
    this.rumours.addNewcomer(slot, this.table.confirmedCount);
    this.#event(slot, 'member-joined', 'heard', outbox);
    this.#checkName(slot);
  }

  /** A higher life of a known member: what was known of the lower one ends without a word of its own. */
  #succeed(slot: number, entry: MemberEntry, now: MonotonicMs, outbox: Outbox): void {
    const before = this.table.stateOf(slot);
    const wasConfirmed = before !== 'alive' || this.table.isConfirmed(slot);
    this.graveyard.release(slot);
    this.strangers.delete(slot);
    this.suspicions.forget(slot);
    this.table.put(withTags(entry, this.table.factsOf(slot)), wasConfirmed, now);
    if (!wasConfirmed) {
      // Still hearsay: neither shown nor told on.
      if (entry.state === 'alive') this.strangers.add(slot, now);
      else this.graveyard.hide(slot);
      return;
    }
    this.#tell(slot);
    if (entry.state !== 'alive') {
      if (before === 'alive') this.#event(slot, verdictEvent(entry.state), 'told by a peer', outbox);
      else this.#index += 1;
      return;
    }
    const type: MemberEventType = before === 'alive' ? 'member-updated' : before === 'failed' ? 'member-alive' : 'member-joined';
    this.#event(slot, type, `incarnation ${entry.incarnation}`, outbox);
    this.#checkName(slot);
  }

  #end(slot: number, state: Exclude<MemberState, 'alive'>, ageMs: number, reason: string, now: MonotonicMs, outbox: Outbox): void {
    const wasHearsay = this.table.isAlive(slot) && !this.table.isConfirmed(slot);
    // Who acts by name must not take the end of one for the end of the other who bears it.
    const isNameHeld = this.table.namesakeOf(slot) !== NONE;
    this.strangers.delete(slot);
    this.suspicions.forget(slot);
    this.table.setVerdict(slot, state, ageMs, now);
    if (wasHearsay || isNameHeld) this.graveyard.hide(slot);
    // The end of hearsay is hearsay.
    if (wasHearsay) return;
    this.#tell(slot);
    if (isNameHeld) this.#index += 1;
    else this.#event(slot, verdictEvent(state), reason, outbox);
  }

  /** Of two ages of one verdict the greater stands, so that no relay makes it young again. */
  #ageVerdict(slot: number, entry: MemberEntry, now: MonotonicMs): void {
    if (entry.state === 'alive' || now - entry.stateAgeMs >= this.table.sinceOf(slot)) return;
    const wasShown = this.graveyard.isShown(slot, now);
    this.table.setVerdict(slot, entry.state, entry.stateAgeMs, now);
    if (wasShown !== this.graveyard.isShown(slot, now)) this.#tell(slot);
  }

  /** Name clash: the later born loses, then the higher id; only the loser acts on it. A dead namesake just makes room. */
  #checkName(slot: number): void {
    const { table } = this;
    const { selfSlot } = table;
    const name = table.nameOf(slot);
    const isNamesake = (other: number): boolean => other !== slot && table.has(other) && table.nameOf(other) === name;
    const dead = table.directory.findByName(name, (other) => isNamesake(other) && !table.isAlive(other) && !this.graveyard.isFading(other));
    if (dead !== NONE) this.graveyard.hide(dead);
    if (slot !== selfSlot && table.isAlive(selfSlot) && table.nameOf(selfSlot) === name && precedes(table, slot, selfSlot))
      this.#nameLostTo = slot;
  }

  /** Who speaks for itself takes the place of hearsay, so that no crowd of names keeps it out; then of whoever is dead longest. */
  #makeRoom(source: Source): boolean {
    const rumoured = source === 'itself' ? this.#someHearsay() : NONE;
    const leaving = rumoured === NONE ? this.graveyard.longestKept() : rumoured;
    if (leaving === NONE) return false;
    if (rumoured === NONE) this.#index += 1;
    this.#drop(leaving);
    return true;
  }

  #someHearsay(): number {
    const { table } = this;
    if (table.confirmedCount === table.aliveCount) return NONE;
    for (let slot = 0; slot < table.slotLimit; slot++) if (table.isAlive(slot) && !table.isConfirmed(slot)) return slot;
    return NONE;
  }

  #drop(slot: number): void {
    this.graveyard.release(slot);
    this.strangers.delete(slot);
    this.suspicions.forget(slot);
    // The slot may soon be another's.
    this.rumours.drop(slot);
    this.#dropped(this.table.directory.idAt(slot));
    this.table.drop(slot);
  }

  #tell(slot: number): void {
    this.rumours.add(slot, this.table.confirmedCount);
  }

  #event(slot: number, type: MemberEventType, reason: string, outbox: Outbox): void {
    this.#index += 1;
    const { name, address } = this.table.factsOf(slot);
    outbox.push({
      kind: 'event',
      event: { type, member: name, id: this.table.directory.idAt(slot), incarnation: this.table.incarnationOf(slot), address, reason },
    });
  }
}
