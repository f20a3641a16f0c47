// Whom this voter acks (R5): the highest life that it knows of an id, unless its own record, or what it last accepted for the next
// version, condemns that life; a life that follows another only when the other can hold nothing any more, or proved to be over (R9).

import { sameTag, type Tag } from '../hash.ts';
import { type NodeId, tagOf } from '../ids.ts';
import { Witness } from '../lease/index.ts';
import { NONE } from '../membership/index.ts';
import type { AckRow, Hello } from '../message.ts';
import { isCondemned } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Chain } from './chain.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';

export class Acker {
  witness: Witness;
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #chain: Chain;
  readonly #mayVote: () => boolean;
  /** Of each id the highest life that proved to follow the one acked last (R9), and the incarnation that it followed. */
  readonly #shown = new Map<NodeId, { readonly tag: Tag; readonly life: number; readonly followed: number }>();

  constructor(self: Self, roster: Roster, chain: Chain, timings: Timings, now: MonotonicMs, mayVote: () => boolean) {
    this.#self = self;
    this.#roster = roster;
    this.#chain = chain;
    this.#mayVote = mayVote;
    this.witness = new Witness(timings.failMs, now);
  }

  retime(timings: Timings, now: MonotonicMs): void {
    this.witness = new Witness(timings.failMs, now);
  }

  /** Ids whose succession is remembered. */
  get shownCount(): number {
    return this.#shown.size;
  }

  forget(id: NodeId): void {
    this.#shown.delete(id);
  }

  /** A hello proves what it claims to follow, or not (R9). */
  hearHello(hello: Hello): void {
    const { entry, nonce, previous, clusterId } = hello;
    const lastTag = this.witness.tagOf(entry.id);
    if (lastTag === null) return;
    const lastIncarnation = this.witness.incarnationOf(entry.id);
    const isSameRun = sameTag(lastTag, tagOf(clusterId, entry.id, lastIncarnation as typeof entry.incarnation, nonce));
    const isNamed =
      previous?.isClean &&
      previous.incarnation === lastIncarnation &&
      sameTag(lastTag, tagOf(clusterId, entry.id, previous.incarnation, previous.nonce));
    if (!(isSameRun || isNamed) || entry.incarnation <= lastIncarnation) return;
    // A late word of a lower life does not replace what the list holds.
    const known = this.#shown.get(entry.id);
    const slot = this.#roster.table.slotOf(entry.id);
    if (known !== undefined && known.life > entry.incarnation && slot !== NONE && this.#roster.table.hasTag(slot, known.tag)) return;
    this.#shown.set(entry.id, { tag: entry.tag, life: entry.incarnation, followed: lastIncarnation });
  }

  isShown(id: NodeId, tag: Tag): boolean {
    const shown = this.#shown.get(id);
    return shown !== undefined && sameTag(shown.tag, tag);
  }

  /** The life with this tag proved that this one of its id is over. */
  isShownToFollow(id: NodeId, tag: Tag, incarnation: number): boolean {
    return this.isShown(id, tag) && (this.#shown.get(id)?.followed ?? -1) >= incarnation;
  }

  /** The ack of this counter, said now and remembered; null where none may be given. */
  ack(slot: number, id: NodeId, tag: Tag, counter: number, now: MonotonicMs): AckRow | 'hold' | null {
    const { record } = this.#chain;
    const { table } = this.#roster;
    const incarnation = table.incarnationOf(slot);
    if (record === null || !this.#mayAck(id, incarnation)) return null;
    const claim = {
      id,
      incarnation,
      tag,
      counter,
      // Its own life before is over: it stopped cleanly, or was waited for in silence (R13).
      isShownSuccession: id === this.#self.id || this.isShown(id, tag),
      isFirstLife: table.factsOf(slot).meta.restarts === 0,
    };
    const verdict = this.witness.hear(claim, now);
    if (verdict === 'hold') return 'hold';
    return verdict === 'ack' ? { tag, counter, epoch: record.epoch } : null;
  }

  /** A voter that started a moment ago: how long other voters may still wait for its first ack. */
  withheldMs(now: MonotonicMs): number {
    const { record, isVoter } = this.#chain;
    if (record === null || !isVoter) return 0;
    const { table } = this.#roster;
    const waits = ({ id }: { readonly id: NodeId }): boolean => !this.witness.has(id) && table.isConfirmed(table.slotOf(id));
    return record.voters.some((voter) => voter.id !== this.#self.id && waits(voter)) ? this.witness.youngForMs(now) : 0;
  }

  /** What waited to be said is said only if it could be said now: its life may have been condemned meanwhile, or followed. */
  stillTrue(row: AckRow | undefined, slot: number, id: NodeId): AckRow | undefined {
    const { table } = this.#roster;
    if (row === undefined || row.epoch !== this.#chain.record?.epoch || !sameTag(row.tag, table.tagOf(slot))) return undefined;
    return this.#mayAck(id, table.incarnationOf(slot)) ? row : undefined;
  }

  /** A voter's word to itself obeys the same rule. */
  mayAckSelf(): boolean {
    return this.#mayAck(this.#self.id, this.#self.incarnation);
  }

  #mayAck(id: NodeId, incarnation: number): boolean {
    const { newest, acceptor, isVoter } = this.#chain;
    return (
      newest !== null && isVoter && this.#mayVote() && !isCondemned(newest, id, incarnation) && !acceptor.hasAcceptedEndOf(id, incarnation)
    );
  }
}
