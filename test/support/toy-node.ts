// A node just good enough to try the simulator with: it persists, pushes its whole list to all it knows, and fails the silent.
// Each lie makes it break one rule, so that a test can see the rule catch it.

import {
  type Address,
  assert,
  type ClusterId,
  clusterHashOf,
  clusterId,
  type Facts,
  hash64,
  type Incarnation,
  type Input,
  type MemberCounts,
  type MemberEntry,
  type MemberView,
  type MonotonicMs,
  NEVER,
  NO_BEATS,
  type Node,
  type NodeId,
  type NodeOptions,
  type Outbox,
  PROFILES,
  type Problem,
  type Tag,
  tagOf,
} from '../../src/core/index.ts';

export type Lie =
  | 'none'
  | 'counter-back'
  | 'speaks-before-durable'
  | 'resurrects'
  | 'never-fails'
  | 'forgets-one'
  | 'opens-exchanges'
  | 'exits';

interface Row {
  entry: MemberEntry;
  heardAt: MonotonicMs;
}

const CLUSTER: ClusterId = clusterId('00000000000000000000000000000001');
const ROUND_MS = 500;

export class ToyNode implements Node {
  readonly #options: NodeOptions;
  readonly #lie: Lie;
  readonly #rows = new Map<NodeId, Row>();
  readonly #known = new Set<Address>();
  readonly #tag: Tag;
  #beganAt: MonotonicMs | null = null;
  #isDurable = false;
  #roundAt: MonotonicMs = NEVER;
  #rounds = 0;
  readonly refusals = new Map<string, number>();
  readonly standing = 'joining';
  readonly record = null;
  readonly fence = null;
  index = 0;

  constructor(options: NodeOptions, lie: Lie = 'none') {
    this.#options = options;
    this.#lie = lie;
    this.#tag = tagOf(CLUSTER, options.id, options.incarnation, options.nonce);
  }

  step(input: Input, now: MonotonicMs, outbox: Outbox): void {
    if (this.#beganAt === null) this.#begin(now, outbox);
    switch (input.kind) {
      case 'tick':
        if (now >= this.#roundAt) this.#round(now, outbox);
        return;
      case 'persisted':
        this.#isDurable = true;
        this.#roundAt = now;
        return;
      case 'resolved':
        for (const found of input.addresses) if (found !== this.address) this.#known.add(found);
        return;
      case 'datagram':
        if (input.envelope.message.kind === 'push') for (const entry of input.envelope.message.entries) this.#hear(entry, now, outbox);
        return;
      default:
        return;
    }
  }

  nextWakeupMs(): MonotonicMs {
    return this.#roundAt;
  }

  checkInvariants(): void {
    assert(this.#rows.size > 0, 'a node knows itself');
  }

  members(nowMs: MonotonicMs): MemberView[] {
    const rows = [...this.#rows.values()].filter(({ entry }) => this.#lie !== 'forgets-one' || entry.facts.name !== 'n1');
    return rows.map((row) => this.#view(row, nowMs)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  member(name: string, nowMs: MonotonicMs): MemberView | null {
    return this.members(nowMs).find((view) => view.name === name) ?? null;
  }

  problems(): Problem[] {
    return [];
  }

  isQuorate(): boolean {
    return false;
  }

  leaseRemainingMs(): number {
    return 0;
  }

  quorum(): null {
    return null;
  }

  leader(): null {
    return null;
  }

  get id(): NodeId {
    return this.#options.id;
  }

  get name(): string {
    return this.#options.facts.name;
  }

  get clusterName(): string {
    return this.#options.clusterName;
  }

  get clusterId(): ClusterId {
    return CLUSTER;
  }

  get incarnation(): Incarnation {
    return this.#options.incarnation;
  }

  get address(): Address {
    return this.#options.facts.address;
  }

  get timings() {
    return PROFILES[this.#options.profile];
  }

  counts(nowMs: MonotonicMs): MemberCounts {
    const states = this.members(nowMs).map((view) => view.state);
    const count = (state: string): number => states.filter((other) => other === state).length;
    return { alive: count('alive'), suspect: 0, failed: count('failed'), left: 0, stopped: 0 };
  }

  #begin(now: MonotonicMs, outbox: Outbox): void {
    const { id, storeId, clusterName, profile, incarnation, bornIncarnation, nonce, seeds, writeCount } = this.#options;
    this.#beganAt = now;
    this.#put(this.#self(now), now);
    const state = {
      id,
      storeId,
      clusterName,
      clusterId: CLUSTER,
      profile,
      incarnation,
      bornIncarnation,
      isClean: false,
      writeCount: writeCount + 1,
      nonce,
      record: null,
      acceptor: null,
      vote: null,
      fence: null,
    };
    if (this.#lie === 'speaks-before-durable') {
      this.#roundAt = now;
      this.#known.add('10.0.0.0:7946' as Address);
    } else outbox.push({ kind: 'persist', ticket: 1, state });
    for (const seed of seeds) outbox.push({ kind: 'resolve', seed });
  }

  #round(now: MonotonicMs, outbox: Outbox): void {
    this.#rounds += 1;
    this.#roundAt = (now + ROUND_MS) as MonotonicMs;
    this.#put(this.#self(now), now);
    for (const row of this.#rows.values()) this.#judge(row, now, outbox);
    const to = [...this.#known];
    if (this.#lie === 'exits' && this.#rounds === 20) outbox.push({ kind: 'exit', reason: 'superseded', message: 'because' });
    if (to.length === 0 || (!this.#isDurable && this.#lie !== 'speaks-before-durable')) return;
    if (this.#lie === 'opens-exchanges')
      for (let i = 0; i < 8; i++)
        outbox.push({ kind: 'exchange', exchange: this.#rounds * 8 + i, to: to[0]!, envelope: this.#envelope(now), timeoutMs: 60_000 });
    outbox.push({ kind: 'send', to, envelope: this.#envelope(now) });
  }

  #envelope(now: MonotonicMs) {
    const entries = [...this.#rows.values()].map((row) => row.entry);
    const message = { kind: 'push', listHash: hash64(''), entries, beats: NO_BEATS } as const;
    return { clusterHash: clusterHashOf(CLUSTER), sender: this.#tag, counter: this.#self(now).counter, recordVersion: 0, message };
  }

  #self(now: MonotonicMs): MemberEntry {
    const ticks = Math.floor((now - (this.#beganAt ?? now)) / 10) + 1;
    const counter = this.#lie === 'counter-back' && this.#rounds > 20 ? ticks - 1000 : ticks;
    const facts: Facts = this.#options.facts;
    return {
      id: this.id,
      incarnation: this.incarnation,
      tag: this.#tag,
      counter: Math.max(0, counter),
      state: 'alive',
      stateAgeMs: 0,
      facts,
    };
  }

  #judge(row: Row, now: MonotonicMs, outbox: Outbox): void {
    const { entry } = row;
    const isSilent = now - row.heardAt > this.timings.failMs;
    if (this.#lie === 'resurrects' && entry.state === 'failed' && now - row.heardAt > this.timings.failMs + 3000) {
      row.entry = { ...entry, state: 'alive' };
      return;
    }
    if (!isSilent || entry.state !== 'alive' || this.#lie === 'never-fails') return;
    row.entry = { ...entry, state: 'failed' };
    this.#tell('member-failed', entry, outbox);
  }

  #hear(entry: MemberEntry, now: MonotonicMs, outbox: Outbox): void {
    if (entry.id === this.id) return;
    this.#known.add(entry.facts.address);
    const row = this.#rows.get(entry.id);
    if (row === undefined) {
      if (entry.state !== 'alive') return;
      this.#put(entry, now);
      this.#tell('member-joined', entry, outbox);
    } else if (
      entry.incarnation > row.entry.incarnation ||
      (row.entry.state === 'alive' && entry.incarnation === row.entry.incarnation && entry.counter > row.entry.counter)
    ) {
      this.#put({ ...entry, state: 'alive' }, now);
    }
  }

  #put(entry: MemberEntry, now: MonotonicMs): void {
    this.#rows.set(entry.id, { entry, heardAt: now });
  }

  #tell(type: 'member-joined' | 'member-failed', entry: MemberEntry, outbox: Outbox): void {
    this.index += 1;
    outbox.push({
      kind: 'event',
      event: { type, member: entry.facts.name, id: entry.id, incarnation: entry.incarnation, address: entry.facts.address, reason: 'toy' },
    });
  }

  #view({ entry, heardAt }: Row, nowMs: MonotonicMs): MemberView {
    const { id, incarnation, counter, state, facts } = entry;
    const { name, address, meta } = facts;
    const rest = {
      phi: null,
      rttMs: null,
      zone: meta.zone,
      tags: meta.tags,
      software: meta.software,
      since: heardAt,
      isSelf: id === this.id,
      isVoter: false,
      isLeader: false,
    };
    return { id, name, address, state, incarnation, counter, ageMs: nowMs - heardAt, ...rest };
  }
}
