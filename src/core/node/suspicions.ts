// Who is suspected here, why, and what of it is told on (R8: an opinion, reversible, without consequences). The voters are everyone's
// observers: what a quorate voter suspects travels as a rumour, bound to the newest counter that it knew. A higher counter, by whatever
// way, takes it back, and travels too. When and of what a rumour is made up, whispers.ts sees to.

import type { MemberEventType, Outbox } from '../effect.ts';
import { DoubtNews } from '../gossip/index.ts';
import type { MemberTable } from '../membership/index.ts';
import { at, type MonotonicMs, NEVER, TICK_MS } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Doubt, Finding, Watch } from './doubt.ts';
import { HASH_ONLY_ABOVE, Trust, UNWATCHED_MS } from './trust.ts';

/** In heartbeats: where a rumour alone makes a suspect, and no verdict came, it is asked so often. */
const ASK_TOLD_EVERY = 4;

type Tell = (slot: number, type: MemberEventType, reason: string, outbox: Outbox) => void;

export class Suspicions {
  readonly doubt: Doubt;
  readonly trust = new Trust();
  readonly news = new DoubtNews();
  readonly #table: MemberTable;
  readonly #tell: Tell;
  #timings: Timings;
  #watch: Watch = 'plainly';
  /** Of each suspect the newest counter that was known when the doubt began. */
  readonly #restsOn = new Map<number, number>();
  /** Suspect because others say so: when to ask it oneself, should neither a verdict nor its next counter come. */
  readonly #askToldAt = new Map<number, MonotonicMs>();
  #askToldFirst: MonotonicMs = NEVER;
  /** Doubted by others, on this counter, while this node's own news of it is young: believed when that is no longer so. */
  readonly #waiting = new Map<number, number>();
  #waitingFirst: MonotonicMs = NEVER;

  constructor(table: MemberTable, doubt: Doubt, timings: Timings, tell: Tell) {
    this.#table = table;
    this.doubt = doubt;
    this.#timings = timings;
    this.#tell = tell;
  }

  get judgeAt(): MonotonicMs {
    const toldAt = Math.min(this.#askToldFirst, this.#waitingFirst);
    if (this.trust.isOn) return at(Math.min(this.trust.judgeAt, toldAt));
    return at(Math.min(this.doubt.judgeAt, this.#table.silentAt, toldAt));
  }

  retime(timings: Timings): void {
    this.#timings = timings;
    this.doubt.retime(timings);
  }

  /** How closely the others are watched. Who is quorate and does not vote leaves doubt to the voters (R8), wholly in a long list. */
  watch(isVoter: boolean, isQuorate: boolean, now: MonotonicMs): void {
    const table = this.#table;
    this.#watch = !isQuorate ? 'plainly' : isVoter ? 'closely' : 'patiently';
    const isOther = this.trust.choose(isQuorate && !isVoter, table, now);
    // No age was known while doubt was left to the voters, so everyone's begins anew (R15).
    if (isOther) this.doubt.resume(now);
    if (this.doubt.setWatch(this.#watch, table.aliveCount, now) || isOther)
      table.setSilence(this.trust.isOn ? UNWATCHED_MS : this.doubt.silenceMs, now);
  }

  /**
   * Its counter rose: straight from itself, or as told by others. Late news of an old counter says that it was there, not that it is; and
   * one that is less than a beat above what the doubt rests on says only that it lived a little longer.
   */
  heard(slot: number, now: MonotonicMs, outbox: Outbox): void {
    this.doubt.heard(slot);
    const restsOn = this.#restsOn.get(slot);
    if (restsOn === undefined || now - this.#table.freshAt(slot) >= this.doubt.clearingMs || !this.#isBeatAbove(slot, restsOn)) return;
    this.doubt.wasWrong(slot);
    this.#table.setSuspect(slot, false);
    this.#restsOn.delete(slot);
    this.#askToldAt.delete(slot);
    if (this.news.isPublic(slot)) this.news.cleared(slot, this.#table.confirmedCount);
    this.#tell(slot, 'member-alive', 'heard again', outbox);
  }

  heardOf(slot: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.#table.aliveCount <= HASH_ONLY_ABOVE) this.doubt.relayed.hear(slot, now);
    this.heard(slot, now, outbox);
  }

  /** Another life of it begins, its life ended, or it is dropped. */
  forget(slot: number): void {
    this.doubt.forget(slot);
    this.trust.drop(slot);
    this.news.drop(slot);
    this.#restsOn.delete(slot);
    this.#askToldAt.delete(slot);
    this.#waiting.delete(slot);
  }

  /** Looks at the silent only; whom to ask, and how, is handed back. */
  judge(now: MonotonicMs, outbox: Outbox): Finding[] {
    const findings: Finding[] = [];
    const found = this.trust.isOn ? this.trust.judge(this.#table, this.#timings, now) : this.doubt.judge(this.#table, now);
    for (const one of found) {
      if (one.finding === 'suspect') this.#suspect(one, outbox);
      else findings.push(one);
    }
    if (now >= this.#waitingFirst) this.#believeWaiting(now, outbox);
    if (now >= this.#askToldFirst) this.#askTold(findings, now);
    return findings;
  }

  /**
   * A voter suspects it, and knew no counter above this one. Who heard of it lately believes that only once its own news of it is as old.
   * Who knows of a beat after that one never does, or a rumour told late would begin anew what was taken back: a voter contradicts, while
   * it still hears it, as the suspect does itself.
   */
  hearDoubt(slot: number, counter: number, now: MonotonicMs, outbox: Outbox): void {
    const table = this.#table;
    // Before this word is news itself: where nothing was heard of it for long, nobody can say how old the counter is that it bears.
    const isInTime = now < this.#inTimeUntil(slot);
    if (table.hearCounter(slot, counter, now)) this.doubt.heard(slot);
    if (table.isSuspect(slot)) return;
    if (this.#isBeatAbove(slot, counter)) {
      if (isInTime && this.#watch === 'closely') this.news.addOnce(slot);
    } else if (!isInTime) this.#believe(slot, counter, now, outbox);
    else if (this.#watch !== 'closely') this.#wait(slot, counter);
  }

  #believe(slot: number, counter: number, now: MonotonicMs, outbox: Outbox): void {
    const table = this.#table;
    table.setSuspect(slot, true);
    this.#restsOn.set(slot, table.counterOf(slot));
    this.#askToldAt.set(slot, at(now + this.#timings.failMs + this.#timings.heartbeatMs));
    this.#askToldFirst = at(Math.min(this.#askToldFirst, this.#askToldAt.get(slot)!));
    this.news.doubted(slot, counter, table.confirmedCount);
    this.#tell(slot, 'member-suspect', 'a voter has not heard it', outbox);
  }

  #wait(slot: number, counter: number): void {
    this.#waiting.set(slot, counter);
    this.#waitingFirst = at(Math.min(this.#waitingFirst, this.#inTimeUntil(slot)));
  }

  #believeWaiting(now: MonotonicMs, outbox: Outbox): void {
    this.#waitingFirst = NEVER;
    // A copy: who has to wait on is put in again.
    for (const [slot, counter] of [...this.#waiting]) {
      this.#waiting.delete(slot);
      if (!this.#table.isConfirmed(slot) || this.#table.isSuspect(slot) || this.#isBeatAbove(slot, counter)) continue;
      if (now >= this.#inTimeUntil(slot)) this.#believe(slot, counter, now, outbox);
      else this.#wait(slot, counter);
    }
  }

  #suspect({ slot, ageMs }: Finding, outbox: Outbox): void {
    this.#table.setSuspect(slot, true);
    this.#restsOn.set(slot, this.#table.counterOf(slot));
    if (this.#watch === 'closely') this.news.doubted(slot, this.#table.counterOf(slot), this.#table.confirmedCount);
    this.#tell(slot, 'member-suspect', `not heard for ${Math.round(ageMs)} ms`, outbox);
  }

  /** Until then its next beat is not missed here. What was not read while this process stood still may hold it (R15). */
  #inTimeUntil(slot: number): number {
    return this.doubt.heardAt(this.#table, slot) + this.doubt.inTimeMs;
  }

  /** It lived when the beat was due that the doubt is about. */
  #isBeatAbove(slot: number, counter: number): boolean {
    return (this.#table.counterOf(slot) - counter) * TICK_MS >= this.doubt.slowestBeatMs;
  }

  #askTold(findings: Finding[], now: MonotonicMs): void {
    this.#askToldFirst = NEVER;
    for (const [slot, askAt] of this.#askToldAt) {
      if (!this.#table.isSuspect(slot)) {
        this.#askToldAt.delete(slot);
        continue;
      }
      if (now >= askAt) {
        findings.push({ slot, finding: 'ask', ageMs: now - this.#table.freshAt(slot) });
        this.#askToldAt.set(slot, at(now + ASK_TOLD_EVERY * this.#timings.heartbeatMs));
      }
      this.#askToldFirst = at(Math.min(this.#askToldFirst, this.#askToldAt.get(slot)!));
    }
  }
}
