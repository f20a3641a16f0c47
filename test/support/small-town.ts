// A few real drivers on one network in memory, for attacks on the core: virtual time, no loss but what a test cuts, disks that a
// test may hold, and a stranger's socket to send crafted packets from. Directories are private, as in a real agent.

import {
  type Address,
  address,
  type ClusterId,
  type ClusterRecord,
  type Envelope,
  genesis,
  type MemberEntry,
  nodeId,
} from '../../src/core/index.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';
import { MemoryNetwork } from '../../src/transport/memory.ts';
import { BORN } from './options.ts';
import { type Citizen, hexOf, REPLACE_AFTER_MS, Resident, type Town } from './resident.ts';
import { CLUSTER, envelopeOf, Stranger } from './stranger.ts';

export { BORN, type Citizen, CLUSTER, envelopeOf, Resident };

export class SmallTown implements Town {
  readonly scheduler = new Scheduler();
  readonly names = new Map<string, readonly Address[]>();
  readonly residents: Resident[] = [];
  /** `from > to` pairs that nothing passes between. */
  readonly cuts = new Set<string>();
  /** All datagrams that were sent. */
  readonly captured: { readonly atMs: number; readonly from: Address; readonly to: Address; readonly bytes: Uint8Array }[] = [];
  isCapturing = false;
  /** What was told, by whom, when. */
  readonly chronicle: { readonly atMs: number; readonly who: string; readonly what: string }[] = [];
  /** Looked at after every event of the world. */
  onInstant: (() => void) | null = null;
  datagramBytes = 0;
  datagramCount = 0;
  readonly network: MemoryNetwork;
  #strangers = 0;

  constructor() {
    this.network = new MemoryNetwork(this.scheduler, {
      datagram: (from, to, bytes) => {
        this.datagramBytes += bytes.length;
        this.datagramCount += 1;
        if (this.isCapturing) this.captured.push({ atMs: this.scheduler.nowMs, from, to, bytes: new Uint8Array(bytes) });
        return this.cuts.has(`${from} > ${to}`) ? [] : [1];
      },
      exchange: (from, to) => (this.cuts.has(`${from} > ${to}`) || this.cuts.has(`${to} > ${from}`) ? null : 1),
    });
  }

  settle(citizen: Citizen): Resident {
    const resident = new Resident(this, citizen, this.residents.length + 1);
    this.residents.push(resident);
    return resident;
  }

  /** `count` members that know each other, the first seven of them its voters. */
  settleAll(count: number, about: (ordinal: number) => Partial<Citizen> = () => ({})): Resident[] {
    const all: Resident[] = [];
    const first = this.residents.length + 1;
    const voters = Array.from({ length: Math.min(count, 7) }, (_, i) => {
      const hex = hexOf(first + i);
      return { id: about(i + 1).id ?? nodeId(hex), storeId: hex };
    });
    const { profile = 'lan', maxVoters = 7 } = about(1);
    const record = genesis(voters.slice(0, maxVoters), profile, maxVoters, REPLACE_AFTER_MS);
    for (let i = 1; i <= count; i++) {
      const seeds = i === 1 ? [] : [all[0]!.address as string];
      all.push(this.settle({ name: `n${i}`, seeds, ...(about(i).cluster === null ? {} : { record }), ...about(i) }));
    }
    return all;
  }

  /** The same state directory once more, as its next run; `of` must have ended. */
  restart(of: Resident, change: Partial<Citizen> = {}): Resident {
    return this.settle({
      name: of.node.name,
      address: of.address,
      state: of.saved.at(-1)!,
      knownPeers: of.peers,
      nonce: hexOf(this.residents.length + 1),
      ...change,
    });
  }

  /** The latest that anyone has put on disk; null when nobody is of this cluster. */
  recordOf(cluster: ClusterId): ClusterRecord | null {
    let latest: ClusterRecord | null = null;
    for (const { saved } of this.residents) {
      const state = saved.at(-1);
      if (state?.clusterId === cluster && state.record !== null && state.record.version > (latest?.version ?? 0)) latest = state.record;
    }
    return latest;
  }

  stranger(answer: ((asked: Envelope) => Envelope | null) | null = null): { readonly stranger: Stranger; readonly address: Address } {
    const own = address(`10.9.0.${++this.#strangers}:7946`);
    return { stranger: new Stranger(this.network.open(own), answer), address: own };
  }

  write(who: string, what: string): void {
    this.chronicle.push({ atMs: this.scheduler.nowMs, who, what });
  }

  /** The instants at which `who` told what begins so, from `sinceMs` on. */
  told(who: Resident, what: string, sinceMs = 0): number[] {
    return this.chronicle
      .filter((line) => line.who === who.node.name && line.what.startsWith(what) && line.atMs >= sinceMs)
      .map(({ atMs }) => atMs);
  }

  /** From an instant on, as lines of seconds since then. */
  transcript(sinceMs: number, picks: (what: string) => boolean = () => true): string[] {
    return this.chronicle
      .filter(({ atMs, what }) => atMs >= sinceMs && picks(what))
      .map(({ atMs, who, what }) => `${((atMs - sinceMs) / 1000).toFixed(1)} ${who} ${what}`);
  }

  cut(a: readonly Resident[], b: readonly Resident[]): void {
    for (const one of a) {
      for (const other of b) {
        this.cuts.add(`${one.address} > ${other.address}`);
        this.cuts.add(`${other.address} > ${one.address}`);
      }
    }
  }

  heal(): void {
    this.cuts.clear();
  }

  pass(ms: number): void {
    const until = this.scheduler.nowMs + ms;
    let count = 0;
    let instant = -1;
    while (this.scheduler.runNext(until)) {
      this.onInstant?.();
      count = Math.floor(this.scheduler.nowMs) === instant ? count + 1 : 0;
      instant = Math.floor(this.scheduler.nowMs);
      if (count > 200_000) throw new Error('time does not pass');
    }
    this.scheduler.runUntil(until);
    for (const resident of this.residents) if (resident.exit === null) resident.node.checkInvariants();
  }
}

export function entryAbout(resident: Resident, change: Partial<MemberEntry> = {}): MemberEntry {
  const view = resident.node;
  return {
    id: view.id,
    incarnation: view.incarnation,
    tag: { lo: 1, hi: 1 },
    counter: 1,
    state: 'alive',
    stateAgeMs: 0,
    facts: {
      name: view.name,
      address: view.address,
      meta: { version: 0, restarts: 0, zone: '', software: '0.1.0', canVote: true, tags: [] },
    },
    ...change,
  };
}
