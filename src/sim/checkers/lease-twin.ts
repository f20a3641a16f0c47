// I4, I6 and I8: a naive twin of the lease. From what ack-ledger.ts noted of packets it computes what a node may claim. Quorate means
// that a majority acked counters that this very run emitted within T_fence; no packet moves the end of a lease beyond its send
// time + T_fence; and who is quorate under neighbouring epochs is acked by sets that meet.
// Judged whenever a step has renewed a lease: between steps a lease, like the acks under it, only ages.

import { CLOCK_RESOLUTION_MS, type Effect, type Envelope, type Input, type Timings } from '../../core/index.ts';
import type { Host } from '../host.ts';
import { AckLedger } from './ack-ledger.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import { taggedEnvelope } from './emitted.ts';
import type { Records } from './records.ts';

/** The uptime is this coarse. */
const ROUNDING_MS = CLOCK_RESOLUTION_MS + 1e-3;

export class LeaseTwin implements Checker {
  readonly rule = 'I4-I6-I8-leases-stand-on-acks';
  readonly #world: CheckedWorld;
  readonly #records: Records;
  readonly #timings: Timings;
  readonly #ledger: AckLedger;

  constructor(world: CheckedWorld, records: Records, timings: Timings) {
    this.#world = world;
    this.#records = records;
    this.#timings = timings;
    this.#ledger = new AckLedger(records, timings.fenceMs);
  }

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind !== 'send') continue;
      const envelope = taggedEnvelope(effect);
      if (envelope === null) continue;
      if (envelope.message.kind === 'beat') this.#ledger.noteEmission(host, envelope);
      this.#hear(host, envelope);
    }
    const lease = this.#world.leases.of(host);
    this.#ledger.noteEpoch(host, host.process?.node.clusterId ?? null, lease.epoch);
    return lease.isRenewed ? this.#judge(host, lease.remainingMs, lease.epoch) : null;
  }

  #hear(host: Host, { message, sender }: Envelope): void {
    if (message.kind === 'beat' || message.kind === 'ack') this.#ledger.noteAcks(host.identity.id, message.acks);
    else if (message.kind === 'relayed' && message.originSender.lo === sender.lo && message.originSender.hi === sender.hi) {
      const { inner } = message;
      if (inner.kind === 'beat' || inner.kind === 'ack') this.#ledger.noteAcks(host.identity.id, inner.acks);
    }
  }

  #judge(host: Host, remainingMs: number, epoch: number): string | null {
    const cluster = host.process?.node.clusterId ?? null;
    if (epoch === 0 || cluster === null) return 'is quorate and has no record';
    let bestMs = this.#allowedMs(host, cluster, epoch);
    if (remainingMs > bestMs + ROUNDING_MS) bestMs = Math.max(bestMs, this.#allowedMs(host, cluster, epoch - 1));
    if (remainingMs > bestMs + ROUNDING_MS) {
      const due = bestMs === Number.NEGATIVE_INFINITY ? 'no majority ever acked this run' : `its acks allow ${bestMs.toFixed(1)} ms`;
      return `claims a lease for ${remainingMs.toFixed(1)} ms, and ${due}`;
    }
    return this.#disjoint(host, cluster, epoch) ?? this.#disjoint(host, cluster, epoch, epoch - 1);
  }

  #allowedMs(host: Host, cluster: string, epoch: number): number {
    return this.#timings.fenceMs - this.#ledger.majorityAgeMs(host, cluster, epoch);
  }

  /** I4: at most two neighbouring epochs, and sets of acks that meet. Within one epoch majorities do. */
  #disjoint(host: Host, cluster: string, epoch: number, own = epoch): string | null {
    for (const [theirs, hosts] of this.#ledger.standing) {
      if (theirs === own || (Math.abs(own - theirs) === 1 && this.#records.doMajoritiesMeet(cluster, own, theirs))) continue;
      if (!this.#ledger.isLeased(host, cluster, own)) return null;
      for (const index of hosts) {
        const other = this.#world.hosts[index]!;
        if (other === host || !this.#isQuorateUnder(other, cluster, theirs)) continue;
        const lease = this.#world.leases.of(other);
        // Both have the same epochs to stand on.
        if (lease.epoch === epoch || lease.untilMs <= this.#world.nowMs || !this.#world.leases.isQuorate(lease)) continue;
        if (Math.abs(own - theirs) > 1) return `is quorate in epoch ${own}, and ${other.name} in epoch ${theirs}`;
        const acking = this.#ledger.ackers(host, cluster, own);
        if (!this.#ledger.ackers(other, cluster, theirs).some((voter) => acking.includes(voter)))
          return `is quorate in epoch ${own}, ${other.name} in epoch ${theirs}, and no voter acks both`;
      }
    }
    return null;
  }

  #isQuorateUnder(other: Host, cluster: string, epoch: number): boolean {
    const theirs = other.process?.node.clusterId ?? null;
    const held = this.#world.leases.of(other).epoch;
    if (theirs === null || (epoch !== held && epoch !== held - 1)) this.#ledger.dismiss(other, epoch);
    else if (this.#ledger.isLeased(other, theirs, epoch)) return theirs === cluster;
    // Who its voters are may still be found out.
    else if (this.#records.votersOf(theirs, epoch) !== undefined) this.#ledger.dismiss(other, epoch);
    return false;
  }
}
