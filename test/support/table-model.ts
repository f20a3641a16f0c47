// The model of membership/table.ts: a Map of plain objects that keeps every arrival, so that ages follow from the rule as it is
// said: a member's origin is the least arrival − tick × counter of this half minute and the one before, counted at its last news.

import { expect } from 'vitest';
import type { at } from '../../src/core/index.ts';
import { type Facts, type MemberEntry, type MemberState, type NodeId, TICK_MS } from '../../src/core/index.ts';
import { windowMsOf } from '../../src/core/membership/ages.ts';
import { MemberTable, NONE } from '../../src/core/membership/index.ts';

/** The wheel has 64 buckets a silence: who falls silent is found that much later at most. */
const BUCKETS_A_SILENCE = 64;

interface Arrival {
  readonly atMs: number;
  readonly counter: number;
}

interface ModelRow {
  readonly entry: MemberEntry;
  facts: Facts;
  state: MemberState;
  counter: number;
  isConfirmed: boolean;
  isSuspect: boolean;
  arrivals: Arrival[];
  verdictAtMs: number;
}

export class TableModel {
  readonly rows = new Map<NodeId, ModelRow>();
  readonly self: NodeId;
  silenceMs: number;
  nowMs: number;

  constructor(self: NodeId, silenceMs: number, nowMs: number) {
    this.self = self;
    this.silenceMs = silenceMs;
    this.nowMs = nowMs;
  }

  /** Other windows: the living begin anew. */
  retime(silenceMs: number): void {
    this.silenceMs = silenceMs;
    for (const row of this.rows.values()) {
      if (row.state === 'alive' && row.entry.id !== this.self) row.arrivals = [{ atMs: this.nowMs, counter: row.counter }];
    }
  }

  put(entry: MemberEntry, isConfirmed: boolean): void {
    this.rows.set(entry.id, {
      entry,
      facts: entry.facts,
      state: entry.state,
      counter: entry.counter,
      isConfirmed: entry.state === 'alive' && isConfirmed,
      isSuspect: false,
      arrivals: [{ atMs: this.nowMs, counter: entry.counter }],
      verdictAtMs: this.nowMs - entry.stateAgeMs,
    });
  }

  hearCounter(id: NodeId, counter: number): boolean {
    const row = this.row(id);
    if (counter <= row.counter) return false;
    row.counter = counter;
    row.arrivals.push({ atMs: this.nowMs, counter });
    return true;
  }

  setVerdict(id: NodeId, state: MemberState, ageMs: number): void {
    Object.assign(this.row(id), { state, isConfirmed: false, isSuspect: false, verdictAtMs: this.nowMs - ageMs });
  }

  row(id: NodeId): ModelRow {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`the model knows no ${id}`);
    return row;
  }

  ids(fits: (row: ModelRow) => boolean): NodeId[] {
    return [...this.rows].filter(([, row]) => fits(row)).map(([id]) => id);
  }

  freshAtMs({ arrivals, counter }: ModelRow): number {
    const windowOf = ({ atMs }: Arrival): number => Math.floor(atMs / windowMsOf(this.silenceMs));
    const last = windowOf(arrivals.at(-1)!);
    const samples = arrivals.filter((arrival) => windowOf(arrival) >= last - 1).map(({ atMs, counter: then }) => atMs - TICK_MS * then);
    return Math.min(...samples) + TICK_MS * counter;
  }

  /** The table holds what the model holds, by every way of asking. */
  expectSame(table: MemberTable): void {
    table.checkInvariants();
    const alive = this.ids(({ state }) => state === 'alive');
    expect(table.rowCount).toBe(this.rows.size);
    expect(table.aliveCount).toBe(alive.length);
    expect(table.confirmedCount).toBe(this.ids(({ isConfirmed }) => isConfirmed).length);
    expect(table.suspectCount).toBe(this.ids(({ isSuspect }) => isSuspect).length);
    const slots = [...this.rows.keys()].map((id) => table.slotOf(id));
    expect(new Set(slots).size).toBe(this.rows.size);
    for (const id of this.rows.keys()) this.#expectSameRow(table, id);
    this.#expectOrder(table);
    expect(this.#rebuilt(table).listHash).toStrictEqual(table.listHash);
  }

  #expectSameRow(table: MemberTable, id: NodeId): void {
    const row = this.row(id);
    const slot = table.slotOf(id);
    expect(table.directory.idAt(slot)).toBe(id);
    const { counter, state } = row;
    expect(table.accountOf(slot)).toStrictEqual({
      incarnation: row.entry.incarnation,
      tag: row.entry.tag,
      state,
      counter,
      facts: row.facts,
    });
    expect([table.isAlive(slot), table.isConfirmed(slot), table.isSuspect(slot)]).toStrictEqual([
      state === 'alive',
      row.isConfirmed,
      row.isSuspect,
    ]);
    // A window's least sample is kept to the millisecond below.
    const shown = state === 'alive' ? table.freshAt(slot) : table.sinceOf(slot);
    const true_ = state === 'alive' ? this.freshAtMs(row) : row.verdictAtMs;
    expect(shown).toBeLessThanOrEqual(true_);
    expect(shown).toBeGreaterThan(true_ - 1);
    this.#expectFoundByTagAndName(table, id, slot);
  }

  #expectFoundByTagAndName(table: MemberTable, id: NodeId, slot: number): void {
    const { entry, facts } = this.row(id);
    const found = table.slotOfTag(entry.tag);
    const hasLowHalf = this.ids((other) => other.entry.tag.lo === entry.tag.lo);
    if (hasLowHalf.length > 1) expect(found).toBe(NONE);
    // A shared directory remembers every tag ever held, so the low half may say nothing there.
    else if (!table.directory.isShared || found !== NONE) expect(found).toBe(slot);
    const namesakes = this.ids((other) => other.isConfirmed && other.facts.name === facts.name && other.entry.id !== id);
    const namesake = table.namesakeOf(slot);
    if (namesakes.length === 0) expect(namesake).toBe(NONE);
    else expect(namesakes).toContain(table.directory.idAt(namesake));
  }

  /** The silent are those whose news is older than the silence; the others come freshest first. */
  #expectOrder(table: MemberTable): void {
    const others = this.ids(({ state, entry }) => state === 'alive' && entry.id !== this.self);
    const bucketMs = this.silenceMs / BUCKETS_A_SILENCE;
    for (const id of others) {
      const freshAtMs = table.freshAt(table.slotOf(id));
      const isSilent = table.silent.has(table.slotOf(id));
      if (freshAtMs < this.nowMs - this.silenceMs - bucketMs) expect(isSilent).toBe(true);
      if (freshAtMs >= this.nowMs - this.silenceMs) expect(isSilent).toBe(false);
    }
    const into = new Uint32Array(others.length + 3);
    const count = table.freshest(into, into.length);
    const order = [...into.subarray(0, count)];
    const listed = others.map((id) => table.slotOf(id)).filter((slot) => !table.silent.has(slot));
    expect([...order].sort(byNumber)).toStrictEqual(listed.sort(byNumber));
    const buckets = order.map((slot) => Math.floor(table.freshAt(slot) / bucketMs));
    expect(buckets).toStrictEqual([...buckets].sort(byNumber).reverse());
    if (count > 1) expect(table.freshest(into, count - 1)).toBe(count - 1);
  }

  /** A table that was given the same list at once. */
  #rebuilt(table: MemberTable): MemberTable {
    const now = this.nowMs as ReturnType<typeof at>;
    const rebuilt = new MemberTable(table.directory.isShared ? table.directory : newDirectoryLike(table), this.self, this.silenceMs, now);
    for (const { entry, facts, state, isConfirmed } of this.rows.values()) rebuilt.put({ ...entry, facts, state }, isConfirmed, now);
    return rebuilt;
  }
}

function newDirectoryLike(table: MemberTable): MemberTable['directory'] {
  return new (table.directory.constructor as new () => MemberTable['directory'])();
}

function byNumber(a: number, b: number): number {
  return a - b;
}
