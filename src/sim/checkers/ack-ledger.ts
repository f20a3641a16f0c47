// What lease-twin.ts judges by, noted from packets alone: when each run first sent each counter in a beat, which voter said under
// which epoch that it saw which, and when each host took up its epoch. Nothing here believes a node.
// `standing` narrows down whom a renewal has to be compared with. Acks only age: a host that has no fresh majority under an epoch
// gets one only by something noted here, and each such note puts it (back) into the set of that epoch.

import type { AckRow, Envelope } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Records } from './records.ts';

interface Said {
  readonly voter: string;
  epoch: number;
  counter: number;
}

/** All that was said to one tag, and the host that sends under it; -1 until it has. */
interface Account {
  host: number;
  readonly said: Said[];
}

interface Emissions {
  readonly tagLo: number;
  readonly tagHi: number;
  readonly account: Account;
  readonly counters: number[];
  readonly monoMs: number[];
  readonly bootMs: number[];
}

interface Entered {
  readonly run: number;
  readonly epoch: number;
  readonly monoMs: number;
  readonly bootMs: number;
}

/** What a lease can stand on has been sent within T_fence; each counter only once. */
const EMISSIONS_MAX = 600;

export class AckLedger {
  readonly #records: Records;
  readonly #fenceMs: number;
  readonly #emissions: (Emissions | undefined)[] = [];
  readonly #accounts = new Map<number, Account>();
  /** When each host took up the epoch it is in. */
  readonly #entered: (Entered | undefined)[] = [];
  readonly #clusters: (string | null | undefined)[] = [];
  readonly #standing = new Map<number, Set<number>>();
  readonly #ages: number[] = [];

  constructor(records: Records, fenceMs: number) {
    this.#records = records;
    this.#fenceMs = fenceMs;
  }

  /** By epoch, of whatever cluster: every host whose acks under it may be a fresh majority, and some whose are not. */
  get standing(): ReadonlyMap<number, ReadonlySet<number>> {
    return this.#standing;
  }

  /** For a host that has no fresh majority under it: until the next note it gets none, unless its clocks leap. */
  dismiss(host: Host, epoch: number): void {
    if (host.clock.hasLeapt) return;
    const hosts = this.#standing.get(epoch);
    if (hosts?.delete(host.index) === true && hosts.size === 0) this.#standing.delete(epoch);
  }

  noteEmission(host: Host, { sender, counter }: Envelope): void {
    let emissions = this.#emissions[host.index];
    if (emissions === undefined || emissions.tagLo !== sender.lo || emissions.tagHi !== sender.hi) {
      const account = this.#accountOf(sender.lo);
      account.host = host.index;
      emissions = { tagLo: sender.lo, tagHi: sender.hi, account, counters: [], monoMs: [], bootMs: [] };
      this.#emissions[host.index] = emissions;
    }
    const { counters, monoMs, bootMs } = emissions;
    const last = counters[counters.length - 1];
    if (last !== undefined && counter <= last) return;
    counters.push(counter);
    monoMs.push(host.clock.nowMs());
    bootMs.push(host.clock.bootMs());
    if (counters.length > EMISSIONS_MAX) for (const column of [counters, monoMs, bootMs]) column.splice(0, EMISSIONS_MAX / 2);
    // A counter that somebody said before it was sent counts from now on.
    this.#mayStand(host.index);
  }

  noteAcks(voter: string, rows: readonly AckRow[]): void {
    for (let i = 0; i < rows.length; i++) {
      const { tag, counter, epoch } = rows[i]!;
      const { host, said } = this.#accountOf(tag.lo);
      const known = find(said, voter, epoch);
      if (known === undefined) said.push({ voter, epoch, counter });
      else if (counter > known.counter) known.counter = counter;
      if (host >= 0) this.#mayStandUnder(host, epoch);
    }
  }

  noteEpoch(host: Host, cluster: string | null, epoch: number): void {
    const { index, clock, startCount } = host;
    const entered = this.#entered[index];
    const isSame = entered?.epoch === epoch && entered.run === startCount;
    if (isSame && this.#clusters[index] === cluster) return;
    this.#clusters[index] = cluster;
    if (!isSame) this.#entered[index] = { run: startCount, epoch, monoMs: clock.nowMs(), bootMs: clock.bootMs() };
    this.#mayStand(index);
  }

  isLeased(host: Host, cluster: string, epoch: number): boolean {
    return this.majorityAgeMs(host, cluster, epoch) < this.#fenceMs;
  }

  /** How old, on the host's own clocks, the counter is that a majority of that epoch's voters has acked. */
  majorityAgeMs(host: Host, cluster: string, epoch: number): number {
    const voters = this.#records.votersOf(cluster, epoch);
    if (voters === undefined) return Number.POSITIVE_INFINITY;
    const nowMs = host.clock.nowMs();
    const bootMs = host.clock.bootMs();
    const ages = this.#ages;
    ages.length = 0;
    for (let i = 0; i < voters.length; i++) {
      const age = this.#ackAgeMs(host, voters[i]!, epoch, nowMs, bootMs);
      // Few, so that each finds its place by itself.
      let place = ages.length;
      ages.push(age);
      for (; place > 0 && ages[place - 1]! > age; place--) ages[place] = ages[place - 1]!;
      ages[place] = age;
    }
    return ages[Math.floor(voters.length / 2)] ?? Number.POSITIVE_INFINITY;
  }

  ackers(host: Host, cluster: string, epoch: number): readonly string[] {
    const nowMs = host.clock.nowMs();
    const bootMs = host.clock.bootMs();
    const voters = this.#records.votersOf(cluster, epoch) ?? [];
    return voters.filter((voter) => this.#ackAgeMs(host, voter, epoch, nowMs, bootMs) <= this.#fenceMs);
  }

  #ackAgeMs(host: Host, voter: string, epoch: number, nowMs: number, bootMs: number): number {
    // What a voter says to itself is never sent: fresh under its present epoch, and under the one before it as old as the change.
    if (voter === host.identity.id) return this.#ownAckAgeMs(host, epoch, nowMs, bootMs);
    const emissions = this.#emissions[host.index];
    if (emissions === undefined) return Number.POSITIVE_INFINITY;
    const said = find(emissions.account.said, voter, epoch);
    if (said === undefined) return Number.POSITIVE_INFINITY;
    const at = emissions.counters.lastIndexOf(said.counter);
    if (at < 0) return Number.POSITIVE_INFINITY;
    return Math.max(nowMs - emissions.monoMs[at]!, bootMs - emissions.bootMs[at]!);
  }

  #ownAckAgeMs(host: Host, epoch: number, nowMs: number, bootMs: number): number {
    const entered = this.#entered[host.index];
    if (entered === undefined || entered.run !== host.startCount || entered.epoch === epoch) return 0;
    return Math.max(nowMs - entered.monoMs, bootMs - entered.bootMs);
  }

  #accountOf(tagLo: number): Account {
    let account = this.#accounts.get(tagLo);
    if (account === undefined) {
      account = { host: -1, said: [] };
      this.#accounts.set(tagLo, account);
    }
    return account;
  }

  /** A lease stands on one of two epochs. */
  #mayStand(index: number): void {
    const epoch = this.#entered[index]?.epoch ?? 0;
    this.#mayStandUnder(index, epoch);
    this.#mayStandUnder(index, epoch - 1);
  }

  #mayStandUnder(index: number, epoch: number): void {
    // The first is 1.
    if (epoch < 1) return;
    let hosts = this.#standing.get(epoch);
    if (hosts === undefined) {
      hosts = new Set();
      this.#standing.set(epoch, hosts);
    }
    hosts.add(index);
  }
}

function find(said: readonly Said[], voter: string, epoch: number): Said | undefined {
  for (let i = 0; i < said.length; i++) {
    const one = said[i]!;
    if (one.epoch === epoch && one.voter === voter) return one;
  }
  return undefined;
}
