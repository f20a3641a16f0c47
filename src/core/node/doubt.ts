// Doubt about the silent: whom to ask, whom to suspect, which hearsay to forget. An opinion only (R8): what is failed, the record
// announces. Looks at nobody but the silent, which the table finds without a scan.
// Phi says when a silence is worth a question and when, after every question was in vain, it is a suspicion; the timings set bounds to
// both, so that an odd rhythm makes nobody deaf to a crash.

import { Arrivals, LocalHealth, PHI_ASK, PHI_SUSPECT, Probes } from '../detector/index.ts';
import type { MemberTable } from '../membership/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import { slowestBeatMs } from './pace.ts';

/** From this share of the patience on, a silent member is asked directly at the latest. */
const SILENCE_SHARE = 0.6;
/** From this share on it is shown as suspect, whatever its rhythm. */
const SUSPECT_SHARE = 0.75;
const FALSE_ALARMS_MAX = 3;
/** Of those that did not answer. */
const ASKED_A_HEARTBEAT = 8;
/** A beat comes a little early, never late; its way and its sender's timer take so much of a heartbeat more. */
const LATE_SHARE = 0.15;

/** In T_fail: the patience of who leaves doubt to the voters. */
const UNHURRIED = 10;

/**
 * Who is watched by what. `closely`: a voter that is quorate gets everyone's beats. `plainly`: who has no majority has the list alone.
 * `patiently`: another quorate member hears of most others only by slow rounds of the list, and leaves doubt to the voters.
 */
export type Watch = 'closely' | 'plainly' | 'patiently';

export interface Finding {
  readonly slot: number;
  readonly finding: 'ask' | 'ask-around' | 'suspect' | 'forget';
  readonly ageMs: number;
}

export class Doubt {
  /** Of beats that came straight from their sender, and of counters that others told. */
  readonly direct: Arrivals;
  readonly relayed: Arrivals;
  readonly health: LocalHealth;
  readonly #probes = new Probes();
  readonly #timeoutMs: (slot: number) => number;
  #timings: Timings;
  #watch: Watch = 'plainly';
  #slowestBeatMs: number;
  /** No one is older than this: after a gap of this process the silence is its own (R15). */
  #resumedAt = at(Number.NEGATIVE_INFINITY);
  #judgeAt: MonotonicMs = NEVER;
  /** How often others knew better, since it was last heard directly: the way between is cut, not the member. */
  readonly #falseAlarms = new Map<number, number>();

  constructor(timings: Timings, timeoutMs: (slot: number) => number) {
    this.#timings = timings;
    this.#timeoutMs = timeoutMs;
    this.#slowestBeatMs = slowestBeatMs(timings, 0);
    this.direct = new Arrivals(this.#slowestBeatMs);
    this.relayed = new Arrivals(this.#slowestBeatMs);
    this.health = new LocalHealth(timings.heartbeatMs);
  }

  /** Nobody whose news is younger than this is looked at. */
  get silenceMs(): number {
    return this.#watch === 'closely' ? this.inTimeMs : this.#patienceMs * SILENCE_SHARE;
  }

  /** Between two beats of one that is there. */
  get slowestBeatMs(): number {
    return this.#slowestBeatMs;
  }

  /** News as young as this shows that its beats come, whatever others think. */
  get inTimeMs(): number {
    return this.#slowestBeatMs + LATE_SHARE * this.#timings.heartbeatMs;
  }

  /** News as young as this ends a suspicion. What is older was true before the silence; between the voters and others it takes its time. */
  get clearingMs(): number {
    return this.#watch === 'patiently' ? 2 * this.inTimeMs : this.silenceMs;
  }

  get judgeAt(): MonotonicMs {
    return this.#judgeAt;
  }

  get #patienceMs(): number {
    return this.#timings.failMs * (this.#watch === 'patiently' ? UNHURRIED : 1);
  }

  retime(timings: Timings): void {
    this.#timings = timings;
    this.#slowestBeatMs = slowestBeatMs(timings, 0);
    this.direct.retime(this.#slowestBeatMs);
    this.relayed.retime(this.#slowestBeatMs);
    this.health.retime(timings.heartbeatMs);
  }

  /** When it was last there for all that is known: silence counts from here, but for the time in which nothing could be heard. */
  heardAt(table: MemberTable, slot: number): MonotonicMs {
    return at(Math.max(table.freshAt(slot), this.#resumedAt));
  }

  /**
   * How closely the others are watched. Who begins to watch closely has been sent nobody's beats so far, and to who was patient most of
   * the living seem old, for slow rounds told it of them: for both everyone's silence begins now. True when `silenceMs` changes.
   */
  setWatch(watch: Watch, memberCount: number, now: MonotonicMs): boolean {
    const before = this.silenceMs;
    this.#slowestBeatMs = slowestBeatMs(this.#timings, memberCount);
    if (watch !== this.#watch && (watch === 'closely' || this.#watch === 'patiently')) this.#resumedAt = now;
    // Between two times of watching lies no gap of the members' own.
    if ((watch === 'closely') !== (this.#watch === 'closely')) this.direct.retime(this.#slowestBeatMs);
    this.#watch = watch;
    if (this.silenceMs === before) return false;
    this.#judgeAt = now;
    return true;
  }

  resume(now: MonotonicMs): void {
    this.#resumedAt = now;
    this.#probes.clear();
    this.health.saw(0, 0);
    this.#judgeAt = now;
  }

  look(now: MonotonicMs): void {
    this.#judgeAt = now;
  }

  /** News of it. */
  heard(slot: number): void {
    if (this.#probes.size > 0) this.#probes.end(slot);
  }

  /** Another life of it begins, or it is dropped. */
  forget(slot: number): void {
    this.#probes.end(slot);
    this.#falseAlarms.delete(slot);
    this.direct.forget(slot);
    this.relayed.forget(slot);
  }

  wasWrong(slot: number): void {
    this.#falseAlarms.set(slot, Math.min(FALSE_ALARMS_MAX, (this.#falseAlarms.get(slot) ?? 0) + 1));
  }

  heardDirectly(slot: number): void {
    if (this.#falseAlarms.size > 0) this.#falseAlarms.delete(slot);
  }

  /** How surprising its age is; null while its rhythm is unknown. Its beats count where they come, else what others tell of it. */
  phi(slot: number, ageMs: number): number | null {
    if (this.direct.has(slot)) return this.direct.phi(slot, ageMs);
    return this.relayed.has(slot) ? this.relayed.phi(slot, ageMs) : null;
  }

  judge(table: MemberTable, now: MonotonicMs): Finding[] {
    const findings: Finding[] = [];
    const { heartbeatMs } = this.#timings;
    const lagMs = this.health.lagMs(now);
    // Who is cut off from many asks on for as long as that lasts: no more packets than for a few.
    const crowd = Math.max(1, table.silent.size / ASKED_A_HEARTBEAT);
    let lateCount = 0;
    this.#judgeAt = NEVER;
    for (const slot of table.silent) {
      const patienceMs = this.#patienceMs * 2 ** (this.#falseAlarms.get(slot) ?? 0);
      // By what this process was late lately, the others may have been heard too late.
      const sinceMs = this.heardAt(table, slot) + lagMs;
      const ageMs = now - sinceMs;
      const isConfirmed = table.isConfirmed(slot);
      if (now >= sinceMs + patienceMs && !isConfirmed) {
        findings.push({ slot, finding: 'forget', ageMs });
        continue;
      }
      const askAt = sinceMs + this.#ageAt(slot, PHI_ASK, SILENCE_SHARE, patienceMs);
      if (now < askAt) {
        this.#judgeBy(askAt);
        continue;
      }
      if (isConfirmed) lateCount += 1;
      if (now >= this.#probes.dueAt(slot)) {
        const step = this.#probes.next(slot, this.#timeoutMs(slot), heartbeatMs * crowd, now);
        if (step !== 'exhausted') findings.push({ slot, finding: step, ageMs });
      }
      this.#judgeBy(this.#probes.dueAt(slot));
      // Hearsay is never shown, so it does not become suspect first.
      if (!isConfirmed) this.#judgeBy(sinceMs + patienceMs);
      else if (!table.isSuspect(slot)) {
        const lastMs = patienceMs * SUSPECT_SHARE;
        const suspectAt = sinceMs + (this.#probes.isExhausted(slot) ? this.#ageAt(slot, PHI_SUSPECT, SUSPECT_SHARE, patienceMs) : lastMs);
        if (now >= suspectAt) findings.push({ slot, finding: 'suspect', ageMs });
        else this.#judgeBy(suspectAt);
      }
    }
    this.#probes.keep(table.silent);
    this.health.saw(lateCount, table.confirmedCount - 1);
    if (this.health.blamedOnSelf === 0) return findings;
    // Where most are late, the others know no more of them. While the lease holds, a majority hears this node, and it blames nobody.
    const mayBlame = this.#watch !== 'closely';
    if (!mayBlame) this.#judgeBy(now + heartbeatMs / 4);
    return findings
      .filter(({ finding }) => mayBlame || finding !== 'suspect')
      .map((one) => {
        if (one.finding !== 'ask-around') return one;
        // Others are asked once the fault is no longer here, and before anyone is suspected then; until then it is asked itself.
        this.#probes.putOff(one.slot, now + heartbeatMs * crowd);
        return { ...one, finding: 'ask' };
      });
  }

  /** The age at which phi gets there, not before anyone is looked at and not after that share of the patience. */
  #ageAt(slot: number, phi: number, shareAtMost: number, patienceMs: number): number {
    const rhythm = this.direct.has(slot) ? this.direct : this.relayed.has(slot) ? this.relayed : null;
    const latestMs = patienceMs * shareAtMost;
    if (this.#watch !== 'closely' || rhythm === null) return latestMs;
    const times = patienceMs / this.#patienceMs;
    return Math.min(latestMs, Math.max(this.silenceMs, rhythm.ageAtPhi(slot, phi)) * times);
  }

  #judgeBy(instant: number): void {
    this.#judgeAt = at(Math.min(this.#judgeAt, instant));
  }
}
