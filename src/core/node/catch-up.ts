// Who holds which record: those behind are told by one voter, and a little later by all; those ahead are asked (R2).

import type { Outbox } from '../effect.ts';
import { hash32 } from '../hash.ts';
import type { NodeId } from '../ids.ts';
import { isVoter } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Chain } from './chain.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';

type Update = (slot: number, version: number, now: MonotonicMs, outbox: Outbox) => void;

/** In heartbeats. */
const OTHERS_TELL_AFTER = 2;

export class CatchUp {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #chain: Chain;
  readonly #update: Update;
  #timings: Timings;
  /** The record that each voter said last it holds. */
  readonly #versions = new Map<NodeId, number>();
  /** Whom another voter is to tell: since when they are seen to be behind which version. */
  readonly #behind = new Map<NodeId, { readonly version: number; readonly since: MonotonicMs }>();
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
    return Math.max(this.#versions.size, this.#behind.size);
  }

  forget(id: NodeId): void {
    this.#versions.delete(id);
    this.#behind.delete(id);
  }

  /** What a member's packet says of the record it holds. */
  compare(slot: number, theirs: number, now: MonotonicMs, outbox: Outbox): void {
    const id = this.#roster.table.directory.idAt(slot);
    if (this.#chain.record !== null && isVoter(this.#chain.record, id)) this.#versions.set(id, theirs);
    const { version, isVoter: isOwnVoter } = this.#chain;
    if (theirs < version) {
      if (isOwnVoter && this.#mayTell(id, now)) this.#update(slot, theirs, now, outbox);
      return;
    }
    if (this.#behind.size > 0) this.#behind.delete(id);
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

  /** One voter by the hash of who is behind; where that did not help, everyone. */
  #mayTell(id: NodeId, now: MonotonicMs): boolean {
    const { version } = this.#chain;
    const tellers = this.#chain.voterIds.filter((voter) => voter !== id);
    if (tellers[hash32(id, 0) % tellers.length] === this.#self.id) return true;
    const seen = this.#behind.get(id);
    if (seen?.version === version) return now - seen.since >= OTHERS_TELL_AFTER * this.#timings.heartbeatMs;
    this.#behind.set(id, { version, since: now });
    return false;
  }
}
