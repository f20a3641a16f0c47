// This node's own life: incarnation, tag, and the counter, which is its monotone clock in ticks since the life began.
// When a new life may begin (R7, R14: after it is persisted) is decided in node.ts.

import { assert } from '../assert.ts';
import { hash64, NO_TAG, type Tag } from '../hash.ts';
import { type ClusterId, clusterHashOf, type Incarnation, type NodeId, type RunNonce, tagOf } from '../ids.ts';
import type { Facts, MemberEntry, Meta } from '../message.ts';
import { type MonotonicMs, TICK_MS } from '../time.ts';

export class Self {
  readonly id: NodeId;
  readonly nonce: RunNonce;
  readonly bornIncarnation: Incarnation;
  /** Of this run before it has a cluster. */
  readonly joinTag: Tag;
  #incarnation: Incarnation;
  #clusterId: ClusterId | null = null;
  #clusterHash = 0;
  #tag: Tag = NO_TAG;
  #facts: Facts;
  #beganAt: MonotonicMs;
  #counter = 0;

  constructor(id: NodeId, nonce: RunNonce, bornIncarnation: Incarnation, incarnation: Incarnation, facts: Facts, now: MonotonicMs) {
    this.id = id;
    this.nonce = nonce;
    this.bornIncarnation = bornIncarnation;
    this.joinTag = hash64(`${id} ${nonce}`);
    this.#incarnation = incarnation;
    this.#facts = facts;
    this.#beganAt = now;
  }

  get incarnation(): Incarnation {
    return this.#incarnation;
  }

  get clusterId(): ClusterId | null {
    return this.#clusterId;
  }

  get clusterHash(): number {
    return this.#clusterHash;
  }

  get tag(): Tag {
    return this.#tag;
  }

  get facts(): Facts {
    return this.#facts;
  }

  get counter(): number {
    return this.#counter;
  }

  /** A new life, as a member of this cluster; its number is on disk already. */
  begin(cluster: ClusterId, incarnation: Incarnation, now: MonotonicMs): void {
    assert(incarnation >= this.#incarnation, 'incarnations only grow');
    this.#clusterId = cluster;
    this.#clusterHash = clusterHashOf(cluster);
    this.#incarnation = incarnation;
    this.#tag = tagOf(cluster, this.id, incarnation, this.nonce);
    this.#beganAt = now;
    this.#counter = 0;
    this.#facts = { ...this.#facts, meta: { ...this.#facts.meta, version: 1, restarts: incarnation - this.bornIncarnation } };
  }

  /** The counter for what is sent now. Packets of one tick bear the same: ahead of the clock, all later ones would look old. */
  stamp(now: MonotonicMs): number {
    const ticks = Math.floor((now - this.#beganAt) / TICK_MS) + 1;
    if (ticks > this.#counter) this.#counter = ticks;
    return this.#counter;
  }

  changeFacts(change: Partial<Pick<Facts, 'address'>> & Partial<Pick<Meta, 'tags'>>): void {
    const { address = this.#facts.address, tags = this.#facts.meta.tags } = change;
    this.#facts = { ...this.#facts, address, meta: { ...this.#facts.meta, tags, version: this.#facts.meta.version + 1 } };
  }

  entry(): MemberEntry {
    return {
      id: this.id,
      incarnation: this.#incarnation,
      tag: this.#clusterId === null ? this.joinTag : this.#tag,
      counter: this.#counter,
      state: 'alive',
      stateAgeMs: 0,
      facts: this.#facts,
    };
  }
}
