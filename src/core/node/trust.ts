// What is asked by who leaves doubt to the voters (R8): a member that is quorate and does not vote, in a list so long that nobody tells
// its counters any more. It knows no ages, so it judges nobody by them. Asked directly are those whom the voters may not know: hearsay
// that was greeted, whoever was suspect when this began, and members that another list lacks. A few at a time, until an answer comes.

import type { MemberTable } from '../membership/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Finding } from './doubt.ts';

/** A list of more than so many says what it holds by its hash alone while nobody is new (DESIGN, section 1). */
export const HASH_ONLY_ABOVE = 64;
/** Trust ends well below, so that one member that comes and goes does not have everyone's age begin anew each time. */
const ENDS_AT = 48;
/** No age of anyone is looked at, so nobody has to be found silent. */
export const UNWATCHED_MS = 86_400_000;
/** Each is asked every other heartbeat, and no more than so many a quarter of one. */
const ASKED_EVERY = 2;
const ASKED_AT_ONCE = 4;
const PACE = 1 / 4;
/** In vain, before it is suspect; or forgotten, if it was hearsay. */
const ASKED_ENOUGH = 5;

interface Question {
  /** News from then on answers it. */
  readonly since: MonotonicMs;
  readonly askAt: number;
  readonly askedCount: number;
}

export class Trust {
  #isOn = false;
  /** By slot, in the order of `askAt`. */
  readonly #questions = new Map<number, Question>();
  #judgeAt: MonotonicMs = NEVER;

  get isOn(): boolean {
    return this.#isOn;
  }

  get judgeAt(): MonotonicMs {
    return this.#judgeAt;
  }

  /** Whether doubt is left to the voters from now on; true when that changes. */
  choose(mayTrust: boolean, table: MemberTable, now: MonotonicMs): boolean {
    const isOn = mayTrust && table.aliveCount > (this.#isOn ? ENDS_AT : HASH_ONLY_ABOVE);
    if (isOn === this.#isOn) return false;
    this.#isOn = isOn;
    this.#questions.clear();
    this.#judgeAt = NEVER;
    if (!isOn) return true;
    for (let slot = 0; slot < table.slotLimit; slot++)
      if (table.isAlive(slot) && (table.isSuspect(slot) || !table.isConfirmed(slot))) this.question(slot, now);
    return true;
  }

  /** Is it there? Nobody else may ask. */
  question(slot: number, now: MonotonicMs): void {
    if (!this.#isOn || this.#questions.has(slot)) return;
    this.#questions.set(slot, { since: now, askAt: now, askedCount: 0 });
    this.#judgeAt = at(Math.min(this.#judgeAt, now));
  }

  drop(slot: number): void {
    this.#questions.delete(slot);
  }

  judge(table: MemberTable, { heartbeatMs }: Timings, now: MonotonicMs): Finding[] {
    const findings: Finding[] = [];
    let asked = 0;
    this.#judgeAt = NEVER;
    for (const [slot, question] of this.#questions) {
      if (!table.isAlive(slot) || isAnswered(table, slot, question)) {
        this.#questions.delete(slot);
        continue;
      }
      if (question.askAt > now || asked === ASKED_AT_ONCE) {
        this.#judgeAt = at(Math.max(question.askAt, now + PACE * heartbeatMs));
        break;
      }
      const ageMs = now - question.since;
      const isInVain = question.askedCount >= ASKED_ENOUGH;
      this.#questions.delete(slot);
      if (isInVain && !table.isConfirmed(slot)) {
        findings.push({ slot, finding: 'forget', ageMs });
        continue;
      }
      if (isInVain && !table.isSuspect(slot)) findings.push({ slot, finding: 'suspect', ageMs });
      asked += 1;
      findings.push({ slot, finding: 'ask', ageMs });
      // Set anew, behind those that are due earlier.
      this.#questions.set(slot, { ...question, askAt: now + ASKED_EVERY * heartbeatMs, askedCount: question.askedCount + 1 });
    }
    return findings;
  }
}

function isAnswered(table: MemberTable, slot: number, { since }: Question): boolean {
  return table.isConfirmed(slot) && !table.isSuspect(slot) && table.freshAt(slot) >= since;
}
