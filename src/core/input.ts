// What comes into the core: time, packets, answers of the machine, wishes of the operator.

import type { Address, Incarnation } from './ids.ts';
import type { Envelope } from './message.ts';

export type Input =
  | { readonly kind: 'tick' }
  | { readonly kind: 'datagram'; readonly from: Address; readonly envelope: Envelope }
  /** A peer opened an exchange (TCP) with us; answer it by the effect `reply`. */
  | { readonly kind: 'asked'; readonly exchange: number; readonly from: Address; readonly envelope: Envelope }
  /** The answer to an exchange that we opened. */
  | { readonly kind: 'answered'; readonly exchange: number; readonly envelope: Envelope }
  | { readonly kind: 'unanswered'; readonly exchange: number; readonly reason: string }
  | { readonly kind: 'persisted'; readonly ticket: number }
  | { readonly kind: 'persist-failed'; readonly ticket: number; readonly reason: string }
  /** All addresses a seed's name stands for now; `problem` when there is none. */
  | { readonly kind: 'resolved'; readonly seed: string; readonly addresses: readonly Address[]; readonly problem: string | null }
  /** The answer to `stop-workloads`: all supervised children are confirmed dead, or not all (then it comes again when they are). */
  | { readonly kind: 'workloads-ended'; readonly incarnation: Incarnation; readonly areDead: boolean }
  | { readonly kind: 'command'; readonly ticket: number; readonly command: Command };

/** Each is answered by one effect `command-result` with its ticket, at once or when it is done. */
export type Command =
  | { readonly kind: 'join'; readonly seeds: readonly string[] }
  /** Says `left`, then the effect `exit`. */
  | { readonly kind: 'leave' }
  /** Says `stopped`, then the effect `exit`. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'forget'; readonly name: string }
  | { readonly kind: 'set-tags'; readonly tags: readonly (readonly [key: string, value: string])[] }
  | { readonly kind: 'set-address'; readonly address: Address }
  | { readonly kind: 'voters'; readonly add?: string; readonly remove?: string }
  /** A fresh round trip to a majority: done, or refused with `not-confirmed` within T_fence. */
  | { readonly kind: 'confirm' }
  /** After losing the majority for good: a new cluster of this node alone (R12). */
  | { readonly kind: 'recover-force' }
  /** Drops packets from (`dropIn`) and to (`dropOut`) these members; replaces what was dropped before. */
  | { readonly kind: 'partition'; readonly dropIn: readonly string[]; readonly dropOut: readonly string[] };
