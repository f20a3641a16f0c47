// How much may be answered in one heartbeat: nobody can make this node a packet gun, and no flood of strangers keeps members from
// their answers.

import type { Tag } from '../hash.ts';
import type { MonotonicMs } from '../time.ts';

const STRANGERS = 64;
/** A way there and back, as a rule. */
const ASKED_MS = 50;

export class Answers {
  readonly #refuse: (reason: string) => void;
  #leftForStrangers = STRANGERS;
  #leftForMembers = STRANGERS;
  /** Lower halves of the tags that were asked about, and when. */
  readonly #askedAt = new Map<number, MonotonicMs>();

  constructor(refuse: (reason: string) => void) {
    this.#refuse = refuse;
  }

  /** A new heartbeat: one for every member, and some. */
  renew(memberCount: number): void {
    this.#leftForStrangers = STRANGERS;
    this.#leftForMembers = STRANGERS + memberCount;
  }

  /**
   * Who is behind this tag? Asked once while the answer may be on its way: where all began another life at once, each has many packets
   * of the others before it knows them, and as many questions would take all that those may answer.
   */
  mayAskWho({ lo }: Tag, now: MonotonicMs): boolean {
    if (now - (this.#askedAt.get(lo) ?? Number.NEGATIVE_INFINITY) < ASKED_MS || !this.mayAnswer()) return false;
    this.#askedAt.delete(lo);
    if (this.#askedAt.size === STRANGERS) this.#askedAt.clear();
    this.#askedAt.set(lo, now);
    return true;
  }

  mayAnswer(): boolean {
    if (this.#leftForStrangers > 0) {
      this.#leftForStrangers -= 1;
      return true;
    }
    this.#refuse('too-many-questions');
    return false;
  }

  mayAnswerMember(): boolean {
    if (this.#leftForMembers > 0) {
      this.#leftForMembers -= 1;
      return true;
    }
    this.#refuse('too-many-questions');
    return false;
  }
}
