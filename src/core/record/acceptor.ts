// One voter's part in deciding record v+1 among the voters of record v: single-decree Paxos (R3).
// It says what it would promise or accept; node/ makes that durable before the word leaves (R14), so a crash at any step
// undoes nothing that was told. What it accepted stays until a record of that version is adopted.

import type { NodeId } from '../ids.ts';
import type { AcceptorState, Ballot, Change, ClusterRecord } from '../record-shapes.ts';
import { compareBallots } from './ballot.ts';
import { applyChange, condemnedBy } from './record.ts';

export type Prepared =
  | { readonly kind: 'promise'; readonly accepted: AcceptorState['accepted'] }
  | { readonly kind: 'nack'; readonly promised: Ballot }
  | { readonly kind: 'ignored'; readonly reason: string };

export type AcceptVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'nack'; readonly promised: Ballot }
  | { readonly kind: 'ignored'; readonly reason: string };

export class Acceptor {
  #state: AcceptorState;

  constructor(state: AcceptorState) {
    this.#state = state;
  }

  get state(): AcceptorState {
    return this.#state;
  }

  prepare(version: number, ballot: Ballot): Prepared {
    const { promised } = this.#state;
    if (version !== this.#state.version) return { kind: 'ignored', reason: 'another version' };
    if (promised !== null && compareBallots(ballot, promised) < 0) return { kind: 'nack', promised };
    this.#state = { ...this.#state, promised: ballot };
    return { kind: 'promise', accepted: this.#state.accepted };
  }

  /**
   * `mayChangeVoters`: the dwell is over (R4).
   * A reaping is not refused for its time. Its proposer has counted reapAfter, and what one voter has counted since it adopted an
   * entry has passed for all of them since it was decided; a voter that restarted would count anew and knows no better. Nor could
   * a refusal protect anything: a value that some voter has accepted owns the version (CE-b4), and condemnations behind it would
   * wait for a day. What an acceptor must know it does: only what its own record condemns can be reaped (applyChange), so each
   * of that majority ends the life in its own list with the entry, and lets it in nowhere below the floor (R2).
   */
  accept(record: ClusterRecord, version: number, ballot: Ballot, change: Change, mayChangeVoters: boolean): AcceptVerdict {
    const { promised } = this.#state;
    if (version !== this.#state.version || version !== record.version + 1) return { kind: 'ignored', reason: 'another version' };
    if (promised !== null && compareBallots(ballot, promised) < 0) return { kind: 'nack', promised };
    if (change.voters !== null && !mayChangeVoters) return { kind: 'ignored', reason: 'dwell' };
    const applied = applyChange(record, change);
    if (applied.kind === 'refused') return { kind: 'ignored', reason: applied.reason };
    this.#state = { version, promised: ballot, accepted: { ballot, change } };
    return { kind: 'accepted' };
  }

  /** From the moment it accepted that, chosen or not, it acks that life no more (CE-b5). */
  hasAcceptedEndOf(id: NodeId, incarnation: number): boolean {
    const { accepted } = this.#state;
    return accepted !== null && condemnedBy(accepted.change, id, incarnation);
  }

  /** A record was adopted: what concerned versions up to it is decided. */
  advance(recordVersion: number): void {
    if (this.#state.version <= recordVersion) this.#state = { version: recordVersion + 1, promised: null, accepted: null };
  }
}
