// Was this state directory rolled back? (R14) What others remember of this node is asked before it votes or acks again: a
// restored snapshot has forgotten promises, and must never act on them as if it had not made any.

import { sameTag, type Tag } from '../hash.ts';
import type { NodeId } from '../ids.ts';
import type { Recalled } from '../message.ts';
import { majorityOf } from '../record/index.ts';

interface Seen {
  tag: Tag;
  incarnation: number;
  writeCount: number;
  /** The same, of the lives before the present one. */
  before: { readonly incarnation: number; readonly writeCount: number };
}

const NOTHING = { incarnation: 0, writeCount: 0 };

export class Recall {
  readonly #self: NodeId;
  readonly #incarnationAtStart: number;
  readonly #writeCountAtStart: number;
  readonly #answered = new Set<NodeId>();
  /** Of everyone else: the highest that was seen of them, for when they ask. */
  readonly #seen = new Map<NodeId, Seen>();
  #isCleared: boolean;
  #isRolledBack = false;

  /** Without a record there is nothing that could have been forgotten. */
  constructor(self: NodeId, incarnationAtStart: number, writeCountAtStart: number, hadRecord: boolean) {
    this.#self = self;
    this.#incarnationAtStart = incarnationAtStart;
    this.#writeCountAtStart = writeCountAtStart;
    this.#isCleared = !hadRecord;
  }

  /** It may promise, accept and ack. */
  get isCleared(): boolean {
    return this.#isCleared && !this.#isRolledBack;
  }

  get isRolledBack(): boolean {
    return this.#isRolledBack;
  }

  /** It gives its state up: it neither promises, accepts nor acks any more. */
  renounce(): void {
    this.#isRolledBack = true;
  }

  /** The voters that have not said yet. */
  missing(voters: readonly NodeId[]): NodeId[] {
    return this.#isCleared ? [] : voters.filter((id) => id !== this.#self && !this.#answered.has(id));
  }

  /** `writeCountNow` counts where this run has lived more than once: others may mean its own earlier life then. */
  hear(
    from: NodeId,
    { tag, incarnation, writeCount }: Recalled,
    ownTag: Tag,
    incarnationNow: number,
    writeCountNow: number,
    voters: readonly NodeId[],
  ): void {
    if (this.#isCleared || !sameTag(tag, ownTag) || !voters.includes(from)) return;
    const isFirstLife = incarnationNow === this.#incarnationAtStart;
    if (incarnation >= incarnationNow || writeCount > (isFirstLife ? this.#writeCountAtStart : writeCountNow)) {
      this.#isRolledBack = true;
      return;
    }
    this.#answered.add(from);
    this.consider(voters);
  }

  /** Itself counts: a lone voter asks nobody. */
  consider(voters: readonly NodeId[]): void {
    const own = voters.includes(this.#self) ? 1 : 0;
    const others = voters.filter((id) => this.#answered.has(id)).length;
    if (!this.#isRolledBack && own + others >= majorityOf(voters.length)) this.#isCleared = true;
  }

  remember(id: NodeId, tag: Tag, incarnation: number, writeCount: number): void {
    const seen = this.#seen.get(id);
    if (seen === undefined) this.#seen.set(id, { tag, incarnation, writeCount, before: NOTHING });
    else if (sameTag(seen.tag, tag)) seen.writeCount = Math.max(seen.writeCount, writeCount);
    else {
      seen.before = { incarnation: seen.incarnation, writeCount: seen.writeCount };
      seen.tag = tag;
      seen.incarnation = incarnation;
      seen.writeCount = Math.max(seen.writeCount, writeCount);
    }
  }

  get size(): number {
    return this.#seen.size;
  }

  forget(id: NodeId): void {
    this.#seen.delete(id);
  }

  /** What is remembered of one that asks, from before the life that asks. */
  answerTo(id: NodeId, tag: Tag): Recalled {
    const seen = this.#seen.get(id);
    const { incarnation, writeCount } = seen === undefined ? NOTHING : sameTag(seen.tag, tag) ? seen.before : seen;
    return { kind: 'recalled', tag, incarnation, writeCount };
  }
}
