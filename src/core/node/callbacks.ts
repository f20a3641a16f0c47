// What talk.ts hands to others of what it hears: it does not know whom.

import type { Outbox } from '../effect.ts';
import type { Address, Incarnation } from '../ids.ts';
import type { Envelope, Hello, RecordMessage } from '../message.ts';
import type { MonotonicMs } from '../time.ts';

/** A higher life of this node's id is known elsewhere, or this one was declared ended: a new one above `incarnation` is due. */
export type Fate = (kind: 'superseded' | 'ended', incarnation: Incarnation, now: MonotonicMs, outbox: Outbox) => void;

/** Learns who succeeds whom; not null for one that is let in only above this incarnation (R2). */
export type OnHello = (hello: Hello, now: MonotonicMs) => Incarnation | null;

/** Makes lives known to those who may not have heard of them. */
export interface Introductions {
  /** This node's own, with its proof of succession (R9). */
  introduce(to: readonly Address[], now: MonotonicMs, outbox: Outbox): void;
  /** Another's, as hearsay. */
  tellOf(slot: number, to: readonly Address[], now: MonotonicMs, outbox: Outbox): void;
}

/** Takes what concerns the record or the lease; false when the sender should introduce itself. */
export type Govern = (slot: number, from: Address, envelope: Envelope, message: RecordMessage, now: MonotonicMs, outbox: Outbox) => boolean;
