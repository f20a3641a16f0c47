// A cluster founded by all of its first N at once (`--expect N`, R12). Each persists one vote for the N that it sees, never
// changed; whoever holds all N votes and finds them equal derives the same first record. No two sets of N can both be complete
// among the same nodes, because each of them votes once. A peer that has a record answers with it: joining wins.

import type { Outbox } from '../effect.ts';
import { hash64 } from '../hash.ts';
import { type ClusterId, clusterId, type NodeId } from '../ids.ts';
import type { Vote } from '../message.ts';
import { type ClusterRecord, genesis, type Voter } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Problem } from '../view.ts';
import type { Ledger } from './ledger.ts';
import type { NodeOptions } from './node-options.ts';
import type { Self } from './self.ts';

interface Founder {
  readonly storeId: string;
  /** Empty: it has not voted yet, as far as is known. */
  ids: readonly NodeId[];
}

/** A voter that failed gives its place to a stable member after this long (R11). */
const REPLACE_AFTER_MS = 600_000;
/** Nodes remembered beyond those expected: a wrong number shows itself in the count. */
const SEEN_MAX = 64;

export class Founding {
  readonly #options: NodeOptions;
  readonly #self: Self;
  readonly #ledger: Ledger;
  readonly #expected: number;
  readonly #seen = new Map<NodeId, Founder>();
  /** On disk or on its way there. */
  #vote: readonly NodeId[] | null;
  #isVoteDurable: boolean;

  constructor(options: NodeOptions, self: Self, ledger: Ledger, expected: number) {
    this.#options = options;
    this.#self = self;
    this.#ledger = ledger;
    this.#expected = expected;
    this.#vote = options.vote;
    this.#isVoteDurable = options.vote !== null;
    this.#seen.set(options.id, { storeId: options.storeId, ids: options.vote ?? [] });
  }

  get vote(): readonly NodeId[] | null {
    return this.#vote;
  }

  /** Cluster name, timings and number must be the same for all, or they would found different clusters. */
  get terms(): string {
    const { clusterName, profile, maxVoters } = this.#options;
    const { lo, hi } = hash64(`${clusterName} ${profile} ${maxVoters} ${this.#expected}`);
    return `${profile}-${this.#expected}-${hex(lo)}${hex(hi)}`;
  }

  message(): Vote {
    const votes = [...this.#seen].map(([id, { storeId, ids }]) => ({
      id,
      storeId,
      ids: id === this.#self.id && !this.#isVoteDurable ? [] : ids,
    }));
    return {
      kind: 'vote',
      clusterName: this.terms,
      entry: this.#self.entry(),
      storeId: this.#options.storeId,
      expected: this.#expected,
      votes,
    };
  }

  /** What another founder has seen. False when it is on other terms. */
  hear(message: Vote, _now: MonotonicMs, outbox: Outbox): boolean {
    if (message.clusterName !== this.terms || message.expected !== this.#expected) return false;
    this.#see(message.entry.id, message.storeId, []);
    for (const { id, storeId, ids } of message.votes) this.#see(id, storeId, ids);
    this.#cast(outbox);
    return true;
  }

  /** The first record, once all N votes are known and equal. */
  founded(): { readonly cluster: ClusterId; readonly record: ClusterRecord } | null {
    const vote = this.#vote;
    if (vote === null || !this.#isVoteDurable) return null;
    const voters: Voter[] = [];
    for (const id of vote) {
      const founder = this.#seen.get(id);
      if (founder === undefined || !isSame(founder.ids, vote)) return null;
      voters.push({ id, storeId: founder.storeId });
    }
    const text = `${this.terms} ${vote.join(' ')}`;
    const one = hash64(text);
    const two = hash64(`${text} again`);
    const { profile, maxVoters } = this.#options;
    return {
      cluster: clusterId(`${hex(one.lo)}${hex(one.hi)}${hex(two.lo)}${hex(two.hi)}`),
      record: genesis(voters, profile, Math.max(maxVoters, voters.length), REPLACE_AFTER_MS),
    };
  }

  problems(): Problem[] {
    const vote = this.#vote;
    if (vote === null) {
      const message = `${this.#seen.size} of the ${this.#expected} agents that are expected to found the cluster have been seen`;
      const hint =
        this.#seen.size > this.#expected
          ? 'more than expected: correct --expect on all of them'
          : `start the others with --expect ${this.#expected} and the same --cluster, --profile and --join`;
      return [{ code: 'waiting-for-founders', message, hint }];
    }
    const missing = vote.filter((id) => !isSame(this.#seen.get(id)?.ids ?? [], vote));
    if (missing.length === 0) return [];
    return [
      {
        code: 'waiting-for-votes',
        message: `the cluster was voted for, but the votes of ${missing.join(', ')} are missing or differ`,
        hint: 'bring those agents back; if one is lost for good, stop all, delete their state directories and start again',
      },
    ];
  }

  #see(id: NodeId, storeId: string, ids: readonly NodeId[]): void {
    const known = this.#seen.get(id);
    if (known === undefined) {
      if (this.#seen.size < SEEN_MAX) this.#seen.set(id, { storeId, ids });
    } else if (id !== this.#self.id && known.ids.length === 0) known.ids = ids;
  }

  #cast(outbox: Outbox): void {
    if (this.#vote !== null || this.#seen.size !== this.#expected) return;
    const vote = [...this.#seen.keys()].sort();
    this.#vote = vote;
    const own = this.#seen.get(this.#self.id);
    if (own !== undefined) own.ids = vote;
    // R14: what is said cannot be taken back, so it is on disk first.
    this.#ledger.write(outbox, () => {
      this.#isVoteDurable = true;
    });
  }
}

function isSame(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
