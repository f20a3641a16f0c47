// How much may be answered in one heartbeat: nobody can make this node a packet gun, and no flood of strangers keeps members from
// their answers.

const STRANGERS = 64;

export class Answers {
  readonly #refuse: (reason: string) => void;
  #leftForStrangers = STRANGERS;
  #leftForMembers = STRANGERS;

  constructor(refuse: (reason: string) => void) {
    this.#refuse = refuse;
  }

  /** A new heartbeat: one for every member, and some. */
  renew(memberCount: number): void {
    this.#leftForStrangers = STRANGERS;
    this.#leftForMembers = STRANGERS + memberCount;
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
