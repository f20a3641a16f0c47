// Nothing is unbounded: rows, exchanges under way, queues, sockets, kinds of refusal, events to come.

import type { MemberView } from '../../core/index.ts';
import type { Host } from '../host.ts';
import { type CheckedWorld, type Checker, POLL_MS } from './checker.ts';

/** One joiner asks each address of its seeds, a steady node one or two peers. */
const EXCHANGES_MAX = 64;
/** The socket buffer of the smallest datagrams, the backlog, and completions of one's own calls. */
const WAITING_MAX = 1100;
const REFUSAL_KINDS_MAX = 64;
/** Events to come per host: packets under way for up to 20 s, doubled, and timers. */
const PENDING_PER_HOST_MAX = 5000;

/** Wakings by the timer between two polls; nearly every possible one would be a timer that is never satisfied. */
const WAKEUPS_MAX = POLL_MS / 2;

export class Bounds implements Checker {
  readonly rule = 'nothing-unbounded';
  readonly #world: CheckedWorld;
  readonly #wakeups: number[] = [];

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    const known = this.#world.identities.size;
    if (members.length > known) return `${members.length} members are listed, and only ${known} ids ever lived`;
    const refusals = host.process?.node.refusals.size ?? 0;
    if (refusals > REFUSAL_KINDS_MAX) return `${refusals} kinds of refusal are counted`;
    const unreadable = host.process?.driver.unreadable.size ?? 0;
    if (unreadable > REFUSAL_KINDS_MAX) return `${unreadable} kinds of unreadable packets are counted`;
    return null;
  }

  polled(): string | null {
    const world = this.#world;
    let processCount = 0;
    for (let i = 0; i < world.hosts.length; i++) {
      const host = world.hosts[i]!;
      const process = host.process;
      if (process === null) continue;
      processCount += 1;
      const wakeups = process.wakeupCount - (this.#wakeups[i] ?? 0);
      this.#wakeups[i] = process.wakeupCount;
      if (wakeups > WAKEUPS_MAX) return `${host.name} was woken by its timer ${wakeups} times in ${POLL_MS} ms`;
      if (process.openExchangeCount > EXCHANGES_MAX) return `${host.name} has ${process.openExchangeCount} exchanges open`;
      if (process.waitingCount > WAITING_MAX) return `${process.waitingCount} things wait for the paused ${host.name}`;
    }
    if (world.openTransportCount !== processCount) return `${world.openTransportCount} sockets are open for ${processCount} processes`;
    if (world.pendingCount > PENDING_PER_HOST_MAX * world.hosts.length) return `${world.pendingCount} events are to come`;
    return null;
  }
}
