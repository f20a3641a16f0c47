// What operators and leavers want of the voters (R11), until the record shows it or it has become old. The latest wish about a
// member replaces an earlier one. Own wishes are asked again of the voters, because one datagram may be lost; what others asked
// for is only kept, or two that are not quorate would keep each other's wishes young for ever.

import type { NodeId } from '../ids.ts';
import type { Request } from '../message.ts';
import { type ClusterRecord, isVoter } from '../record/index.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';

export type Wish = Request['wish'];

/** In heartbeats. */
const KEPT = 60;
/** Of others at once; who wishes for more wishes again. */
const HEARD_MAX = 64;

interface Open {
  readonly wish: Wish;
  readonly isOwn: boolean;
  readonly until: number;
}

export class Wishes {
  readonly #open = new Map<NodeId, Open>();
  #askAt: MonotonicMs = NEVER;

  /** When own wishes are to be asked again. */
  get nextAt(): MonotonicMs {
    return this.#askAt;
  }

  make(wish: Wish, { heartbeatMs }: Timings, now: MonotonicMs): void {
    const known = this.#open.get(wish.id);
    this.#open.set(wish.id, { wish, isOwn: true, until: now + KEPT * heartbeatMs });
    if (known === undefined || !known.isOwn || known.wish.kind !== wish.kind) this.#askAt = now;
  }

  hear(wish: Wish, { heartbeatMs }: Timings, now: MonotonicMs): void {
    if (this.#open.size >= HEARD_MAX && !this.#open.has(wish.id) && this.wanted(now).length >= HEARD_MAX) return;
    if (this.#open.get(wish.id)?.isOwn !== true) this.#open.set(wish.id, { wish, isOwn: false, until: now + KEPT * heartbeatMs });
  }

  wanted(now: MonotonicMs): Wish[] {
    for (const [id, { until }] of this.#open) if (now >= until) this.#open.delete(id);
    return [...this.#open.values()].map(({ wish }) => wish);
  }

  /** What came true needs no more asking, and must not be done to it again when somebody wants the opposite. */
  settle(record: ClusterRecord): void {
    for (const [id, { wish }] of this.#open) if (isVoter(record, id) === (wish.kind === 'add-voter')) this.#open.delete(id);
  }

  /** Own wishes to be said to the voters now; by a quorate voter none, for it proposes itself. */
  due({ heartbeatMs }: Timings, now: MonotonicMs): Wish[] {
    if (now < this.#askAt) return [];
    const own = this.wanted(now).filter(({ id }) => this.#open.get(id)?.isOwn === true);
    this.#askAt = own.length === 0 ? NEVER : at(now + heartbeatMs);
    return own;
  }
}
