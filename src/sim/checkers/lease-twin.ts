// I4, I6 and I8, from packets alone: a naive twin of the lease. It notes when each run first sent each counter in a beat, and which voter said
// that it saw which; what a node may claim is computed from that. Quorate means that a majority acked counters that this very
// run emitted within T_fence; no packet moves the end of a lease beyond its send time + T_fence; and who is quorate under
// neighbouring epochs is acked by sets that meet.

import { type AckRow, CLOCK_RESOLUTION_MS, type Effect, type Envelope, type Input, type Timings } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import { taggedEnvelope } from './emitted.ts';
import type { Records } from './records.ts';

interface Emissions {
  readonly tagLo: number;
  readonly tagHi: number;
  readonly counters: number[];
  readonly monoMs: number[];
  readonly bootMs: number[];
}

interface Said {
  readonly voter: string;
  epoch: number;
  counter: number;
}

/** What a lease can stand on has been sent within T_fence; each counter only once. */
const EMISSIONS_MAX = 600;
/** The uptime is this coarse. */
const ROUNDING_MS = CLOCK_RESOLUTION_MS + 1e-3;

export class LeaseTwin implements Checker {
  readonly rule = 'I4-I6-I8-leases-stand-on-acks';
  readonly #world: CheckedWorld;
  readonly #records: Records;
  readonly #timings: Timings;
  readonly #emissions: (Emissions | undefined)[] = [];
  readonly #said = new Map<number, Said[]>();
  /** When each host took up the epoch it is in. */
  readonly #entered: ({ readonly run: number; readonly epoch: number; readonly monoMs: number; readonly bootMs: number } | undefined)[] =
    [];

  constructor(world: CheckedWorld, records: Records, timings: Timings) {
    this.#world = world;
    this.#records = records;
    this.#timings = timings;
  }

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind !== 'send') continue;
      const envelope = taggedEnvelope(effect);
      if (envelope === null) continue;
      if (envelope.message.kind === 'beat') this.#emitted(host, envelope);
      this.#hear(host, envelope);
    }
    const lease = this.#world.leases.of(host);
    this.#noteEpoch(host, lease.epoch);
    return lease.isRenewed ? this.#judge(host, lease.remainingMs, lease.epoch) : null;
  }

  #emitted(host: Host, { sender, counter }: Envelope): void {
    let emissions = this.#emissions[host.index];
    if (emissions === undefined || emissions.tagLo !== sender.lo || emissions.tagHi !== sender.hi) {
      emissions = { tagLo: sender.lo, tagHi: sender.hi, counters: [], monoMs: [], bootMs: [] };
      this.#emissions[host.index] = emissions;
    }
    const { counters, monoMs, bootMs } = emissions;
    const last = counters[counters.length - 1];
    if (last !== undefined && counter <= last) return;
    counters.push(counter);
    monoMs.push(host.clock.nowMs());
    bootMs.push(host.clock.bootMs());
    if (counters.length > EMISSIONS_MAX) for (const column of [counters, monoMs, bootMs]) column.splice(0, EMISSIONS_MAX / 2);
  }

  #hear(host: Host, { message, sender }: Envelope): void {
    if (message.kind === 'beat' || message.kind === 'ack') this.#say(host, message.acks);
    else if (message.kind === 'relayed' && message.originSender.lo === sender.lo && message.originSender.hi === sender.hi) {
      if (message.inner.kind === 'beat' || message.inner.kind === 'ack') this.#say(host, message.inner.acks);
    }
  }

  #say(host: Host, rows: readonly AckRow[]): void {
    const voter = host.identity.id;
    for (let i = 0; i < rows.length; i++) {
      const { tag, counter, epoch } = rows[i]!;
      let said = this.#said.get(tag.lo);
      if (said === undefined) {
        said = [];
        this.#said.set(tag.lo, said);
      }
      const known = said.find((one) => one.voter === voter && one.epoch === epoch);
      if (known === undefined) said.push({ voter, epoch, counter });
      else if (counter > known.counter) known.counter = counter;
    }
  }

  #judge(host: Host, remainingMs: number, epoch: number): string | null {
    const node = host.process?.node;
    if (node === undefined || epoch === 0 || node.clusterId === null) return 'is quorate and has no record';
    let bestMs = Number.NEGATIVE_INFINITY;
    for (let of = epoch; of >= epoch - 1; of--)
      bestMs = Math.max(bestMs, this.#timings.fenceMs - this.#majorityAgeMs(host, node.clusterId, of));
    if (remainingMs > bestMs + ROUNDING_MS) {
      const due = bestMs === Number.NEGATIVE_INFINITY ? 'no majority ever acked this run' : `its acks allow ${bestMs.toFixed(1)} ms`;
      return `claims a lease for ${remainingMs.toFixed(1)} ms, and ${due}`;
    }
    return this.#disjoint(host, node.clusterId, epoch);
  }

  /** How old, on the host's own clocks, the counter is that a majority of that epoch's voters has acked. */
  #majorityAgeMs(host: Host, cluster: string, epoch: number): number {
    const voters = this.#records.votersOf(cluster, epoch);
    if (voters === undefined) return Number.POSITIVE_INFINITY;
    const ages = voters.map((voter) => this.#ackAgeMs(host, voter, epoch)).sort((a, b) => a - b);
    return ages[Math.floor(voters.length / 2)] ?? Number.POSITIVE_INFINITY;
  }

  #ackAgeMs(host: Host, voter: string, epoch: number): number {
    // What a voter says to itself is never sent: fresh under its present epoch, and under the one before it as old as the change.
    if (voter === host.identity.id) return this.#ownAckAgeMs(host, epoch);
    const emissions = this.#emissions[host.index];
    if (emissions === undefined) return Number.POSITIVE_INFINITY;
    const said = this.#said.get(emissions.tagLo)?.find((one) => one.voter === voter && one.epoch === epoch);
    if (said === undefined) return Number.POSITIVE_INFINITY;
    const at = emissions.counters.lastIndexOf(said.counter);
    if (at < 0) return Number.POSITIVE_INFINITY;
    return Math.max(host.clock.nowMs() - emissions.monoMs[at]!, host.clock.bootMs() - emissions.bootMs[at]!);
  }

  #ownAckAgeMs(host: Host, epoch: number): number {
    const entered = this.#entered[host.index];
    if (entered === undefined || entered.run !== host.startCount || entered.epoch === epoch) return 0;
    return Math.max(host.clock.nowMs() - entered.monoMs, host.clock.bootMs() - entered.bootMs);
  }

  #noteEpoch(host: Host, epoch: number): void {
    const entered = this.#entered[host.index];
    if (entered?.epoch === epoch && entered.run === host.startCount) return;
    this.#entered[host.index] = { run: host.startCount, epoch, monoMs: host.clock.nowMs(), bootMs: host.clock.bootMs() };
  }

  /** I4: at most two neighbouring epochs, and sets of acks that meet. Within one epoch majorities do. */
  #disjoint(host: Host, cluster: string, epoch: number): string | null {
    for (const other of this.#world.leases.othersThan(host)) {
      if (other.epoch === epoch) continue;
      const otherHost = this.#world.hosts[other.hostIndex]!;
      if (otherHost.process?.node.clusterId !== cluster) continue;
      if (!this.#world.leases.isQuorate(other)) continue;
      const own = this.#leasedEpochs(host, cluster, epoch);
      const theirs = this.#leasedEpochs(otherHost, cluster, other.epoch);
      for (const a of own)
        for (const b of theirs) {
          if (Math.abs(a - b) > 1) return `is quorate in epoch ${a}, and ${otherHost.name} in epoch ${b}`;
          const acking = this.#ackers(host, cluster, a);
          if (!this.#ackers(otherHost, cluster, b).some((voter) => acking.includes(voter)))
            return `is quorate in epoch ${a}, ${otherHost.name} in epoch ${b}, and no voter acks both`;
        }
    }
    return null;
  }

  #leasedEpochs(host: Host, cluster: string, epoch: number): number[] {
    return [epoch, epoch - 1].filter((of) => this.#majorityAgeMs(host, cluster, of) < this.#timings.fenceMs);
  }

  #ackers(host: Host, cluster: string, epoch: number): readonly string[] {
    return (this.#records.votersOf(cluster, epoch) ?? []).filter((voter) => this.#ackAgeMs(host, voter, epoch) <= this.#timings.fenceMs);
  }
}
