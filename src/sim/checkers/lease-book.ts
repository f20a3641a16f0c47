// Who holds a lease, and until when, on the world's clock: read from each node after each of its steps, on the host's own clocks.
// Between two steps of a node its lease can only run out, so that one reading tells for every instant until the next; where
// it matters (`isQuorate`, `isLeader`) the node is asked again, for the checked instant itself.

import type { Input } from '../../core/index.ts';
import type { Host } from '../host.ts';

export interface Lease {
  readonly hostIndex: number;
  id: string;
  incarnation: number;
  /** Of the host, so that a restarted process is another one. */
  run: number;
  /** Of the world; in the past when none is held. */
  untilMs: number;
  /** As read at the last step. */
  remainingMs: number;
  isLeader: boolean;
  /** The last step moved its end to later. */
  isRenewed: boolean;
  /** Of the record in force; it changes only when the disk has answered. 0 without a record. */
  epoch: number;
}

export interface ClockedWorld {
  readonly nowMs: number;
  readonly hosts: readonly Host[];
}

export class LeaseBook {
  readonly #world: ClockedWorld;
  readonly #leases: Lease[] = [];
  /** Who led when it was read last: few, so that nobody has to look through all. */
  readonly #leading = new Set<Lease>();

  constructor(world: ClockedWorld) {
    this.#world = world;
  }

  of(host: Host): Lease {
    let lease = this.#leases[host.index];
    if (lease === undefined) {
      lease = {
        hostIndex: host.index,
        id: '',
        incarnation: 0,
        run: 0,
        untilMs: Number.NEGATIVE_INFINITY,
        remainingMs: 0,
        isLeader: false,
        isRenewed: false,
        epoch: 0,
      };
      this.#leases[host.index] = lease;
    }
    return lease;
  }

  /** All that may be a leader's at this instant but this host's own. */
  *othersLeading(host: Host): Iterable<Lease> {
    for (const lease of this.#leading) if (lease.hostIndex !== host.index && lease.untilMs > this.#world.nowMs) yield lease;
  }

  /** After a step of its node. */
  read(host: Host, input: Input): void {
    const node = host.process?.node;
    const lease = this.of(host);
    if (node === undefined) return;
    const now = host.clock.nowMs();
    const bootMs = host.clock.bootMs();
    const remainingMs = node.leaseRemainingMs(now, bootMs);
    const untilMs = remainingMs > 0 ? this.#world.nowMs + remainingMs / host.clock.rate : Number.NEGATIVE_INFINITY;
    const isSame = lease.id === node.id && lease.incarnation === node.incarnation && lease.run === host.startCount;
    if (input.kind === 'persisted' || !isSame) lease.epoch = node.record?.epoch ?? 0;
    lease.isRenewed = untilMs > (isSame ? lease.untilMs + 1e-6 : 0);
    lease.id = node.id;
    lease.incarnation = node.incarnation;
    lease.run = host.startCount;
    lease.remainingMs = remainingMs;
    lease.untilMs = untilMs;
    this.#setLeader(lease, remainingMs > 0 && node.leader(now, bootMs)?.isSelf === true);
  }

  ended(host: Host): void {
    const lease = this.of(host);
    lease.untilMs = Number.NEGATIVE_INFINITY;
    lease.remainingMs = 0;
    lease.isRenewed = false;
    this.#setLeader(lease, false);
  }

  /** Asked at this very instant, as anyone on that host could. */
  isQuorate(lease: Lease): boolean {
    const host = this.#world.hosts[lease.hostIndex];
    const node = host?.process?.node;
    return host !== undefined && node !== undefined && !host.isSuspended && node.isQuorate(host.clock.nowMs(), host.clock.bootMs());
  }

  isLeader(lease: Lease): boolean {
    const host = this.#world.hosts[lease.hostIndex];
    const node = host?.process?.node;
    return (
      host !== undefined && node !== undefined && !host.isSuspended && node.leader(host.clock.nowMs(), host.clock.bootMs())?.isSelf === true
    );
  }

  #setLeader(lease: Lease, isLeader: boolean): void {
    if (lease.isLeader === isLeader) return;
    lease.isLeader = isLeader;
    if (isLeader) this.#leading.add(lease);
    else this.#leading.delete(lease);
  }
}
