// The record as this node holds it, and how it learns of later ones: by deltas from whoever is ahead, or whole over a stream.
// A record counts only once it is on disk (R2, R14): until then nothing is acked under its epoch.

import type { Outbox } from '../effect.ts';
import type { NodeId } from '../ids.ts';
import type { Deltas } from '../message.ts';
import {
  Acceptor,
  type AcceptorState,
  applyChange,
  type Change,
  type ClusterRecord,
  type Condemned,
  isVoter,
  majorityOf,
} from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
import type { Announcer } from './announcer.ts';
import type { Ledger } from './ledger.ts';

/** Decided changes kept for those who are behind (R2). */
const DELTAS_KEPT = 64;
const REAP_AFTER_MS = 86_400_000;
/** More go over a stream: what rides in a datagram stays small. */
export const DELTAS_PER_DATAGRAM = 4;
/** Condemned or reaped, at most 25 bytes each; one change alone has 32 at most. */
const ENTRIES_PER_DATAGRAM = 36;

export interface Epoch {
  readonly epoch: number;
  readonly voters: readonly NodeId[];
  /** A majority of them. */
  readonly needed: number;
}

export interface ChainEvents {
  /** The record is durable and in force from now on. */
  adopted(record: ClusterRecord, before: ClusterRecord | null, now: MonotonicMs, outbox: Outbox): void;
}

export class Chain {
  readonly acceptor: Acceptor;
  readonly #ledger: Ledger;
  readonly #announcer: Announcer;
  readonly #events: ChainEvents;
  readonly #self: NodeId;
  #timings: Timings;
  #record: ClusterRecord | null;
  /** On its way to the disk. */
  #adopting: ClusterRecord | null = null;
  #epochs: readonly Epoch[];
  /** Since when the present epoch is in force here; since the start, after a restart (R4). */
  #epochSince: MonotonicMs;
  readonly #deltas = new Map<number, Change>();
  /** Since when each condemned entry is known here (reaping). */
  readonly #condemnedSince = new Map<NodeId, { readonly incarnation: number; readonly since: MonotonicMs }>();

  constructor(
    self: NodeId,
    record: ClusterRecord | null,
    acceptor: AcceptorState | null,
    ledger: Ledger,
    announcer: Announcer,
    timings: Timings,
    now: MonotonicMs,
    events: ChainEvents,
  ) {
    this.#self = self;
    this.#record = record;
    this.#ledger = ledger;
    this.#announcer = announcer;
    this.#timings = timings;
    this.#events = events;
    this.#epochSince = now;
    this.#epochs = record === null ? [] : [epochOf(record)];
    this.acceptor = new Acceptor(acceptor ?? { version: (record?.version ?? 0) + 1, promised: null, accepted: null });
    for (const entry of record?.condemned ?? []) {
      this.#condemnedSince.set(entry.id, { incarnation: entry.incarnation, since: now });
      // After a restart nobody remembers how long was waited: the whole time again (R9).
      announcer.expectOwn(entry, timings.failMs, now);
    }
  }

  get record(): ClusterRecord | null {
    return this.#record;
  }

  /** What goes to disk: also what is on its way there. */
  get newest(): ClusterRecord | null {
    return this.#adopting ?? this.#record;
  }

  get version(): number {
    return this.#record?.version ?? 0;
  }

  get isVoter(): boolean {
    return this.#record !== null && isVoter(this.#record, this.#self);
  }

  get voterIds(): readonly NodeId[] {
    return this.#epochs[0]?.voters ?? [];
  }

  /** The epochs under which a lease may be held: the present one, and the one before it while its acks run out. */
  get epochs(): readonly Epoch[] {
    return this.#epochs;
  }

  retime(timings: Timings): void {
    this.#timings = timings;
  }

  dwellLeftMs(now: MonotonicMs): number {
    return Math.max(0, this.#timings.dwellMs - (now - this.#epochSince));
  }

  /** R2: its entry has been known here, in this run, for so long that nobody can still need it: it may be offered for reaping. */
  mayReap(id: NodeId, now: MonotonicMs): boolean {
    const entry = this.#condemnedSince.get(id);
    return entry !== undefined && now - entry.since >= REAP_AFTER_MS;
  }

  /** A change that was decided on top of the present record. */
  learn(version: number, change: Change, waits: (condemned: Condemned) => number, isOwn: boolean, now: MonotonicMs, outbox: Outbox): void {
    const base = this.newest;
    if (base === null || version !== base.version + 1) return;
    const applied = applyChange(base, change);
    if (applied.kind === 'refused') return;
    this.#deltas.set(version, change);
    this.#deltas.delete(version - DELTAS_KEPT);
    for (const entry of change.condemn) {
      if (isOwn) this.#announcer.expectOwn(entry, waits(entry), now);
      else this.#announcer.expectTold(entry, waits(entry), now);
    }
    this.#adopt(applied.record, now, outbox);
  }

  /** A later record, whole. `waits`: what its teller has not announced yet. */
  learnWhole(record: ClusterRecord, waits: ReadonlyMap<NodeId, number>, now: MonotonicMs, outbox: Outbox): void {
    if (record.version <= (this.newest?.version ?? 0)) return;
    for (const entry of record.condemned) {
      const isKnown = this.newest?.condemned.some((known) => known.id === entry.id && known.incarnation >= entry.incarnation) ?? false;
      if (!isKnown) this.#announcer.expectTold(entry, waits.get(entry.id) ?? 0, now);
    }
    this.#adopt(record, now, outbox);
  }

  /** What one that holds `version` lacks, as far as a datagram reaches; null where a stream is better. */
  deltasAfter(version: number, now: MonotonicMs): Deltas | null {
    if (this.version <= version || this.version - version > DELTAS_PER_DATAGRAM) return null;
    const changes: Deltas['changes'][number][] = [];
    let entries = 0;
    for (let next = version + 1; next <= this.version; next++) {
      const change = this.#deltas.get(next);
      if (change === undefined) return null;
      entries += change.condemn.length + change.reap.length;
      // The first always fits; who has taken it in is told the next.
      if (entries > ENTRIES_PER_DATAGRAM && changes.length > 0) break;
      let waitMs = 0;
      for (const entry of change.condemn) waitMs = Math.max(waitMs, this.#announcer.remainingMs(entry, now) ?? this.#timings.failMs);
      changes.push({ change, waitMs: Math.ceil(waitMs) });
    }
    return { kind: 'deltas', base: version, changes };
  }

  waits(now: MonotonicMs): { id: NodeId; waitMs: number }[] {
    const waits: { id: NodeId; waitMs: number }[] = [];
    for (const entry of this.#record?.condemned ?? []) {
      const waitMs = this.#announcer.remainingMs(entry, now) ?? this.#timings.failMs;
      if (waitMs > 0) waits.push({ id: entry.id, waitMs: Math.ceil(waitMs) });
    }
    return waits;
  }

  #adopt(record: ClusterRecord, now: MonotonicMs, outbox: Outbox): void {
    this.#adopting = record;
    this.acceptor.advance(record.version);
    const condemned = new Map(record.condemned.map((entry) => [entry.id, entry.incarnation]));
    for (const [id, incarnation] of condemned)
      if (this.#condemnedSince.get(id)?.incarnation !== incarnation) this.#condemnedSince.set(id, { incarnation, since: now });
    for (const id of this.#condemnedSince.keys()) if (!condemned.has(id)) this.#condemnedSince.delete(id);
    this.#ledger.write(outbox, (at, box) => {
      if (this.#adopting === record) this.#adopting = null;
      const before = this.#record;
      if (before !== null && before.version >= record.version) return;
      if (before !== null && before.epoch !== record.epoch) {
        // Only of the very epoch before may acks still count; after a jump nobody here knows who voted in it.
        this.#epochs = before.epoch === record.epoch - 1 ? [epochOf(record), epochOf(before)] : [epochOf(record)];
        this.#epochSince = at;
      } else if (before === null) {
        this.#epochs = [epochOf(record)];
        this.#epochSince = at;
      }
      this.#record = record;
      for (const entry of before?.condemned ?? [])
        if (!record.condemned.some(({ id }) => id === entry.id)) this.#announcer.reaped(entry, at, box);
      this.#events.adopted(record, before, at, box);
    });
  }
}

function epochOf(record: ClusterRecord): Epoch {
  return { epoch: record.epoch, voters: record.voters.map((voter) => voter.id), needed: majorityOf(record.voters.length) };
}
