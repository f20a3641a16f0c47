// Who holds which record: those behind are told by a voter, those ahead are asked (R2).

import type { Outbox } from '../effect.ts';
import type { NodeId } from '../ids.ts';
import { isVoter } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Chain } from './chain.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

type Update = (slot: number, version: number, now: MonotonicMs, outbox: Outbox) => void;

export class CatchUp {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  readonly #update: Update;
  #timings: Timings;
  /** The record that each voter said last it holds. */
  readonly #versions = new Map<NodeId, number>();
  #askedRecordAt = Number.NEGATIVE_INFINITY;

  constructor(self: Self, roster: Roster, voice: Voice, chain: Chain, timings: Timings, update: Update) {
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#chain = chain;
    this.#timings = timings;
    this.#update = update;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  versionOf(id: NodeId): number {
    return this.#versions.get(id) ?? 0;
  }

  get size(): number {
    return this.#versions.size;
  }

  forget(id: NodeId): void {
    this.#versions.delete(id);
  }

  /** What a member's packet says of the record it holds. */
  compare(slot: number, theirs: number, now: MonotonicMs, outbox: Outbox): void {
    const id = this.#roster.table.directory.idAt(slot);
    if (this.#chain.record !== null && isVoter(this.#chain.record, id)) this.#versions.set(id, theirs);
    const { version, isVoter: isOwnVoter } = this.#chain;
    if (theirs < version) {
      if (isOwnVoter) this.#update(slot, theirs, now, outbox);
      return;
    }
    const newest = this.#chain.newest?.version ?? 0;
    if (theirs <= newest) return;
    // The deltas are on their way, mostly; who still lacks them a moment later asks for the whole.
    if (this.#askedRecordAt === Number.NEGATIVE_INFINITY) this.#askedRecordAt = now - this.#timings.heartbeatMs * 0.7;
    if (now - this.#askedRecordAt < this.#timings.heartbeatMs) return;
    this.#askedRecordAt = now;
    const cluster = this.#self.clusterId;
    const address = this.#roster.table.factsOf(slot).address;
    if (cluster !== null)
      this.#voice.ask({ kind: 'record', at: address, seed: null }, { kind: 'ask-record', clusterId: cluster }, now, outbox);
  }
}
