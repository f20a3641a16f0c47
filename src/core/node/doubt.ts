// Doubt about the silent: whom to ask, whom to suspect, which hearsay to forget. An opinion only (R8): what is failed, the record
// announces. Looks at nobody but the silent, which the table finds without a scan.

import type { MemberTable } from '../membership/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';

/** From this share of the patience on, a silent member is asked directly, once a heartbeat. */
const SILENCE_SHARE = 0.6;
/** From this share on it is shown as suspect. */
const SUSPECT_SHARE = 0.75;
const FALSE_ALARMS_MAX = 3;

/** In T_fail. */
export const LEAST_UNHURRIED = 10;
/** Members for each T_fail of that patience: a round of the list tells of some hundred and fifty, and few rounds are heard. */
const MEMBERS_A_TIME = 50;

/**
 * The patience of who leaves doubt to the voters, in T_fail, given the one so far. By doublings, and back only well below the border,
 * because each change has the silent found anew.
 */
export function unhurried(memberCount: number, before: number): number {
  let times = before;
  while (MEMBERS_A_TIME * times < memberCount) times *= 2;
  while (times > LEAST_UNHURRIED && memberCount < 0.75 * MEMBERS_A_TIME * (times / 2)) times /= 2;
  return times;
}

export interface Finding {
  readonly slot: number;
  readonly finding: 'ask' | 'suspect' | 'forget';
  readonly ageMs: number;
}

export class Doubt {
  /** No one is older than this: after a gap of this process the silence is its own (R15). */
  #resumedAt = at(Number.NEGATIVE_INFINITY);
  #judgeAt: MonotonicMs = NEVER;
  readonly #askedAt = new Map<number, number>();
  /** How often others knew better, since it was last heard directly: the way between is cut, not the member. */
  readonly #falseAlarms = new Map<number, number>();
  #patienceMs: number;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  get silenceMs(): number {
    return this.#patienceMs * SILENCE_SHARE;
  }

  get judgeAt(): MonotonicMs {
    return this.#judgeAt;
  }

  /** When it was last there for all that is known: silence counts from here, but for the time in which nothing could be heard. */
  heardAt(table: MemberTable, slot: number): MonotonicMs {
    return at(Math.max(table.freshAt(slot), this.#resumedAt));
  }

  /**
   * How long a member may be silent before it is doubted. Who gets everyone's beats, or has lost the majority, doubts within T_fail;
   * another member hears of most others only by slow rounds of the list, and leaves doubt to the voters. Who becomes a voter has been
   * sent nobody's beats so far (`isNew`): for it everyone's silence begins now. True when the patience changes.
   */
  setPatience(ms: number, isNew: boolean, now: MonotonicMs): boolean {
    if (ms === this.#patienceMs) return false;
    if (isNew && ms < this.#patienceMs) this.#resumedAt = now;
    this.#patienceMs = ms;
    this.#judgeAt = now;
    return true;
  }

  resume(now: MonotonicMs): void {
    this.#resumedAt = now;
    this.#judgeAt = now;
  }

  look(now: MonotonicMs): void {
    this.#judgeAt = now;
  }

  drop(slot: number): void {
    this.#askedAt.delete(slot);
    this.#falseAlarms.delete(slot);
  }

  wasWrong(slot: number): void {
    this.#falseAlarms.set(slot, Math.min(FALSE_ALARMS_MAX, (this.#falseAlarms.get(slot) ?? 0) + 1));
  }

  heardDirectly(slot: number): void {
    if (this.#falseAlarms.size > 0) this.#falseAlarms.delete(slot);
  }

  judge(table: MemberTable, { heartbeatMs }: Timings, now: MonotonicMs): Finding[] {
    const findings: Finding[] = [];
    this.#judgeAt = NEVER;
    for (const slot of table.silent) {
      const patienceMs = this.#patienceMs * 2 ** (this.#falseAlarms.get(slot) ?? 0);
      const ageMs = now - this.heardAt(table, slot);
      const isConfirmed = table.isConfirmed(slot);
      if (ageMs >= patienceMs && !isConfirmed) {
        findings.push({ slot, finding: 'forget', ageMs });
        continue;
      }
      const isSuspect = table.isSuspect(slot) || (isConfirmed && ageMs >= patienceMs * SUSPECT_SHARE);
      if (isSuspect && !table.isSuspect(slot)) findings.push({ slot, finding: 'suspect', ageMs });
      let askAt = (this.#askedAt.get(slot) ?? Number.NEGATIVE_INFINITY) + heartbeatMs;
      if (ageMs >= patienceMs * SILENCE_SHARE && now >= askAt) {
        this.#askedAt.set(slot, now);
        askAt = now + heartbeatMs;
        findings.push({ slot, finding: 'ask', ageMs });
      }
      // Hearsay is never shown, so it does not become suspect first.
      const turnsAt = isSuspect ? NEVER : now - ageMs + patienceMs * (isConfirmed ? SUSPECT_SHARE : 1);
      this.#judgeAt = at(Math.min(this.#judgeAt, turnsAt, Math.max(askAt, now - ageMs + patienceMs * SILENCE_SHARE)));
    }
    for (const slot of this.#askedAt.keys()) if (!table.silent.has(slot)) this.#askedAt.delete(slot);
    return findings;
  }
}
