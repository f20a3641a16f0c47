// A fresh round trip to a majority, for those who cannot live with a lease that was read a moment ago (`--confirm`): a virtual
// machine that stood still with all its clocks believes its lease; a voter that condemned it does not.

import type { Outbox } from '../effect.ts';
import { sameTag } from '../hash.ts';
import type { Address, NodeId } from '../ids.ts';
import type { Confirm, Confirmed } from '../message.ts';
import { isCondemned, majorityOf } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Chain } from './chain.ts';
import { addressesOf } from './choosing.ts';
import type { Keeper } from './keeper.ts';
import type { Roster } from './roster.ts';
import type { Voice } from './voice.ts';

interface Question {
  readonly ticket: number;
  readonly nonce: number;
  readonly until: MonotonicMs;
  readonly confirmedBy: Set<NodeId>;
}

const WAIT_MS_MAX = 1000;

export class Confirmation {
  readonly #self: NodeId;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  readonly #keeper: Keeper;
  #timings: Timings;
  #question: Question | null = null;

  constructor(self: NodeId, roster: Roster, voice: Voice, chain: Chain, keeper: Keeper, timings: Timings) {
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
    this.#keeper = keeper;
    this.#timings = timings;
  }

  get isOpen(): boolean {
    return this.#question !== null;
  }

  get nextAt(): MonotonicMs {
    return this.#question?.until ?? NEVER;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  begin(ticket: number, nonce: number, now: MonotonicMs, outbox: Outbox): void {
    if (this.#question !== null) return this.#answer(ticket, 'another confirmation is under way', outbox);
    const confirmedBy = new Set<NodeId>();
    if (this.#keeper.acker.mayAckSelf()) confirmedBy.add(this.#self);
    this.#question = { ticket, nonce, until: at(now + Math.min(WAIT_MS_MAX, this.#timings.fenceMs / 2)), confirmedBy };
    this.#voice.datagram(addressesOf(this.#roster.table, this.#chain.voterIds), { kind: 'confirm', nonce }, now, outbox);
  }

  /** Answered as soon as the last word of a majority is heard. */
  tick(isQuorate: boolean, now: MonotonicMs, outbox: Outbox): void {
    const question = this.#question;
    if (question === null) return;
    const { record } = this.#chain;
    const voters = record?.voters ?? [];
    const count = voters.filter(({ id }) => question.confirmedBy.has(id)).length;
    const isDone = isQuorate && record !== null && count >= majorityOf(voters.length);
    if (!isDone && now < question.until) return;
    this.#question = null;
    this.#answer(question.ticket, isDone ? null : 'no majority of the voters answered a fresh question in time', outbox);
  }

  /** A voter's word on another: only if it would ack that very run now. */
  hearQuestion(slot: number, { nonce }: Confirm, from: Address, now: MonotonicMs, outbox: Outbox): void {
    const { record, acceptor, isVoter } = this.#chain;
    const { table } = this.#roster;
    const id = table.directory.idAt(slot);
    const incarnation = table.incarnationOf(slot);
    if (record === null || !isVoter || isCondemned(record, id, incarnation) || acceptor.hasAcceptedEndOf(id, incarnation)) return;
    const seen = this.#keeper.acker.witness.tagOf(id);
    if (seen === null || !sameTag(seen, table.tagOf(slot))) return;
    this.#voice.datagram([from], { kind: 'confirmed', nonce, epoch: record.epoch, counter: 0 }, now, outbox);
  }

  hearAnswer(from: NodeId, { nonce, epoch }: Confirmed): void {
    if (this.#question?.nonce === nonce && epoch === this.#chain.record?.epoch) this.#question.confirmedBy.add(from);
  }

  #answer(ticket: number, refusal: string | null, outbox: Outbox): void {
    const result = refusal === null ? ({ kind: 'done' } as const) : ({ kind: 'refused', code: 'not-confirmed', message: refusal } as const);
    outbox.push({ kind: 'command-result', ticket, result });
  }
}
