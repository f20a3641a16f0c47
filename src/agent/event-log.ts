// The last events, numbered, for readers that come and go. Each reader pulls at its own pace; one that falls further
// behind than the ring is long is told how much it lost, so nothing here grows with a slow reader.

import { assert } from '../core/index.ts';

export interface LoggedEvent {
  readonly id: number;
  /** Wall clock, for people. */
  readonly timeMs: number;
  readonly type: string;
  readonly member: string;
  readonly incarnation: number;
  readonly address: string;
  readonly reason: string;
  /** Of `leader-changed`: null when there is none. */
  readonly leader?: string | null;
  readonly token?: number | null;
  readonly isSelf?: boolean;
  /** Of `record-changed`. */
  readonly version?: number;
  readonly epoch?: number;
}

/** Missed events in order, preceded by how many were overwritten before they could be read (null: nobody can know, e.g. another run's). */
export interface Slice {
  readonly lost: number | null;
  readonly events: readonly LoggedEvent[];
}

/** An id is run × 10^9 + a number within the run: ids grow across restarts without a write for each event. */
export const IDS_PER_RUN = 1_000_000_000;

export class EventLog {
  readonly #ring: (LoggedEvent | undefined)[];
  readonly #firstId: number;
  #nextId: number;
  readonly #listeners = new Set<() => void>();

  constructor(runOrdinal: number, capacity = 4096) {
    assert(Number.isSafeInteger((runOrdinal + 1) * IDS_PER_RUN) && runOrdinal >= 0, `run ${runOrdinal} leaves room for exact event ids`);
    this.#ring = new Array<LoggedEvent | undefined>(capacity);
    this.#firstId = runOrdinal * IDS_PER_RUN + 1;
    this.#nextId = this.#firstId;
  }

  get lastId(): number {
    return this.#nextId - 1;
  }

  append(event: Omit<LoggedEvent, 'id'>): LoggedEvent {
    // The id last: an event that brings one of its own (a core event's is its member's) must not hide the number.
    const logged: LoggedEvent = { ...event, id: this.#nextId };
    this.#ring[this.#nextId % this.#ring.length] = logged;
    this.#nextId += 1;
    for (const listener of this.#listeners) listener();
    return logged;
  }

  /** At most `limit` events with an id above `sinceId`. */
  after(sinceId: number, limit: number): Slice {
    const oldestId = Math.max(this.#firstId, this.#nextId - this.#ring.length);
    let fromId = sinceId + 1;
    let lost: number | null = 0;
    if (fromId < oldestId) {
      // What an earlier run told is gone with it; only within this run can the missing be counted. 0 means "from the beginning".
      lost = fromId >= this.#firstId ? oldestId - fromId : sinceId === 0 ? oldestId - this.#firstId : null;
      fromId = oldestId;
    } else if (fromId > this.#nextId) {
      // An id from the future: another state directory's numbers.
      lost = null;
      fromId = oldestId;
    }
    const events: LoggedEvent[] = [];
    for (let id = fromId; id < this.#nextId && events.length < limit; id++) {
      const event = this.#ring[id % this.#ring.length];
      if (event !== undefined) events.push(event);
    }
    return { lost, events };
  }

  /** Called after every append; returns how to stop it. It runs inside a step of the node: note the call and return. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
