// When each observer came to show a subject: a dead one as suspect or failed, a newcomer as there. The last of them counts.
// A suspicion that was taken back does not count; a verdict without a suspicion before it is one too.

import type { CoreEvent, NodeId } from '../../core/index.ts';

export type Sight = 'suspected' | 'failed' | 'joined';

export class Subject {
  readonly #sinceMs: number;
  readonly #observers: readonly number[];
  readonly #seenMs: Readonly<Record<Sight, Float64Array>>;

  constructor(sinceMs: number, observers: readonly number[], hostCount: number) {
    this.#sinceMs = sinceMs;
    this.#observers = observers;
    const none = (): Float64Array => new Float64Array(hostCount).fill(Number.NaN);
    this.#seenMs = { suspected: none(), failed: none(), joined: none() };
  }

  told(observer: number, type: CoreEvent['type'], nowMs: number): void {
    const { suspected, failed, joined } = this.#seenMs;
    switch (type) {
      case 'member-suspect':
        note(suspected, observer, nowMs);
        return;
      case 'member-failed':
        note(suspected, observer, nowMs);
        note(failed, observer, nowMs);
        return;
      case 'member-joined':
        note(joined, observer, nowMs);
        return;
      case 'member-alive':
      case 'member-updated':
        if (Number.isNaN(failed[observer])) suspected[observer] = Number.NaN;
        return;
      default:
        return;
    }
  }

  /** From its beginning until the last observer saw it; null while one has not. */
  lastMs(sight: Sight): number | null {
    const seen = this.#seenMs[sight];
    let last = this.#sinceMs;
    for (const observer of this.#observers) {
      const atMs = seen[observer]!;
      if (Number.isNaN(atMs)) return null;
      last = Math.max(last, atMs);
    }
    return last - this.#sinceMs;
  }
}

/** By id, so that an event about anyone else costs one look. */
export type Subjects = Map<NodeId, Subject>;

function note(column: Float64Array, observer: number, nowMs: number): void {
  if (Number.isNaN(column[observer])) column[observer] = nowMs;
}
