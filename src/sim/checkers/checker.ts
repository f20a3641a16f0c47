// What a rule of the simulator is: something that is told what changed and answers null, or a sentence that says what broke.
// A checker never changes the world, and draws no chance: with and without it a seed gives the same history.

import type { CoreEvent, Effect, Input, MemberView, NodeId } from '../../core/index.ts';
import type { End, Host, Identity } from '../host.ts';
import type { LinkPolicy } from '../network.ts';
import type { Child } from '../supervisor.ts';
import type { LeaseBook } from './lease-book.ts';

export interface Checker {
  /** Kebab-case, as printed. */
  readonly rule: string;
  started?(host: Host): void;
  ended?(host: Host, end: End): string | null;
  /** After every step of every node: what came in, what goes out. Must cost next to nothing. */
  stepped?(host: Host, input: Input, effects: readonly Effect[]): string | null;
  told?(host: Host, event: CoreEvent): string | null;
  /** A list was read: often in a small world, a sample in a big one (see inspector.ts). */
  viewed?(host: Host, members: readonly MemberView[]): string | null;
  childStarted?(host: Host, child: Child): string | null;
  /** Every POLL_MS of the world. */
  polled?(): string | null;
}

export const POLL_MS = 200;

/** What checkers may read of the world. */
export interface CheckedWorld {
  readonly nowMs: number;
  readonly hosts: readonly Host[];
  readonly identities: ReadonlyMap<NodeId, Identity>;
  /** T_fail as the slowest clock counts it. */
  readonly failMsMax: number;
  /** The longest that the network has held a packet back so far. */
  readonly delayMsMax: number;
  readonly pendingCount: number;
  readonly openTransportCount: number;
  readonly leases: LeaseBook;
  readonly links: Pick<LinkPolicy, 'isWhole' | 'isCut' | 'changeCount' | 'replayedUntilMs'>;
  /** The cluster whose disks were made before anything started, if any. */
  readonly foundedTogether: string | null;
}

export interface Violation {
  readonly rule: string;
  readonly atMs: number;
  readonly host: string;
  readonly message: string;
}
