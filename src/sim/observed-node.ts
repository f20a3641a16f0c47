// A node with someone watching: every input and every effect is shown to the checkers before the driver acts on it.
// It changes nothing. Effects are read as the core made them, so watching costs no decoding.

import type { Effect, Input, MemberCounts, MemberView, MonotonicMs, Node, Outbox, Problem } from '../core/index.ts';

export type StepWatcher = (input: Input, effects: readonly Effect[]) => void;

export class ObservedNode implements Node {
  readonly #inner: Node;
  readonly #watch: StepWatcher;

  constructor(inner: Node, watch: StepWatcher) {
    this.#inner = inner;
    this.#watch = watch;
  }

  step(input: Input, now: MonotonicMs, outbox: Outbox, bootMs: number): void {
    this.#inner.step(input, now, outbox, bootMs);
    this.#watch(input, outbox.effects);
  }

  nextWakeupMs(): MonotonicMs {
    return this.#inner.nextWakeupMs();
  }

  checkInvariants(): void {
    this.#inner.checkInvariants();
  }

  members(nowMs: MonotonicMs): MemberView[] {
    return this.#inner.members(nowMs);
  }

  member(name: string, nowMs: MonotonicMs): MemberView | null {
    return this.#inner.member(name, nowMs);
  }

  problems(nowMs: MonotonicMs): Problem[] {
    return this.#inner.problems(nowMs);
  }

  get id() {
    return this.#inner.id;
  }

  get name() {
    return this.#inner.name;
  }

  get clusterName() {
    return this.#inner.clusterName;
  }

  get clusterId() {
    return this.#inner.clusterId;
  }

  get incarnation() {
    return this.#inner.incarnation;
  }

  get address() {
    return this.#inner.address;
  }

  get standing() {
    return this.#inner.standing;
  }

  get timings() {
    return this.#inner.timings;
  }

  get index() {
    return this.#inner.index;
  }

  counts(nowMs: MonotonicMs): MemberCounts {
    return this.#inner.counts(nowMs);
  }

  isQuorate(nowMs: MonotonicMs, bootMs: number): boolean {
    return this.#inner.isQuorate(nowMs, bootMs);
  }

  leaseRemainingMs(nowMs: MonotonicMs, bootMs: number): number {
    return this.#inner.leaseRemainingMs(nowMs, bootMs);
  }

  quorum(nowMs: MonotonicMs, bootMs: number): ReturnType<Node['quorum']> {
    return this.#inner.quorum(nowMs, bootMs);
  }

  leader(nowMs: MonotonicMs, bootMs: number): ReturnType<Node['leader']> {
    return this.#inner.leader(nowMs, bootMs);
  }

  get record() {
    return this.#inner.record;
  }

  get fence() {
    return this.#inner.fence;
  }

  get refusals() {
    return this.#inner.refusals;
  }
}
